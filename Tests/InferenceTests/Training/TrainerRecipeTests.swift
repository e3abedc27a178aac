import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

/// Settings of a run: weight averages, the best epoch, and the comparison of settings on resuming.
@Suite("The recipe of training")
struct TrainerRecipeTests {
  let data = linearGaussianData(FactorAnalysis(latents: 2, pixels: 4), count: 50, seed: 1)
  let validation = linearGaussianData(
    FactorAnalysis(latents: 2, pixels: 4), count: 30, seed: 2)

  private func trainer(
    folder: URL? = nil, rate: Double = 0.05, schedule: Schedule = .constant,
    average: Double? = 0.9, evaluationPeriod: Int = 2,
    strategy: VariationalInference = VariationalInference()
  ) -> Trainer<FactorAnalysis, VariationalInference> {
    Trainer(
      FactorAnalysis(latents: 2, pixels: 4, seed: 9), strategy: strategy,
      optimizer: Adam(learningRate: rate),
      settings: TrainingSettings(
        batchSize: 8, seed: 3, schedule: schedule, averageDecay: average,
        evaluationPeriod: evaluationPeriod, folder: folder))
  }

  private func weights(_ trainer: Trainer<FactorAnalysis, VariationalInference>) -> [Double] {
    trainer.model.weight.value.scalars
  }

  @Test("Held-out sets are evaluated periodically and at the end, also with the average")
  func evaluatesAtThePeriod() throws {
    let (averaged, plain) = (trainer(), trainer(average: nil))
    for trainer in [averaged, plain] {
      try trainer.fit(data, validation: validation, test: validation, epochs: 5)
    }
    #expect(weights(averaged) == weights(plain))
    #expect(averaged.history.map { $0.testELBO != nil } == [false, true, false, true, true])
    #expect(averaged.history.map(\.heldOut) == plain.history.map(\.heldOut))
    #expect(averaged.history.map { $0.averaged != nil } == [false, true, false, true, true])
    #expect(plain.history.allSatisfy { $0.averaged == nil })
    let last = averaged.history[4]
    #expect(last.evaluated == last.averaged && last.averaged != last.heldOut)
    #expect(last.heldOut.testELBO == last.heldOut.validationELBO)
    // The reported value of the average is the one that the averaged model gives.
    let found = averaged.withEvaluatedModel { model in
      var generator = Philox(seed: 3).split(UInt64.max)
      return evidenceLowerBound(of: validation, under: model, using: &generator)
    }
    #expect(found.evidenceLowerBound == last.averaged?.testELBO)
    #expect(weights(averaged) == weights(plain))
  }

  @Test("A run with an average is resumed bit for bit, including the average and the best epoch")
  func resumes() throws {
    try withTemporaryFolder { folder in
      let whole = trainer(folder: folder.appendingPathComponent("whole"))
      try whole.fit(data, validation: validation, epochs: 7)
      let part = folder.appendingPathComponent("part")
      try trainer(folder: part).fit(data, validation: validation, epochs: 4)
      let resumed = trainer(folder: part)
      #expect(try resumed.resume())
      try resumed.fit(data, validation: validation, epochs: 7)
      for file in ["checkpoint.safetensors", "best.safetensors"] {
        let bytes = ["whole", "part"].map {
          try? Data(contentsOf: folder.appendingPathComponent("\($0)/\(file)"))
        }
        // After the end of an epoch the file does not contain the time that the epoch took.
        #expect(bytes[0] != nil && bytes[0] == bytes[1], "\(file)")
      }
      #expect(resumed.best == whole.best && whole.best != nil)
    }
  }

  @Test("The model of the best epoch is kept as it was evaluated", arguments: [nil, 0.8])
  func keepsTheBest(average: Double?) throws {
    try withTemporaryFolder { folder in
      // With large steps the bound goes up and down.
      let trainer = trainer(folder: folder, rate: 0.3, average: average, evaluationPeriod: 1)
      try trainer.fit(data, validation: validation, epochs: 12)
      let bounds = trainer.history.map { $0.evaluated.validationELBO! }
      let best = try #require(trainer.best)
      #expect(best.validationELBO == bounds.max())
      #expect(best.epoch == bounds.firstIndex(of: bounds.max()!)! + 1)
      #expect(best.epoch < 12)
      try trainer.restoreBest()
      var generator = Philox(seed: 3).split(UInt64.max)
      let found = evidenceLowerBound(
        of: validation, under: trainer.model, using: &generator)
      #expect(found.evidenceLowerBound == best.validationELBO)
    }
  }

  @Test("A validation bound of NaN is never the best one")
  func ignoresNaN() throws {
    /// Observations that are NaN when they are read again after the check before training.
    final class Damaged: BatchSource {
      let count = 4, dimension = 4
      let isRead = Lock(false)
      func batch(_ indices: [Int], using generator: inout Philox) -> Tensor<Double> {
        let wasRead = isRead.withLock { isRead in
          defer { isRead = true }
          return isRead
        }
        return .full(wasRead ? .nan : 0, [indices.count, 4])
      }
    }
    try withTemporaryFolder { folder in
      let first = trainer(folder: folder, evaluationPeriod: 1)
      try first.fit(data, validation: Damaged(), epochs: 1)
      #expect(first.best == nil)
      try first.fit(data, validation: validation, epochs: 2)
      #expect(first.best?.epoch == 2)
      #expect(try trainer(folder: folder).resume())
    }
  }

  @Test("A missing best epoch is an error, and a run is held to one validation set")
  func bestEpoch() throws {
    try withTemporaryFolder { folder in
      let first = trainer(folder: folder)
      try first.fit(data, validation: validation, epochs: 0)
      #expect(throws: TrainingError.noBestEpoch(epochsDone: 0)) { try first.restoreBest() }
      try first.fit(data, validation: validation, epochs: 2)
      let smaller = linearGaussianData(
        FactorAnalysis(latents: 2, pixels: 4), count: 20, seed: 2)
      let resumed = trainer(folder: folder)
      #expect(try resumed.resume())
      let error = #expect(throws: CheckpointError.self) {
        try resumed.fit(data, validation: smaller, epochs: 3)
      }
      #expect(
        error?.problem
          == .otherRun(setting: "validation observations", expected: "20", found: "30"))
      try resumed.restoreBest()
      let file = folder.appendingPathComponent("best.safetensors")
      var other = try SafetensorsFile(contentsOf: file)
      other.metadata["epoch"] = "7"
      try other.write(to: file)
      #expect(throws: CheckpointError.self) { try resumed.restoreBest() }
    }
  }

  @Test("A trainer that has resumed its run may resume it again")
  func resumesTwice() throws {
    try withTemporaryFolder { folder in
      try trainer(folder: folder).fit(data, epochs: 1)
      let resumed = trainer(folder: folder)
      #expect(try resumed.resume())
      #expect(try resumed.resume())
      #expect(throws: TrainingError.self) { try trainer(folder: folder).resume() }
      try resumed.fit(data, epochs: 2)
    }
  }

  @Test("The divergence used for evaluation is part of the recipe")
  func evaluationRecipe() {
    func recipe(_ divergence: VariationalInference.Divergence) -> String {
      ImportanceWeightedInference(draws: 3, divergence: divergence).recipe
    }
    #expect(recipe(.exact) == "importance-weighted(draws 3, gradient doubly reparameterized)")
    #expect(
      recipe(.sampled)
        == "importance-weighted(draws 3, gradient doubly reparameterized, kl sampled)")
  }

  @Test("A run is not resumed with another schedule, optimizer, objective or average")
  func refusesAnotherRecipe() throws {
    try withTemporaryFolder { folder in
      try trainer(folder: folder, schedule: .step(period: 3, factor: 0.5)).fit(data, epochs: 1)
      let others: [(String, Trainer<FactorAnalysis, VariationalInference>)] = [
        ("schedule", trainer(folder: folder, schedule: .step(period: 3, factor: 0.75))),
        ("schedule", trainer(folder: folder)),
        (
          "optimizer",
          trainer(folder: folder, rate: 0.04, schedule: .step(period: 3, factor: 0.5))
        ),
        (
          "average_decay",
          trainer(folder: folder, schedule: .step(period: 3, factor: 0.5), average: 0.95)
        ),
        (
          "strategy",
          trainer(
            folder: folder, schedule: .step(period: 3, factor: 0.5),
            strategy: VariationalInference(freeNats: 0.5))
        ),
      ]
      for (setting, other) in others {
        let before = weights(other)
        let error = #expect(throws: CheckpointError.self) { try other.resume() }
        #expect(error.map { "\($0)" }?.contains("its run has \(setting) ") == true)
        #expect(weights(other) == before)
      }
      let equal = trainer(folder: folder, schedule: .step(period: 3, factor: 0.5))
      #expect(try equal.resume())
    }
  }

  @Test("A run is not continued on data with another recipe")
  func refusesOtherData() throws {
    struct OtherRows: BatchSource {
      let rows: TensorRows<Double>
      var recipe: String { "rows, doubled" }
      var count: Int { rows.count }
      var dimension: Int { rows.dimension }
      func batch(_ indices: [Int], using generator: inout Philox) -> Tensor<Double> {
        2 * rows.batch(indices, using: &generator)
      }
    }
    try withTemporaryFolder { folder in
      try trainer(folder: folder).fit(data, epochs: 1)
      let resumed = trainer(folder: folder)
      try resumed.resume()
      let error = #expect(throws: CheckpointError.self) {
        try resumed.fit(OtherRows(rows: data), epochs: 2)
      }
      #expect(error.map { "\($0)" }?.contains("data") == true)
      try resumed.fit(data, epochs: 2)
      #expect(resumed.epochsDone == 2)
    }
  }

  @Test(
    "Observations outside of the support are refused with their row, before any step")
  func refusesBytes() throws {
    for (value, acceptsFractions, isRefused) in [
      (255.0, false, true), (0.5, false, true), (0.5, true, false), (1.5, true, true),
      (-0.25, true, true),
    ] {
      var generator = Philox(seed: 4)
      let model = smallLatentGraph(
        nodes: 2,
        likelihood: BernoulliObservation(
          MLP([2, 4, 4], using: &generator), acceptsFractions: acceptsFractions))
      let before = model.namedParameters().map(\.parameter.value.scalars)
      var pixels = smallImages(20).scalars
      pixels[4 * 13 + 2] = value
      let rows = try TensorRows(Tensor(pixels, shape: [20, 4]))
      let trainer = Trainer(
        model, strategy: VariationalInference(), settings: TrainingSettings(batchSize: 20))
      guard isRefused else {
        try trainer.fit(rows, epochs: 1)
        continue
      }
      let error = #expect(throws: TrainingError.self) { try trainer.fit(rows, epochs: 1) }
      guard case .dataOutsideSupport(13, 2, value, _, 1, 1, nil)? = error else {
        Issue.record("the refusal of \(value) does not name its row: \(String(describing: error))")
        continue
      }
      #expect(model.namedParameters().map(\.parameter.value.scalars) == before)
    }
  }

  @Test("Validation and test sets that cannot be evaluated are refused before training")
  func refusesHeldOutSets() throws {
    var generator = Philox(seed: 4)
    let model = smallLatentGraph(
      nodes: 2, likelihood: BernoulliObservation(MLP([2, 4, 4], using: &generator)))
    let before = model.namedParameters().map(\.parameter.value.scalars)
    let rows = try TensorRows(smallImages(20))
    func refusal(
      validation: (any BatchSource<Double>)?, test: (any BatchSource<Double>)?
    ) -> TrainingError? {
      #expect(throws: TrainingError.self) {
        try Trainer(
          model, strategy: VariationalInference(), settings: TrainingSettings(batchSize: 20)
        ).fit(rows, validation: validation, test: test, epochs: 1)
      }
    }
    var pixels = smallImages(20).scalars
    pixels[4 * 13 + 2] = 17
    let bad = try TensorRows(Tensor(pixels, shape: [20, 4]))
    let problem = HeldOutDataProblem.outsideSupport(
      row: 13, column: 2, value: 17, support: "0 or 1")
    #expect(
      refusal(validation: bad, test: nil) == .heldOutData(set: "validation", problem))
    #expect(refusal(validation: rows, test: bad) == .heldOutData(set: "test", problem))
    let wide = try TensorRows(Tensor<Double>.zeros([3, 5]))
    #expect(
      refusal(validation: nil, test: wide)
        == .heldOutData(set: "test", .otherDimension(5, expected: 4)))
    pixels[4 * 13 + 2] = .nan
    let missing = RawRows(rows: Tensor(pixels, shape: [20, 4]))
    guard
      case .heldOutData("validation", .notFinite(let place))? =
        refusal(validation: missing, test: nil)
    else { throw TrainingError.noBestEpoch(epochsDone: 0) }
    #expect(place.row == 13 && place.column == 2)
    #expect(model.namedParameters().map(\.parameter.value.scalars) == before)
  }

  @Test("An unreadable note of the best epoch is refused")
  func refusesADamagedNote() throws {
    try withTemporaryFolder { folder in
      let trained = trainer(folder: folder)
      try trained.fit(data, validation: validation, epochs: 2)
      let file = try #require(trained.checkpoint)
      let best = try #require(try SafetensorsFile(contentsOf: file).metadata["best"])
      for note in ["", "2", "x 0", "2 y", "-1 0", best + " 1"] {
        var damaged = try SafetensorsFile(contentsOf: file)
        damaged.metadata["best"] = note
        let place = folder.appendingPathComponent("damaged")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try damaged.write(to: place.appendingPathComponent("checkpoint.safetensors"))
        let error = #expect(throws: CheckpointError.self) { try trainer(folder: place).resume() }
        #expect(error?.problem == .unreadable(note: "best", value: note))
      }
    }
  }
}

/// Rows that are not checked.
private struct RawRows: BatchSource {
  let rows: Tensor<Double>
  var count: Int { rows.shape[0] }
  var dimension: Int { rows.shape[1] }
  func batch(_ indices: [Int], using generator: inout Philox) -> Tensor<Double> {
    rows.gatheredRows(at: indices)
  }
}
