import Foundation
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

extension GraphTests {
  @Suite("Gaussian nodes whose noise depends on the parents") struct HeteroscedasticGaussians {
    /// A root of two variables, and a node of three variables with random coefficients.
    private func net() throws -> BayesNet<Double> {
      let graph = try LatentGraph([
        .init("effect", dimension: 3, parents: ["cause"]), .init("cause", dimension: 2),
      ])
      var generator = Philox(seed: 1)
      let net = BayesNet<Double>(
        graph,
        conditionals: [
          HeteroscedasticGaussian(parents: 2, dimension: 3, using: &generator), StandardNormal(2),
        ])
      randomizeParameters(of: net, deviation: 0.7, seed: 2)
      return net
    }

    @Test("The density of a net is that of the formula")
    func density() throws {
      let net = try net()
      let node = try #require(net.conditionals[0] as? HeteroscedasticGaussian<Double>)
      var generator = Philox(seed: 3)
      let drawn = net.sample([2, 3], using: &generator)
      let (b, c) = (node.weight.value, node.factorWeight.value)
      let exact = zip(drawn["effect"].vectors, drawn["cause"].vectors).map { z, cause -> Double in
        var density = -0.5 * dot(cause, cause) - log(2 * .pi)
        for i in 0..<3 {
          let mean = cause[0] * b[0, i] + cause[1] * b[1, i] + node.bias.value[i]
          let score = cause[0] * c[0, i] + cause[1] * c[1, i] + node.factorBias.value[i]
          let deviation = exp(node.logStandardDeviation.value[i]) * log(1 + exp(score))
          let residual = (z[i] - mean) / deviation
          density -= 0.5 * residual * residual + log(deviation) + 0.5 * log(2 * .pi)
        }
        return density
      }
      expectClose(drawn.logDensity, exact, within: 1e-12)
      #expect(drawn.conditionals[0]?.batchShape == [2, 3])
    }

    @Test("The gradients of samples, densities and divergences agree with central differences")
    func gradient() throws {
      let (net, other) = (try net(), try net())
      randomizeParameters(of: other, deviation: 0.5, seed: 4)
      var generator = Philox(seed: 5)
      let noise = net.noise([4], using: &generator)
      #expect(net.namedParameters().count == 5)
      expectGradients(of: net) {
        let drawn = try! net.sample(noise: noise)
        return weightedSum(
          [drawn.latents, drawn.logDensity] + klDivergences(drawn, other.trace(at: drawn.values)))
      }
      let node = net.conditionals[0]
      let z = Tensor<Double>.normal([4, 3], using: &generator)
      expectGradients(at: [noise[1], z]) {
        node.distribution(given: $0[0], message: nil, mode: .evaluation).logDensity(of: $0[1])
      }
    }

    @Test("A new node has standard deviations of 1, as a linear-Gaussian one")
    func initial() throws {
      var (first, second) = (Philox(seed: 6), Philox(seed: 6))
      let node = HeteroscedasticGaussian<Double>(parents: 2, dimension: 3, using: &first)
      let linear = LinearGaussian<Double>(parents: 2, dimension: 3, using: &second)
      let x = Tensor<Double>.normal([5, 2], using: &first)
      func moments(_ node: some Conditional<Double>) throws -> Tensor<Double> {
        let normal = node.distribution(given: x, message: nil, mode: .evaluation)
        return try #require(normal as? Normal<Double>).moments
      }
      expectClose(try moments(node), try moments(linear).scalars, within: 1e-15)
    }

    @Test("Deviations whose factor underflows or is large are right, and so are their gradients")
    func extremes() {
      func check<Scalar: TensorScalar>(_: Scalar.Type) {
        let node = HeteroscedasticGaussian<Scalar>(
          weight: .zeros([1, 1]), bias: .zeros([1]), logStandardDeviation: .zeros([1]),
          factorWeight: .ones([1, 1]), factorBias: .zeros([1]))
        let x = Tensor<Scalar>([-3000, -40.5, -39.5, 1e6], shape: [4, 1]).tracked()
        let normal =
          node.distribution(given: x, message: nil, mode: .evaluation) as! Normal<Scalar>
        expectClose(
          normal.logStandardDeviation, [-3000, -40.5, -39.5, log(1e6)], within: 1e-7)
        let slopes = gradients(of: normal.logStandardDeviation.sum(), withRespectTo: [x])[0]
        expectClose(slopes, [1, 1, 1, 1e-6], within: 1e-7)
      }
      check(Double.self)
      check(Float.self)
    }

    @Test("A net with such a node is not compiled")
    func compiling() throws {
      #expect(throws: LatentGraphError.notLinearGaussian(node: "effect")) {
        try net().compiled()
      }
    }

    private static let mistakes: [Mistake] = [
      .init("a heteroscedastic Gaussian node", "[2, 3]", "factorWeight [3, 2]", "[dimension]") {
        _ = HeteroscedasticGaussian<Float>(
          weight: .zeros([2, 3]), bias: .zeros([3]), logStandardDeviation: .zeros([3]),
          factorWeight: .zeros([3, 2]))
      },
      .init("a heteroscedastic Gaussian node of 3 variables got 0 parents") {
        var generator = Philox(seed: 1)
        _ = HeteroscedasticGaussian<Float>(parents: 0, dimension: 3, using: &generator)
      },
      .init("a heteroscedastic Gaussian conditional was given to a node without parents") {
        var generator = Philox(seed: 1)
        let node = HeteroscedasticGaussian<Float>(parents: 2, dimension: 3, using: &generator)
        _ = BayesNet(.single(dimension: 3), conditionals: [node]).trace(at: [.zeros([4, 3])])
      },
    ]

    @Test("Coefficients that do not fit stop the program", arguments: mistakes.indices)
    func stops(index: Int) async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        [index] in
        try GraphTests.HeteroscedasticGaussians.mistakes[index].commit()
      }
      expectMessage(result, Self.mistakes[index])
    }
  }
}
