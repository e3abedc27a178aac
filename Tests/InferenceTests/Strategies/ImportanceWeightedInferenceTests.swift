import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

@Suite("Importance-weighted inference")
struct ImportanceWeightedInferenceTests {
  /// The moments of the bound's gradient with respect to all parameters over many draws.
  private func gradients<Model: LatentVariableModel<Double>>(
    of model: Model, _ x: Tensor<Double>, samples: Int,
    _ gradient: ImportanceWeightedInference.Gradient, repeats: Int, seed: UInt64
  ) -> RunningMoments {
    let strategy = ImportanceWeightedInference(draws: samples, gradient: gradient)
    var generator = Philox(seed: seed)
    var moments = RunningMoments()
    for _ in 0..<repeats {
      let loss = strategy.objective(
        of: x, under: model, mode: .training, time: 0, using: &generator
      ).loss
      moments.add(model.gradient(of: loss))
    }
    return moments
  }

  private func expectAgreement<Model: LatentVariableModel<Double>>(
    _ model: Model, _ x: Tensor<Double>, samples: Int, repeats: Int
  ) -> (standard: RunningMoments, doubly: RunningMoments) {
    let standard = gradients(
      of: model, x, samples: samples, .standard, repeats: repeats, seed: 11)
    let doubly = gradients(
      of: model, x, samples: samples, .doublyReparameterized, repeats: repeats, seed: 12)
    expectCalibrated { $0.compareMeans(of: doubly, standard) }
    return (standard, doubly)
  }

  /// The sum of the variances of the gradient over the parameters whose names have this prefix.
  private func variance<Model: LatentVariableModel<Double>>(
    of moments: RunningMoments, in model: Model, _ prefix: String
  ) -> Double {
    var (sum, start) = (0.0, 0)
    for (name, parameter) in model.namedParameters() {
      let range = start..<start + parameter.value.count
      if name.hasPrefix(prefix) { sum += moments.variances[range].reduce(0, +) }
      start = range.upperBound
    }
    return sum
  }

  @Test(
    "In a linear-Gaussian model both gradients agree, and DReG has the smaller variance",
    arguments: [2, 8])
  func linearGaussian(samples: Int) {
    var model = FactorAnalysis(latents: 2, pixels: 3)
    model.tilt = 0.3
    let x = linearGaussianData(model, count: 4, seed: 2).rows
    let (standard, doubly) = expectAgreement(model, x, samples: samples, repeats: 3000)
    let ratio =
      variance(of: doubly, in: model, "offset") / variance(of: standard, in: model, "offset")
    #expect(ratio < 0.5)
  }

  @Test(
    "With the exact posterior the doubly reparameterized gradient in q has zero variance"
  )
  func exactPosterior() {
    let model = FactorAnalysis(latents: 2, pixels: 3)
    let x = linearGaussianData(model, count: 4, seed: 2).rows
    let doubly = gradients(
      of: model, x, samples: 5, .doublyReparameterized, repeats: 20, seed: 3)
    #expect(variance(of: doubly, in: model, "offset") < 1e-24)
    #expect(doubly.means.suffix(2).allSatisfy { abs($0) < 1e-12 })
  }

  @Test(
    "The standard and the doubly reparameterized gradient agree for dependent nodes",
    arguments: [true, false])
  func hierarchy(sharesGates: Bool) throws {
    let model = smallLatentGraph(
      nodes: 3, learnsStructure: false, gates: Tensor([0.3, 0.8, 0.6]), sharesGates: sharesGates)
    let x = smallImages(3)
    _ = expectAgreement(model, x, samples: 5, repeats: 1500)
    // Far from the exact posterior DReG may have a larger variance than the standard gradient.
    // Close to it the variance is smaller.
    try Trainer(
      model, strategy: VariationalInference(), optimizer: Adam(learningRate: 0.02),
      settings: TrainingSettings(batchSize: 3)
    ).fit(TensorRows(x), epochs: 300)
    let (standard, doubly) = expectAgreement(model, x, samples: 5, repeats: 1500)
    for part in ["encoder", "recognition"] {
      let ratio =
        variance(of: doubly, in: model, part) / variance(of: standard, in: model, part)
      #expect(ratio < 1)
    }
  }

  @Test(
    "The standard and the doubly reparameterized gradient of the log-odds agree",
    arguments: [true, false])
  func relaxedGates(sharesGates: Bool) {
    let model = smallLatentGraph(nodes: 3, sharesGates: sharesGates)
    let x = smallImages(3)
    func moments(
      _ gradient: ImportanceWeightedInference.Gradient, seed: UInt64
    ) -> RunningMoments {
      let learning = StructureLearning(
        .gumbelSoftmax(temperature: 1),
        within: ImportanceWeightedInference(draws: 5, gradient: gradient))
      var generator = Philox(seed: seed)
      var moments = RunningMoments()
      for _ in 0..<3000 {
        let loss = learning.objective(
          of: x, under: model, mode: .training, time: 0, using: &generator
        ).loss
        moments.add(model.gradient(of: loss))
      }
      return moments
    }
    let (standard, doubly) = (
      moments(.standard, seed: 13), moments(.doublyReparameterized, seed: 14)
    )
    expectCalibrated { $0.compareMeans(of: doubly, standard) }
    // The gradient of the gates exceeds its noise, so that the comparison is meaningful.
    let largest = zip(doubly.means, doubly.squaredErrors).suffix(3).map {
      abs($0) / $1.squareRoot()
    }
    #expect(largest.max()! > 6)
  }

  @Test(
    "With one sample the standard loss is that of variational inference with a sampled divergence")
  func oneSample() {
    let model = smallLatentGraph(nodes: 3)
    let x = smallImages(4)
    var (first, second) = (Philox(seed: 15), Philox(seed: 15))
    let weighted = ImportanceWeightedInference(draws: 1, gradient: .standard)
      .objective(of: x, under: model, mode: .training, time: 0, using: &first)
    let plain = VariationalInference(divergence: .sampled)
      .objective(of: x, under: model, mode: .training, time: 0, using: &second)
    #expect(abs(weighted.loss.scalar - plain.loss.scalar) < 1e-12)
    for (a, b) in zip(model.gradient(of: weighted.loss), model.gradient(of: plain.loss)) {
      #expect(abs(a - b) < 1e-12)
    }
  }

  @Test("The standard and the doubly reparameterized gradient have the same loss and report")
  func sameValue() {
    let model = smallLatentGraph(nodes: 3)
    let x = smallImages(4)
    func objective(_ gradient: ImportanceWeightedInference.Gradient) -> Objective<Double> {
      var generator = Philox(seed: 16)
      return ImportanceWeightedInference(draws: 7, gradient: gradient)
        .objective(of: x, under: model, mode: .training, time: 0, using: &generator)
    }
    let (standard, doubly) = (objective(.standard), objective(.doublyReparameterized))
    #expect(abs(standard.loss.scalar - doubly.loss.scalar) < 1e-12)
    for (a, b) in zip(
      standard.evidenceLowerBound.scalars + standard.klDivergence.scalars,
      doubly.evidenceLowerBound.scalars + doubly.klDivergence.scalars)
    {
      #expect(abs(a - b) < 1e-12)
    }
    #expect(abs(standard.loss.scalar + standard.evidenceLowerBound.mean().scalar) < 1e-12)
  }

  @Test("The bound increases with the samples towards log p(x) and does not exceed it")
  func grows() {
    var model = FactorAnalysis(latents: 2, pixels: 3)
    model.tilt = 0.5
    let x = linearGaussianData(model, count: 1, seed: 4).rows
    let exact = model.exactLogLikelihood(of: x)[0]
    // With 20,000 copies of one observation the mean bound has an error of some thousandths.
    let many = x.broadcast(to: [20_000, 3])
    var generator = Philox(seed: 17)
    let bounds = [1, 2, 8, 64].map { samples -> (mean: Double, error: Double) in
      let values = withoutRecording {
        ImportanceWeightedInference(draws: samples).objective(
          of: many, under: model, mode: .evaluation, time: 0, using: &generator
        ).evidenceLowerBound.scalars
      }
      var moments = RunningMoments()
      for value in values { moments.add([value]) }
      return (moments.means[0], moments.squaredErrors[0].squareRoot())
    }
    for (low, high) in zip(bounds, bounds.dropFirst()) {
      #expect(high.mean - low.mean > 6 * (low.error + high.error))
    }
    let last = bounds[3]
    #expect(last.mean < exact + 6 * last.error)
    #expect(last.mean > exact - 0.05)
  }

  @Test("A model without a log-ratio along a path stops the program with a message")
  func noPath() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let sample = LatentSample<Double>(
        latents: .zeros([1, 1, 1]), divergences: { .zeros([0, 1]) }, logRatio: { .zeros([1, 1]) })
      _ = sample.pathLogRatio(at: sample.latents)
    }
    expectMessage(result, "have no pathLogRatio")
  }
}
