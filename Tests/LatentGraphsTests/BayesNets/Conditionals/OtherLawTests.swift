import Foundation
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

/// A node with a gamma distribution whose mean is the softplus of its parents' sum.
private struct GammaNode: Conditional {
  typealias Scalar = Double
  let logConcentration = Parameter(Tensor<Double>([0.4]))

  func distribution(
    given parents: Tensor<Double>?, message: Tensor<Double>?, mode: Mode
  ) -> any Distribution<Double> {
    let concentration = logConcentration.value.exp()
    let mean = parents!.sum(axis: -1, keepingAxis: true).softplus() + 0.1
    return Gamma(concentration: concentration, rate: concentration / mean)
  }
}

/// A node of bits whose log-odds are its parents.
private struct BitNode: Conditional {
  typealias Scalar = Double
  let shift = Parameter(Tensor<Double>([0.2]))

  func distribution(
    given parents: Tensor<Double>?, message: Tensor<Double>?, mode: Mode
  ) -> any Distribution<Double> { Bernoulli(logits: parents! + shift.value) }
}

private func net(_ last: any Conditional<Double>) throws -> BayesNet<Double> {
  BayesNet(
    try LatentGraph([
      .init("root", dimension: 1), .init("leaf", dimension: 1, parents: ["root"]),
    ]), conditionals: [StandardNormal(1), last])
}

extension GraphTests {
  @Suite("Nodes of other laws than a Gaussian") struct OtherLaws {
    @Test(
      "A gamma node is sampled with unbiased gradients, and leaves the Gaussian nodes unchanged")
    func gamma() throws {
      let node = GammaNode()
      let net = try net(node)
      var generator = Philox(seed: 1)
      let n = 40_000
      let drawn = net.sample([n], using: &generator)
      var alone = Philox(seed: 1)
      #expect(drawn["root"].scalars == net.noise([n], using: &alone)[0].scalars)
      #expect(generator == alone)
      // E x = E softplus(root) + 0.1 does not depend on the concentration; E x² does:
      // E x² = E m²·(1 + 1/a), with the derivative −E m²/a in log a.
      let mean = drawn["root"].detached.softplus() + 0.1
      let a = exp(0.4)
      let loss = drawn["leaf"].squared()
      #expect(loss.shape == [n, 1])
      let spread = 6 * (loss.detached - loss.detached.mean(axis: 0)).squared().mean().squareRoot()
      let error = spread.scalar / Double(n).squareRoot()
      #expect(abs(loss.mean().scalar - mean.squared().mean().scalar * (1 + 1 / a)) < error)
      let slope = gradients(of: loss.mean(), withRespectTo: [node.logConcentration.value])[0]
      #expect(abs(slope.scalar + mean.squared().mean().scalar / a) < 3 * error)
      // The same generator gives the same values.
      var again = Philox(seed: 1)
      #expect(net.sample([n], using: &again)["leaf"].scalars == drawn["leaf"].scalars)
    }

    @Test("Given noise is refused by a typed error for a node of another law")
    func givenNoise() throws {
      let net = try net(GammaNode())
      #expect(
        throws: LatentGraphError.noiseOfAnotherLaw(node: "leaf", distribution: "Gamma<Double>")
      ) { try net.sample(noise: [.zeros([2, 1]), .zeros([2, 1])]) }
      let drawn = try net.sample(
        noise: [.zeros([2, 1]), .zeros([2, 1])], intervening: ["leaf": Tensor([1])])
      #expect(drawn.latents.shape == [2, 2])
    }

    @Test("A discrete node is sampled and scored, and has an exact divergence")
    func bits() throws {
      let net = try net(BitNode())
      var generator = Philox(seed: 2)
      let drawn = withoutRecording { net.sample([500], using: &generator) }
      #expect(drawn["leaf"].scalars.allSatisfy { $0 == 0 || $0 == 1 })
      #expect(drawn.logDensity.isFinite)
      #expect(klDivergences(drawn, drawn).allSatisfy { $0.scalars.allSatisfy { $0 == 0 } })
      // Its score at given values is differentiable.
      let scored = net.trace(at: drawn.values.map { $0.detached })
      let slopes = gradients(
        of: scored.logDensity.sum(), withRespectTo: net.namedParameters().map(\.parameter.value))
      #expect(slopes.allSatisfy { $0.isFinite })
    }

    @Test("Differentiating through a discrete node stops the program with the node's name")
    func refusal() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          let node = BitNode()
          var generator = Philox(seed: 3)
          let drawn = try net(node).sample([5], using: &generator)
          _ = gradients(of: drawn["leaf"].sum(), withRespectTo: [node.shift.value])
        }, "the values of the node leaf are not a differentiable function")
    }
  }
}
