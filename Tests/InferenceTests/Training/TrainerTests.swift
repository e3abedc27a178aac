import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

/// The tests run serially, because every run of the process receives a SIGINT.
@Suite("Training", .serialized)
struct TrainerTests {
  let data = linearGaussianData(FactorAnalysis(latents: 2, pixels: 4), count: 50, seed: 1)

  func trainer(folder: URL? = nil, stopsOnInterrupt: Bool = false)
    -> Trainer<FactorAnalysis, VariationalInference>
  {
    Trainer(
      FactorAnalysis(latents: 2, pixels: 4, seed: 9), strategy: VariationalInference(),
      optimizer: Adam(learningRate: 1e-2),
      settings: TrainingSettings(
        batchSize: 8, seed: 3, schedule: .exponential(rate: 0.9), folder: folder,
        stopsOnInterrupt: stopsOnInterrupt))
  }

  @Test("Training raises the bound, and the same seed gives the same run")
  func learns() throws {
    let (first, second) = (trainer(), trainer())
    try first.fit(data, test: data, epochs: 20)
    try second.fit(data, test: data, epochs: 20)
    #expect(first.history.count == 20)
    func likelihood(_ model: FactorAnalysis) -> Double {
      let values = model.exactLogLikelihood(of: data.rows)
      return values.reduce(0, +) / Double(values.count)
    }
    // The sampling noise of the bound over all observations, from repeated evaluations of the
    // trained model.
    let bounds = (0..<50).map { seed in
      var generator = Philox(seed: UInt64(100 + seed))
      return evidenceLowerBound(of: data, under: first.model, using: &generator)
        .evidenceLowerBound
    }
    let mean = bounds.reduce(0, +) / 50
    let variance = bounds.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 49
    // A bound is six standard deviations off in one of 10⁹ runs. Training must raise it by more
    // than that.
    let noise = 6 * variance.squareRoot()
    let trained = likelihood(first.model)
    #expect(trained > likelihood(FactorAnalysis(latents: 2, pixels: 4, seed: 9)) + noise)
    #expect(
      first.history[19].trainELBO > first.history[0].trainELBO + 2.0.squareRoot() * noise)
    #expect(first.history[19].testELBO! < trained + noise)
    #expect(first.model.weight.value.scalars == second.model.weight.value.scalars)
    #expect(first.history.map(\.testELBO) == second.history.map(\.testELBO))
  }

  @Test("A later run in the same process receives SIGINT too")
  func interruptedAgain() throws {
    try withTemporaryFolder { folder in
      for index in 0..<3 {
        let run = trainer(
          folder: folder.appendingPathComponent("\(index)"), stopsOnInterrupt: true)
        try run.fit(data, epochs: 1)
        #expect(throws: TrainingError.self, "run \(index)") {
          try run.fit(data, epochs: 4, reporter: Interrupter(epoch: 2, step: 1))
        }
      }
    }
  }

  /// Rows that are not checked in advance, one of which, number 7, contains a NaN.
  private struct DamagedRows: BatchSource {
    let count = 20
    let dimension = 5
    func batch(_ indices: [Int], using generator: inout Philox) -> Tensor<Double> {
      Tensor(
        indices.flatMap { row in (0..<5).map { row == 7 && $0 == 3 ? .nan : 0.1 * Double($0) } },
        shape: [indices.count, 5])
    }
  }

  @Test("Observations that are not finite are reported with their place, not as a diverged run")
  func damagedObservations() throws {
    let model = try LinearGaussianModel(ExactInferenceTests.net(), observed: ["x", "y"])
    let trainer = Trainer(
      model, strategy: ExactInference(), settings: TrainingSettings(batchSize: 6))
    let error = #expect(throws: TrainingError.self) { try trainer.fit(DamagedRows(), epochs: 1) }
    guard case .dataNotFinite(let bad, 1, let step, nil) = error else {
      Issue.record("unexpected: \(String(describing: error))")
      return
    }
    #expect(bad.row == 7 && bad.column == 3 && bad.value.isNaN && (1...4).contains(step))
    #expect(error?.localizedDescription.contains("row 7, column 3") == true)
  }

  @Test("A loss of NaN stops the run before the step and names the last checkpoint")
  func lossNotFinite() throws {
    try withTemporaryFolder { folder in
      try trainer(folder: folder).fit(data, epochs: 1)
      let trainer = Trainer(
        FactorAnalysis(latents: 2, pixels: 4, seed: 9), strategy: LossOfNoNumber(),
        optimizer: Adam(learningRate: 1e-2),
        settings: TrainingSettings(
          batchSize: 8, seed: 3, schedule: .exponential(rate: 0.9), folder: folder))
      try trainer.resume()
      let before = trainer.model.weight.value.scalars
      let error = #expect(throws: TrainingError.self) { try trainer.fit(data, epochs: 2) }
      guard case .lossNotFinite(_, 2, 1, let checkpoint?) = error else {
        Issue.record("unexpected: \(String(describing: error))")
        return
      }
      #expect(checkpoint == trainer.checkpoint?.path)
      #expect(trainer.model.weight.value.scalars == before)
      let resumed = self.trainer(folder: folder)
      #expect(try resumed.resume())
      #expect(resumed.model.weight.value.scalars == before)
    }
  }

  @Test("A gradient that overflows at the end of an epoch does not replace the last checkpoint")
  func stateNotFinite() throws {
    try withTemporaryFolder { folder in
      func trainer<Strategy: InferenceStrategy>(
        _ strategy: Strategy
      ) -> Trainer<FactorAnalysis, Strategy> {
        Trainer(
          FactorAnalysis(latents: 2, pixels: 4, seed: 9), strategy: strategy,
          settings: TrainingSettings(batchSize: 50, seed: 3, folder: folder))
      }
      try trainer(VariationalInference()).fit(data, epochs: 1)
      let overflowing = trainer(OverflowingGradient())
      try overflowing.resume()
      let checkpoint = try #require(overflowing.checkpoint)
      let before = try Data(contentsOf: checkpoint)
      let error = #expect(throws: TrainingError.self) {
        try overflowing.fit(data, test: data, epochs: 3)
      }
      #expect(error == .stateNotFinite(epoch: 2, lastCheckpoint: checkpoint.path))
      #expect(error.map { "\($0)" }?.contains(checkpoint.path) == true)
      #expect(try Data(contentsOf: checkpoint) == before)
    }
  }

  private static let mistakes: [Mistake] = [
    .init("the batch size is -3, which is not positive") {
      var settings = TrainingSettings()
      settings.batchSize = -3
    },
    .init("a limit of 0.0 on the gradient's norm is not positive") {
      var settings = TrainingSettings()
      settings.gradientNormLimit = 0
    },
    .init("an average's decay of 1.0 is not in 0..<1") {
      var settings = TrainingSettings()
      settings.averageDecay = 1
    },
    .init("an evaluation period of 0 is not positive") {
      var settings = TrainingSettings()
      settings.evaluationPeriod = 0
    },
  ]

  @Test("Settings are also checked when they are changed", arguments: mistakes.indices)
  func checksSettings(index: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [index] in
      try TrainerTests.mistakes[index].commit()
    }
    expectMessage(result, Self.mistakes[index])
  }

  @Test("Training for Int.max epochs can be started")
  func endlessTraining() throws {
    final class Stopper: TrainingReporter {
      func stepEnded(_ progress: TrainingProgress) {
        if progress.epoch == 2 { kill(getpid(), SIGTERM) }
        if progress.epoch >= 2 { usleep(1000) }
      }
      func epochEnded(_ metrics: EpochMetrics, of epochs: Int, secondsLeft: Double) {}
    }
    let error = #expect(throws: TrainingError.self) {
      try trainer(stopsOnInterrupt: true).fit(data, epochs: .max, reporter: Stopper())
    }
    guard case .interrupted(SIGTERM, _, _, nil)? = error else {
      Issue.record("not interrupted by SIGTERM but \(String(describing: error))")
      return
    }
  }

  /// Sends SIGINT at a step, and then slows the run down until the signal is noticed.
  final class Interrupter: TrainingReporter {
    let epoch: Int
    let step: Int
    init(epoch: Int, step: Int) { (self.epoch, self.step) = (epoch, step) }

    func stepEnded(_ progress: TrainingProgress) {
      if (progress.epoch, progress.step) == (epoch, step) { kill(getpid(), SIGINT) }
      if (progress.epoch, progress.step) >= (epoch, step) { usleep(100_000) }
    }

    func epochEnded(_ metrics: EpochMetrics, of epochs: Int, secondsLeft: Double) {}
  }

  /// A strategy with a finite loss and an infinite gradient.
  struct OverflowingGradient: InferenceStrategy {
    /// The recipe is that of the plain strategy, so that its run can be continued with this one.
    var recipe: String { VariationalInference().recipe }

    func objective<Model: LatentVariableModel>(
      of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, time: Double,
      using generator: inout Philox
    ) -> Objective<Model.Scalar> {
      let objective = VariationalInference().objective(
        of: x, under: model, mode: mode, time: time, using: &generator)
      let loss = objective.loss.detached.recorded(from: [objective.loss]) { _, gradients in
        gradients.add(to: 0, Tensor(.infinity))
      }
      return Objective(
        loss: loss, evidenceLowerBound: objective.evidenceLowerBound,
        logLikelihood: objective.logLikelihood, klDivergence: objective.klDivergence)
    }
  }

  /// A strategy whose loss is NaN although the observations are finite.
  struct LossOfNoNumber: InferenceStrategy {
    /// The recipe is that of the plain strategy, so that its run can be continued with this one.
    var recipe: String { VariationalInference().recipe }

    func objective<Model: LatentVariableModel>(
      of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, time: Double,
      using generator: inout Philox
    ) -> Objective<Model.Scalar> {
      let objective = VariationalInference().objective(
        of: x, under: model, mode: mode, time: time, using: &generator)
      return Objective(
        loss: .nan * objective.loss, evidenceLowerBound: objective.evidenceLowerBound,
        logLikelihood: objective.logLikelihood, klDivergence: objective.klDivergence)
    }
  }
}
