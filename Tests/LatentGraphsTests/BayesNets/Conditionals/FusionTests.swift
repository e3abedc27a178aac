import Foundation
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

extension GraphTests {
  /// Tests of the posterior that fuses two normals. Each test covers an error of a published
  /// re-implementation of the Graph VAE.
  @Suite("Fusion of normals by precision") struct Fusions {
    private func net() -> BayesNet<Double> {
      var generator = Philox(seed: 71)
      let net = BayesNet<Double>.fusingPosterior(
        .chain(nodes: 2, dimension: 3), features: 4, hidden: 5, using: &generator)
      randomizeParameters(of: net, deviation: 0.5, seed: 72)
      return net
    }

    @Test("The fused variance is 1/(1/b + 1/t), and its square root scales the noise")
    func variance() throws {
      var generator = Philox(seed: 73)
      let net = net()
      let features = Tensor<Double>.normal([4, 4], using: &generator)
      let node = try #require(net.conditionals[1] as? PrecisionWeightedFusion<Double>)
      let messages = net.messages(from: features, mode: .evaluation)
      let root = Tensor<Double>.normal([4, 3], using: &generator)
      func value(_ noise: Double) -> [Double] {
        let distribution = node.distribution(
          given: root, message: messages[1], mode: .evaluation)
        return (distribution as! Normal<Double>).sample(noise: .full(noise, [4, 3])).scalars
      }
      let bottomUp = node.bottomUp(features, mode: .evaluation)
      let topDown = node.topDown!(root, mode: .evaluation)
      let (b, t) = (bottomUp.variance.scalars, topDown.variance.scalars)
      let (mb, mt) = (bottomUp.mean.scalars, topDown.mean.scalars)
      let (zero, one) = (value(0), value(1))
      for i in b.indices {
        let variance = 1 / (1 / b[i] + 1 / t[i])
        #expect(abs(zero[i] - variance * (mb[i] / b[i] + mt[i] / t[i])) < 1e-13)
        #expect(abs((one[i] - zero[i]) - variance.squareRoot()) < 1e-13)
        #expect(abs(variance - 1) > 1e-3)  // A variance of 1 equals its own square root.
      }
    }

    @Test("The root of the posterior depends on the observation, and gradients flow through it")
    func root() throws {
      var generator = Philox(seed: 74)
      let net = net()
      let features = Tensor<Double>.normal([2, 4], using: &generator)
      let noise = net.noise([2], using: &generator)
      let messages = net.messages(from: features, mode: .evaluation)
      let root = try net.sample(noise: noise, messages: messages).conditionals[0] as? Normal<Double>
      let node = try #require(net.conditionals[0] as? PrecisionWeightedFusion<Double>)
      #expect(node.topDown == nil)
      // The root's distribution is the bottom-up normal, which differs between observations.
      let own = node.bottomUp(features, mode: .evaluation).moments
      #expect(root?.moments.scalars == own.scalars)
      #expect(own.vectors[0] != own.vectors[1])
      expectGradients(at: [features]) { inputs in
        let messages = net.messages(from: inputs[0], mode: .evaluation)
        return try! net.sample(noise: noise, messages: messages).values[0].sum()
      }
      let variable = features.tracked()
      let sum = try net.sample(
        noise: noise, messages: net.messages(from: variable, mode: .evaluation)
      ).values[0].sum()
      let slopes = gradients(of: sum, withRespectTo: [variable])[0].scalars
      #expect(slopes.allSatisfy { abs($0) > 1e-6 })
    }
  }
}
