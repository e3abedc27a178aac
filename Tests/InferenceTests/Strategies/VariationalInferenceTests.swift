import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

@Suite("Variational inference")
struct VariationalInferenceTests {
  let model = smallLatentGraph(nodes: 3, learnsStructure: false)
  let x = smallImages(4)

  private func objective(
    _ strategy: VariationalInference, mode: Mode = .training, time: Double = 0, seed: UInt64 = 3
  ) -> Objective<Double> {
    var generator = Philox(seed: seed)
    return strategy.objective(of: x, under: model, mode: mode, time: time, using: &generator)
  }

  @Test(
    "The sampled and the exact divergence have the same expectation and the same expected gradient")
  func sampledDivergence() {
    func moments(_ divergence: VariationalInference.Divergence, seed: UInt64) -> RunningMoments {
      var generator = Philox(seed: seed)
      var moments = RunningMoments()
      for _ in 0..<2000 {
        let objective = VariationalInference(divergence: divergence)
          .objective(of: x, under: model, mode: .training, time: 0, using: &generator)
        moments.add(objective.klDivergence.scalars + model.gradient(of: objective.loss))
      }
      return moments
    }
    let (exact, sampled) = (moments(.exact, seed: 4), moments(.sampled, seed: 5))
    expectCalibrated { $0.compareMeans(of: sampled, exact) }
    #expect(sampled.variances[..<4].reduce(0, +) > exact.variances[..<4].reduce(0, +))
  }

  @Test("The loss is the weighted divergence minus the log-likelihood in value and gradient")
  func weight() {
    let warm = VariationalInference(weight: .warmUp(duration: 4, then: .constant))
    let plain = objective(VariationalInference())
    let none = objective(warm)
    #expect(abs(none.loss.scalar + none.logLikelihood.mean().scalar) < 1e-12)
    let half = objective(warm, time: 2)
    let expected = 0.5 * plain.klDivergence.mean() - plain.logLikelihood.mean()
    #expect(abs(half.loss.scalar - expected.scalar) < 1e-12)
    // The loss is linear in β, so the gradient at ½ is the mean of those at 0 and 1.
    let ends = zip(model.gradient(of: none.loss), model.gradient(of: plain.loss))
    for (middle, ends) in zip(model.gradient(of: half.loss), ends) {
      #expect(abs(middle - 0.5 * (ends.0 + ends.1)) < 1e-12)
    }
    let late = objective(warm, time: 9)
    #expect(late.loss.scalar == plain.loss.scalar)
    // The reported bound does not depend on the weight.
    #expect(none.evidenceLowerBound.scalars == plain.evidenceLowerBound.scalars)
  }

  @Test("A node below the free nats counts as the free nats, without a gradient of its divergence")
  func freeNats() {
    var generator = Philox(seed: 3)
    let sample = model.sample(
      from: model.posterior(of: x, mode: .training), draws: 1, mode: .training, using: &generator)
    let parts = sample.divergences().split(sizes: [Int](repeating: 1, count: 3), axis: 0)
    let means = parts.map { $0.mean().scalar }
    // The limit is between the smallest and the largest divergence of a node.
    let limit = means.sorted()[1] + 1e-3
    #expect(means.max()! > limit)
    let result = objective(VariationalInference(freeNats: limit))
    let counted = means.map { max($0, limit) }.reduce(0, +)
    #expect(abs(result.loss.scalar - counted + result.logLikelihood.mean().scalar) < 1e-12)
    #expect(
      abs(result.klDivergence.mean().scalar - means.reduce(0, +)) < 1e-12)

    let density = model.observation(given: sample.latents, mode: .training).logDensity(of: x)
    var byHand = -density.mean()
    for (part, mean) in zip(parts, means) where mean > limit { byHand = byHand + part.mean() }
    for (a, b) in zip(model.gradient(of: result.loss), model.gradient(of: byHand)) {
      #expect(abs(a - b) < 1e-12)
    }
  }

  @Test("In evaluation the weight and the free nats are ignored")
  func evaluation() {
    let strategy = VariationalInference(
      weight: .warmUp(duration: 4, then: .constant), freeNats: 5)
    let (with, without) = (
      objective(strategy, mode: .evaluation), objective(VariationalInference(), mode: .evaluation)
    )
    #expect(with.loss.scalar == without.loss.scalar)
    #expect(abs(with.loss.scalar + with.evidenceLowerBound.mean().scalar) < 1e-12)
  }

  @Test("The log-likelihood is averaged over the draws")
  func draws() {
    let strategy = VariationalInference(draws: 3)
    let result = objective(strategy)
    var generator = Philox(seed: 3)
    let sample = model.sample(
      from: model.posterior(of: x, mode: .training), draws: 3, mode: .training, using: &generator)
    let densities = model.observation(given: sample.latents, mode: .training).logDensity(of: x)
    #expect(densities.shape == [3, 4])
    for (row, value) in result.logLikelihood.scalars.enumerated() {
      let mean = (0..<3).map { densities[$0, row] }.reduce(0, +) / 3
      #expect(abs(value - mean) < 1e-12)
    }
  }

  @Test("Free nats with a sampled divergence stop the program")
  func freeNatsOfSamples() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = VariationalInference(divergence: .sampled, freeNats: 1)
    }
    expectMessage(result, "free nats need the exact divergence")
  }
}
