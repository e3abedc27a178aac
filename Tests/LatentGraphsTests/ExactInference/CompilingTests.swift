import Foundation
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

extension GraphTests {
  @Suite("Linear-Gaussian nets compiled to a precision") struct Compiling {
    let example = LinearGaussianNet(seed: 61)

    @Test("A net a → b with the weight 2 agrees with a hand computation")
    func byHand() throws {
      // a ~ N(1, 1), and b = 2a + 3 + ε with ε ~ N(0, ¼).
      let graph = try LatentGraph([
        .init("a", dimension: 1), .init("b", dimension: 1, parents: ["a"]),
      ])
      let net = BayesNet(
        graph,
        conditionals: [
          LinearGaussian<Double>(weight: nil, bias: Tensor([1]), logStandardDeviation: Tensor([0])),
          LinearGaussian<Double>(
            weight: Tensor([2], shape: [1, 1]), bias: Tensor([3]),
            logStandardDeviation: Tensor([log(0.5)])),
        ])
      let joint = try net.compiled()
      expectClose(joint.mean, [1, 5], within: 1e-14)
      // The covariance has the determinant ¼.
      expectClose(joint.precision.covarianceMatrix, [1, 2, 2, 4.25], within: 1e-14)
      expectClose(joint.precision.matrix, [17, -8, -8, 4], within: 1e-14)
      // With b = 7, two above its mean, a has the mean 1 + 2 · 2/4.25 and the variance 1/17.
      let a = try joint.conditioned(on: [1: 7])
      expectClose(a.mean, [33.0 / 17], within: 1e-14)
      expectClose(a.variance, [1.0 / 17], within: 1e-14)
      // At a = 1 and b = 7 the noise is 0 and 2, which is 4 of its standard deviations.
      let density: Double = -log(2 * .pi) - log(0.5) - 8
      expectClose(net.trace(at: [Tensor([1]), Tensor([7])]).logDensity, [density], within: 1e-14)
    }

    @Test("A compiled net agrees with its dense Gaussian", arguments: LinearGaussianNets.gates)
    func dense(_ gates: [Double]?) throws {
      let model = try example.net.compiled(gates: gates.map { Tensor($0) })
      let twin = example.dense(gates: gates)
      expectClose(Conditioning.description(model), Conditioning.description(twin))
    }

    @Test("The precision of a compiled net has the moral graph, without the edges of closed gates")
    func moralGraph() throws {
      let chain = try LatentGraph([
        .init("a", dimension: 1), .init("b", dimension: 1, parents: ["a"]),
        .init("c", dimension: 1, parents: ["b"]),
      ])
      func edges(_ graph: LatentGraph, gates: Tensor<Double>? = nil) throws -> [[Int]] {
        var generator = Philox(seed: 62)
        let net = BayesNet<Double>(graph) {
          LinearGaussian(
            parents: $1, dimension: graph.nodes[$0].dimension, using: &generator)
        }
        return try net.compiled(gates: gates).precision.graph.edges.map { [$0.first, $0.second] }
      }
      #expect(try edges(chain) == [[0, 1], [1, 2]])
      let collider = try LatentGraph([
        .init("a", dimension: 1), .init("b", dimension: 1),
        .init("c", dimension: 1, parents: ["a", "b"]),
      ])
      #expect(try edges(collider) == [[0, 1], [0, 2], [1, 2]])
      #expect(try edges(collider, gates: Tensor([1, 0])) == [[0, 2]])
      #expect(try edges(collider, gates: Tensor([0, 0])) == [])
    }

    @Test("A compiled net has gradients with respect to its coefficients and gates")
    func gradients() throws {
      let parts = example.parts
      let inputs =
        parts.compactMap { $0.weight?.value.detached } + parts.map { $0.bias.value.detached }
        + parts.map { $0.logStandardDeviation.value.detached }
        + [Tensor<Double>([1, 0.8, 0.5, 1, 0.3, 1.2])]
      expectGradients(at: inputs) { inputs in
        var weights = inputs.prefix(parts.count { $0.weight != nil })
        let rest = Array(inputs.dropFirst(weights.count))
        let conditionals = parts.indices.map { node in
          FixedLinearGaussian(
            coefficients: LinearGaussianCoefficients(
              weight: parts[node].weight == nil ? nil : weights.removeFirst(),
              bias: rest[node], logStandardDeviation: rest[parts.count + node]))
        }
        let net = BayesNet(LinearGaussianNet.graph, conditionals: conditionals)
        return weightedSum([Conditioning.description(try! net.compiled(gates: inputs.last!))])
      }
    }

    @Test(
      "A model converted to a net and compiled again is the same model",
      arguments: StructureCase.all)
    func backAgain(_ structure: StructureCase) throws {
      let example = Conditioning.Example(structure, batch: [], seed: 64)
      let model = example.model(example.inputs)
      let net = try BayesNet(model)
      #expect(net.graph.nodes.map(\.name) == (0..<structure.dimension).map { "z\($0)" })
      let again = try net.compiled()
      expectClose(
        Conditioning.description(again), Conditioning.description(model).scalars, within: 1e-9)
      if case .sparse(.tree) = structure {
        // A tree is eliminated from its leaves, so that no edge is added.
        #expect(net.graph.edges.count == structure.dimension - 1)
      }
    }

    @Test("Compiling a net with a nonlinear node is refused with the node's name")
    func notLinear() throws {
      var generator = Philox(seed: 63)
      let graph = try LatentGraph([
        .init("a", dimension: 1), .init("b", dimension: 1, parents: ["a"]),
      ])
      let net = BayesNet<Double>.neuralPrior(graph, hidden: 4, using: &generator)
      #expect(throws: LatentGraphError.notLinearGaussian(node: "b")) { try net.compiled() }
    }
  }
}

/// A custom conditional with given coefficients, which may be functions of variables.
struct FixedLinearGaussian: LinearGaussianConditional {
  typealias Scalar = Double
  let coefficients: LinearGaussianCoefficients<Double>

  func distribution(
    given parents: Tensor<Double>?, message: Tensor<Double>?, mode: Mode
  ) -> any Distribution<Double> {
    Normal(mean: coefficients.bias, logStandardDeviation: coefficients.logStandardDeviation)
  }
}
