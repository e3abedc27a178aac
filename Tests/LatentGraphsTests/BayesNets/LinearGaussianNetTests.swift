import Foundation
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

extension GraphTests {
  /// Compares a linear-Gaussian net with its dense twin.
  @Suite("Linear-Gaussian nets agree with the dense Gaussian") struct LinearGaussianNets {
    let example = LinearGaussianNet(seed: 31)
    static let gates: [[Double]?] = [nil, [1, 0, 0.5, 1, 0, 1]]

    @Test(
      "The log-density of a linear-Gaussian net agrees with the dense Gaussian", arguments: gates)
    func density(_ gates: [Double]?) {
      var generator = Philox(seed: 32)
      let (net, dense) = (example.net, example.dense(gates: gates))
      let drawn = net.sample([2, 3], gates: gates.map { Tensor($0) }, using: &generator)
      #expect(drawn.latents.shape == [2, 3, 9] && drawn.logDensity.shape == [2, 3])
      let exact = drawn.latents.vectors.map { dense.logDensity(of: $0) }
      expectClose(drawn.logDensity, exact, within: 1e-12)
      let scored = net.trace(at: drawn.values, gates: gates.map { Tensor($0) })
      #expect(scored.logDensity.scalars == drawn.logDensity.scalars)
      #expect(drawn["b"].scalars == drawn.values[4].scalars)
    }

    @Test(
      "The draws of a linear-Gaussian net have the mean and covariance of the dense Gaussian",
      arguments: gates)
    func moments(_ gates: [Double]?) {
      var generator = Philox(seed: 33)
      let n = 200_000
      let z = example.net.sample([n], gates: gates.map { Tensor($0) }, using: &generator).latents
      expectCalibrated(slack: Sampling.slack) {
        $0.compareMoments(of: z, example.dense(gates: gates))
      }
    }

    @Test("Zero noise gives the mean, and the same noise gives the same values")
    func noise() throws {
      let net = example.net
      let zeros = net.graph.nodes.map { Tensor<Double>.zeros([2, $0.dimension]) }
      let mean = try net.sample(noise: zeros).latents
      for row in mean.vectors { expectClose(Tensor(row), example.dense().mean, within: 1e-13) }
      var (first, second) = (Philox(seed: 34), Philox(seed: 34))
      let drawn = net.sample([2, 3], using: &first)
      let noise = net.noise([2, 3], using: &second)
      #expect(try net.sample(noise: noise).latents.scalars == drawn.latents.scalars)
      let single = try net.sample(noise: noise.map { $0.slice(at: 1).slice(at: 2) })
      expectClose(single.latents, drawn.latents.slice(at: 1).slice(at: 2).scalars, within: 1e-14)
      #expect(single.logDensity.shape == [])
    }

    @Test("An intervention removes the edges into a node and contributes no density")
    func intervention() throws {
      var generator = Philox(seed: 35)
      let (net, value) = (example.net, [0.7, -1.1, 0.4])
      let dense = example.dense(intervening: ["b": value])
      let zeros = net.graph.nodes.map { Tensor<Double>.zeros([1, $0.dimension]) }
      let range = net.graph.range(of: 4)
      func rest(_ z: [Double]) -> [Double] {
        z.indices.filter { !range.contains($0) }.map { z[$0] }
      }
      let mean = try net.sample(noise: zeros, intervening: ["b": Tensor(value)])
      #expect(Array(mean.latents.vectors[0][range]) == value)
      expectClose(Tensor(rest(mean.latents.vectors[0])), dense.mean, within: 1e-13)
      let drawn = try net.sample(
        noise: net.noise([5], using: &generator), intervening: ["b": Tensor(value)])
      let exact = drawn.latents.vectors.map { dense.logDensity(of: rest($0)) }
      expectClose(drawn.logDensity, exact, within: 1e-12)
      #expect(drawn.conditionals[4] == nil && drawn.logDensities[4] == nil)
      // Given b, the distribution of its parents would change. This distinguishes an intervention
      // from conditioning.
      let given = example.dense().conditioned(on: range, value)
      #expect(relativeError(given.mean, dense.mean) > 0.05)
      // The intervention may have a different value for each row.
      let rows = Tensor<Double>.normal([5, 3], using: &generator)
      let each = try net.sample(noise: net.noise([5], using: &generator), intervening: ["b": rows])
      #expect(each["b"].scalars == rows.scalars)
    }

    @Test("The log-density is 0 if all nodes are fixed")
    func allFixed() throws {
      let net = example.net
      let values = Dictionary(
        uniqueKeysWithValues: net.graph.nodes.map {
          ($0.name, Tensor<Double>.full(2, [$0.dimension]))
        })
      let noise = net.graph.nodes.map { Tensor<Double>.zeros([3, $0.dimension]) }
      let trace = try net.sample(noise: noise, intervening: values)
      #expect(trace.logDensity.shape == [3] && trace.logDensity.scalars == [0, 0, 0])
      #expect(trace.latents.scalars.allSatisfy { $0 == 2 })
    }

    @Test("Conditioning on a root gives the conditional Gaussian of the other variables")
    func conditioning() throws {
      var generator = Philox(seed: 36)
      let (net, value) = (example.net, [1.3, -0.2])
      let given = example.dense().conditioned(on: net.graph.range(of: 2), value)
      let zeros = net.graph.nodes.map { Tensor<Double>.zeros([1, $0.dimension]) }
      let mean = try net.sample(noise: zeros, conditioning: ["a": Tensor(value)]).latents
      expectClose(Tensor(given.rest.map { mean[0, $0] }), given.mean, within: 1e-12)
      let drawn = try net.sample(
        noise: net.noise([4], using: &generator), conditioning: ["a": Tensor(value)])
      // The density includes that of the root: it is the joint density of all variables.
      let exact = drawn.latents.vectors.map { example.dense().logDensity(of: $0) }
      expectClose(drawn.logDensity, exact, within: 1e-12)
    }

    @Test("Draws conditioned on a root have the conditional covariance")
    func conditionedMoments() throws {
      var generator = Philox(seed: 37)
      let (net, value) = (example.net, [1.3, -0.2])
      let given = example.dense().conditioned(on: net.graph.range(of: 2), value)
      let z = try net.sample(
        noise: net.noise([100_000], using: &generator), conditioning: ["a": Tensor(value)]
      ).latents
      let columns = given.rest.map { z.slice($0..<$0 + 1, axis: -1) }
      expectCalibrated(slack: Sampling.slack) {
        $0.compareMoments(
          of: .concatenated(columns, axis: -1),
          DenseGaussian(mean: given.mean, covariance: given.covariance))
      }
    }

    @Test("Arguments that do not fit the net cause a typed error")
    func errors() {
      let net = example.net
      let noise = net.graph.nodes.map { Tensor<Double>.zeros([3, $0.dimension]) }
      func expect(
        _ error: LatentGraphError, _ message: String, _ body: () throws -> Void,
        sourceLocation: SourceLocation = #_sourceLocation
      ) {
        #expect(throws: error, sourceLocation: sourceLocation) { try body() }
        #expect("\(error)" == message, sourceLocation: sourceLocation)
      }
      expect(
        .unknownNode("z", nodes: ["c", "d", "a", "e", "b"]),
        "the graph has no node named z; its nodes are c, d, a, e, b"
      ) { _ = try net.sample(noise: noise, intervening: ["z": .zeros([1])]) }
      expect(
        .unknownNode("A", nodes: ["c", "d", "a", "e", "b"]),
        "the graph has no node named A; its nodes are c, d, a, e, b"
      ) { _ = try net.sample(noise: noise, conditioning: ["A": .zeros([1])]) }
      expect(
        .notARoot(node: "b", parents: ["a", "e"]),
        "the node b has the parents a, e; only roots can be conditioned on, but an intervention "
          + "can set any node"
      ) { _ = try net.sample(noise: noise, conditioning: ["b": .zeros([3])]) }
      expect(
        .value(node: "b", dimension: 3, shape: [2]),
        "the node b of 3 variables got a value of shape [2]; it takes [3] or [rows…, 3]"
      ) { _ = try net.sample(noise: noise, intervening: ["b": .zeros([2])]) }
      expect(
        .valueNotFinite(node: "b", row: 0, column: 2, value: .infinity),
        "the node b got the value inf in row 0, column 2; give it a finite value, or leave the "
          + "node out to sample it"
      ) { _ = try net.sample(noise: noise, intervening: ["b": Tensor([0, 1, .infinity])]) }
      for shape in [[4, 3], [2, 3, 3], [3, 1], []] as [Shape] {
        #expect(throws: LatentGraphError.value(node: "b", dimension: 3, shape: shape.sizes)) {
          try net.sample(noise: noise, intervening: ["b": .zeros(shape)])
        }
      }
      #expect(throws: LatentGraphError.value(node: "a", dimension: 2, shape: [3])) {
        try net.sample(noise: noise, conditioning: ["a": .zeros([3])])
      }
    }
  }
}
