import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

@Suite("Tilted inference")
struct TiltedInferenceTests {
  private let model = smallLatentGraph(nodes: 3, learnsStructure: false)
  private let x = smallImages(5)

  private func objective(
    _ strategy: some InferenceStrategy, of x: Tensor<Double>? = nil, mode: Mode = .training
  ) -> Objective<Double> {
    var generator = Philox(seed: 3)
    return strategy.objective(
      of: x ?? self.x, under: model, mode: mode, time: 0, using: &generator)
  }

  @Test("A tilt of 0, and any tilt in evaluation, is variational inference", arguments: [1, 3])
  func plain(draws: Int) {
    for divergence in [VariationalInference.Divergence.exact, .sampled] {
      let plain = VariationalInference(draws: draws, divergence: divergence)
      let none = objective(TiltedInference(tilt: 0, draws: draws, divergence: divergence))
      let expected = objective(plain)
      #expect(none.loss.scalar == expected.loss.scalar)
      #expect(model.gradient(of: none.loss) == model.gradient(of: expected.loss))
      let tilted = TiltedInference(tilt: 2, draws: draws, divergence: divergence)
      let (training, evaluation) = (objective(tilted), objective(tilted, mode: .evaluation))
      #expect(evaluation.loss.scalar == objective(plain, mode: .evaluation).loss.scalar)
      // The reported parts do not depend on the tilt.
      #expect(training.evidenceLowerBound.scalars == expected.evidenceLowerBound.scalars)
      #expect(training.logLikelihood.scalars == expected.logLikelihood.scalars)
      #expect(training.klDivergence.scalars == expected.klDivergence.scalars)
    }
  }

  @Test(
    "The loss is the tilted mean, and increases with the tilt from the least to the largest",
    arguments: [-1e300, -3, -0.5, -1e-9, 1e-9, 0.2, 4, 1e300])
  func value(tilt: Double) {
    let result = objective(TiltedInference(tilt: tilt))
    let losses = result.evidenceLowerBound.scalars.map { -$0 }
    let mean = losses.reduce(0, +) / 5
    let variance = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5
    let expected =
      switch abs(tilt) {
      case 1e300: tilt > 0 ? losses.max()! : losses.min()!
      case 1e-9: mean + 0.5 * tilt * variance
      default: log(losses.reduce(0) { $0 + exp(tilt * $1) } / 5) / tilt
      }
    #expect(abs(result.loss.scalar - expected) < 1e-13 * abs(expected))
    #expect(losses.min()! <= result.loss.scalar && result.loss.scalar <= losses.max()!)
  }

  @Test(
    "The gradient agrees with differences, and is that of the observations with the tilted weights",
    arguments: [-2, 0.3, 5])
  func gradient(tilt: Double) {
    let strategy = TiltedInference(tilt: tilt, draws: 2)
    expectGradients(of: model) { objective(strategy).loss }
    let weights = objective(strategy).evidenceLowerBound.scalars.map { exp(-tilt * $0) }
    // The mean bound with fixed weights of the observations, by hand.
    var generator = Philox(seed: 3)
    let sample = model.sample(
      from: model.posterior(of: x, mode: .training), draws: 2, mode: .training, using: &generator)
    let density = model.observation(given: sample.latents, mode: .training).logDensity(of: x)
    let losses = sample.klDivergence() - density.mean(axis: 0)
    let shares = Tensor(weights.map { $0 / weights.reduce(0, +) })
    let expected = model.gradient(of: (shares * losses).sum())
    for (a, b) in zip(model.gradient(of: objective(strategy).loss), expected) {
      #expect(abs(a - b) < 1e-11)
    }
  }

  @Test("The gradients of the gates' log-odds agree with differences")
  func structure() {
    let model = smallLatentGraph(nodes: 3)
    let learning = StructureLearning(.exhaustive, within: TiltedInference(tilt: 0.7))
    expectGradients(of: model) {
      var generator = Philox(seed: 4)
      return learning.objective(
        of: x, under: model, mode: .training, time: 0, using: &generator
      ).loss
    }
  }

  /// One observation of 16 is unlike the others. A positive tilt explains it better than the mean
  /// bound does, and a negative one worse, at the cost or for the good of the others.
  @Test("Training with a positive tilt raises the worst bound, and with a negative one lowers it")
  func training() throws {
    let (rare, frequent): ([Double], [Double]) = ([0, 0, 0, 1], [1, 1, 1, 0])
    let x = Tensor<Double>((0..<16).flatMap { $0 == 7 ? rare : frequent }, shape: [16, 4])
    func bounds(_ tilt: Double) throws -> (worst: Double, others: Double) {
      let model = smallLatentGraph(nodes: 2, learnsStructure: false)
      try Trainer(
        model, strategy: TiltedInference(tilt: tilt, draws: 4), optimizer: Adam(learningRate: 0.02),
        settings: TrainingSettings(batchSize: 16)
      ).fit(TensorRows(x), epochs: 400)
      var generator = Philox(seed: 5)
      let bounds = withoutRecording {
        TiltedInference(tilt: tilt, draws: 200).objective(
          of: x, under: model, mode: .evaluation, time: 0, using: &generator
        ).evidenceLowerBound.scalars
      }
      return (bounds[7], (bounds.reduce(0, +) - bounds[7]) / 15)
    }
    let (negative, plain, positive) = (try bounds(-0.5), try bounds(0), try bounds(1))
    #expect(positive.worst > plain.worst + 0.1 && plain.worst > negative.worst + 0.1)
    #expect(positive.others < plain.others)
  }

  private static let mistakes: [Mistake] = [
    .init("tilted inference got the tilt inf") { _ = TiltedInference(tilt: .infinity) },
    .init("tilted inference got the tilt nan") {
      var strategy = TiltedInference(tilt: 1)
      strategy.tilt = .nan
      _ = strategy
    },
    .init("tilted inference got 0 draws") { _ = TiltedInference(tilt: 1, draws: 0) },
  ]

  @Test("Invalid settings stop the program", arguments: mistakes.indices)
  func stops(index: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [index] in
      try TiltedInferenceTests.mistakes[index].commit()
    }
    expectMessage(result, Self.mistakes[index])
  }
}
