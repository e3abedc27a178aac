import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Testing
import VariationalAutoencoders

/// Compares the doubly reparameterized gradient with its definition (Tucker et al., 2019). For a
/// parameter of the recognition net or the encoder it is `Σₖ w̃ₖ² d log wₖ(zₖ(φ))`, where the `q`
/// in `wₖ` does not depend on `φ`. For a parameter of the prior or the decoder it is `Σₖ w̃ₖ d log
/// wₖ` at fixed latents.
@Suite("The doubly reparameterized gradient agrees with its definition")
struct DoublyReparameterizedTests {
  static let draws = 3

  /// A model with a chain at the middle node and fusion at the others. Batch norms use their
  /// running statistics: batch statistics would couple the draws, but the definition requires
  /// independent draws.
  private func model(sharesGates: Bool) -> LatentGraphModel<Double> {
    var generator = Philox(seed: 51)
    let graph = LatentGraph.fullyConnected(nodes: 3, dimension: 2)
    let recognition = BayesNet<Double>(graph) { node, parents in
      if node == 1 {
        return NeuralGaussianGraph(
          parents: parents, features: 4, structure: .chain(2), hidden: 3, using: &generator)
      }
      return PrecisionWeightedFusion(
        features: 4, parents: parents, dimension: 2, hidden: 3, using: &generator)
    }
    let model = LatentGraphModel<Double>(
      encoder: MLP([5, 6, 4], hasBatchNorm: true, using: &generator), recognition: recognition,
      prior: .neuralPrior(graph, hidden: 3, using: &generator),
      likelihood: BernoulliObservation(MLP([6, 5], using: &generator)),
      gates: Tensor([0.4, 1, 0.8]), sharesGates: sharesGates)
    for (_, parameter) in model.namedParameters() {
      parameter.assign(0.6 * .normal(parameter.value.shape, using: &generator))
    }
    return model
  }

  private var images: Tensor<Double> {
    var generator = Philox(seed: 52)
    return Tensor.uniform([4, 5], using: &generator) .< 0.4
  }

  private func sample(_ model: LatentGraphModel<Double>) -> LatentSample<Double> {
    var generator = Philox(seed: 53)
    return model.sample(
      from: model.posterior(of: images, mode: .evaluation), draws: Self.draws, mode: .evaluation,
      using: &generator)
  }

  /// `log p(x|z) + log p(z) − log q(z|x)`, with the `q` from which `fixed` was drawn.
  private func logWeights(
    _ model: LatentGraphModel<Double>, at latents: Tensor<Double>, _ fixed: LatentSample<Double>
  ) -> Tensor<Double> {
    model.observation(given: latents, mode: .evaluation).logDensity(of: images)
      + fixed.pathLogRatio(at: latents)
  }

  @Test(
    "The doubly reparameterized gradient of every parameter agrees with central differences",
    arguments: [true, false])
  func definition(sharesGates: Bool) {
    let model = model(sharesGates: sharesGates)
    var generator = Philox(seed: 53)
    let loss = ImportanceWeightedInference(draws: Self.draws).objective(
      of: images, under: model, mode: .evaluation, time: 0, using: &generator
    ).loss
    let members = model.namedParameters()
    let slopes = gradients(of: loss, withRespectTo: members.map(\.parameter.value))
    let fixed = sample(model)
    let weights = logWeights(model, at: fixed.latents, fixed).detached
    let normalized = (weights - weights.logSumExp(axis: 0)).exp()

    for (member, gradient) in zip(members, slopes) {
      let isOfPosterior =
        member.name.hasPrefix("recognition") || member.name.hasPrefix("encoder")
      let start = member.parameter.value.snapshot()
      let direction = Tensor<Double>.normal(start.shape, using: &generator)
      func moved(_ distance: Double) -> Tensor<Double> {
        member.parameter.assign(start + distance * direction)
        defer { member.parameter.assign(start) }
        guard isOfPosterior else { return logWeights(model, at: fixed.latents.detached, fixed) }
        let latents = sample(model).latents.detached
        member.parameter.assign(start)
        return logWeights(model, at: latents, fixed)
      }
      let step = 1e-5
      let change = (moved(step) - moved(-step)).detached * (1 / (2 * step))
      let factor = isOfPosterior ? normalized.squared() : normalized
      let expected = -(factor * change).sum(axis: 0).mean().scalar
      let slope = (gradient * direction).sum().scalar
      #expect(abs(slope - expected) < 1e-7 * max(1, abs(expected)), "\(member.name)")
    }
    let moving = slopes.count { $0.scalars.contains { abs($0) > 1e-6 } }
    #expect(moving > members.count / 2)
  }
}
