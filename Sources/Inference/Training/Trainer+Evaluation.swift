import NeuralNetworks
import Tensors

/// The sets on which an epoch is evaluated, and the training set, on which the statistics of an
/// average are estimated.
struct HeldOutSets<Scalar: TensorScalar> {
  let training: any BatchSource<Scalar>
  let validation: (any BatchSource<Scalar>)?
  let test: (any BatchSource<Scalar>)?
}

extension Trainer {
  /// Calls `body` with the model that is evaluated, and returns its result. If there is a moving
  /// average of the parameters, the model has the averaged parameters and the statistics that were
  /// estimated with them at the last evaluation. Afterwards the trained parameters and statistics
  /// are restored.
  public func withEvaluatedModel<Result>(_ body: (Model) throws -> Result) rethrows -> Result {
    guard let average = optimizerState.average else { return try body(model) }
    return try average.withAverage { try body(model) }
  }

  /// Restores the evaluated parameters and statistics of the best epoch. To continue training
  /// afterwards, resume from the run's checkpoint.
  /// - Throws: `TrainingError` if there is no best epoch; `SafetensorsError`, `FileError` or
  ///   `CheckpointError`, also if the file is of another epoch. The model is then unchanged.
  public func restoreBest() throws {
    guard let bestCheckpoint, let best else {
      throw TrainingError.noBestEpoch(epochsDone: epochsDone)
    }
    // If a run was killed after writing this file and before writing its checkpoint, this file is
    // of a later epoch.
    let found = try SafetensorsFile(contentsOf: bestCheckpoint).metadata["epoch"] ?? "none"
    guard found == "\(best.epoch)" else {
      throw CheckpointError(
        path: bestCheckpoint.path,
        problem: .otherRun(setting: "best epoch", expected: "\(best.epoch)", found: found))
    }
    try Checkpoint.read(into: model, from: bestCheckpoint)
  }

  /// Checks that a validation or test set can be evaluated.
  func check(
    _ set: any BatchSource<Model.Scalar>, named name: String, dimension: Int
  ) throws(TrainingError) {
    guard set.count > 0 else { throw .heldOutData(set: name, .empty) }
    guard set.dimension == dimension else {
      throw .heldOutData(set: name, .otherDimension(set.dimension, expected: dimension))
    }
    var generator = root.split(Self.evaluationLabel)
    for start in stride(from: 0, to: set.count, by: 1000) {
      let rows = Array(start..<min(start + 1000, set.count))
      let x = set.batch(rows, using: &generator)
      if let bad = NonFiniteData(in: x, rows: rows) {
        throw .heldOutData(set: name, .notFinite(bad))
      }
      if let problem = outsideSupport(x, rows: rows) { throw .heldOutData(set: name, problem) }
    }
  }

  /// The first element of a batch that is outside the support of the model. `rows` are the indices
  /// of the batch's rows in the data.
  func outsideSupport(_ x: Tensor<Model.Scalar>, rows: [Int]) -> HeldOutDataProblem? {
    model.firstOutsideSupport(x).map { element in
      let (row, column) = element.index.quotientAndRemainder(dividingBy: x.shape[1])
      return .outsideSupport(
        row: rows[row], column: column, value: Double(x[row, column]), support: element.support)
    }
  }

  /// Evaluates the trained parameters and their average, estimates the statistics of the average,
  /// and stores the model if it is the best so far.
  func evaluate(on sets: HeldOutSets<Model.Scalar>, into metrics: inout EpochMetrics) throws {
    metrics.heldOut = heldOutMetrics(sets)
    if let average = optimizerState.average {
      metrics.averaged = average.withAverage {
        estimateStatistics(on: sets.training)
        return heldOutMetrics(sets)
      }
    }
    guard let elbo = metrics.evaluated.validationELBO, !elbo.isNaN,
      position.best.map({ elbo > $0.validationELBO }) ?? true
    else { return }
    position.best = BestEpoch(epoch: metrics.epoch, validationELBO: elbo)
    position.bestObservations = sets.validation?.count
    guard let bestCheckpoint else { return }
    try withEvaluatedModel { model in
      try Checkpoint.write(
        model,
        notes: [
          "format": "LatentGraphs best epoch 1", "epoch": "\(metrics.epoch)",
          "validation_elbo": "\(elbo)",
        ], to: bestCheckpoint)
    }
  }

  private func heldOutMetrics(_ sets: HeldOutSets<Model.Scalar>) -> HeldOutMetrics {
    func bound(_ set: (any BatchSource<Model.Scalar>)?) -> BoundEstimate? {
      set.map { set in
        // The noise is the same after each epoch, so that differences are due to the model only.
        var generator = root.split(Self.evaluationLabel)
        return evidenceLowerBound(
          of: set, under: model, divergence: strategy.divergence, using: &generator)
      }
    }
    let (test, validation) = (bound(sets.test), bound(sets.validation))
    return HeldOutMetrics(
      testELBO: test?.evidenceLowerBound, testKL: test?.klDivergence,
      validationELBO: validation?.evidenceLowerBound, validationKL: validation?.klDivergence)
  }

  /// Estimates the statistics of batch norms by one pass over the training data, with the current
  /// parameters and the most probable structure.
  private func estimateStatistics(on data: any BatchSource<Model.Scalar>) {
    guard !model.namedBuffers().isEmpty else { return }
    var generator = root.split(Self.statisticsLabel)
    let order = EpochOrder(
      count: data.count, batchSize: settings.batchSize, using: &generator)
    let pass = VariationalInference(divergence: strategy.divergence)
    averagingStatistics { mode in
      for batch in 0..<order.batchCount {
        let x = data.batch(order[batch], using: &generator)
        _ = withoutRecording {
          pass.objective(of: x, under: model, mode: mode, time: 0, using: &generator)
        }
      }
    }
  }

  /// The labels of the random streams for evaluations and for estimates of statistics. No epoch has
  /// these labels.
  private static var evaluationLabel: UInt64 { .max }
  private static var statisticsLabel: UInt64 { .max - 1 }
}
