import NeuralNetworks
import Tensors

/// What an epoch is evaluated on, and what the statistics of an average are estimated on.
struct HeldOutSets<Scalar: TensorScalar> {
  let training: any BatchSource<Scalar>
  let validation: (any BatchSource<Scalar>)?
  let test: (any BatchSource<Scalar>)?
}

extension Trainer {
  /// The result of `body`, for which the model is as it is evaluated: with the moving average of its
  /// parameters, and the statistics estimated with them at the last evaluation, where an average is
  /// kept; as it was trained otherwise. Afterwards it is again as it was trained.
  public func withEvaluatedModel<Result>(_ body: (Model) throws -> Result) rethrows -> Result {
    guard let average = optimization.average else { return try body(model) }
    return try average.withAverage { try body(model) }
  }

  /// Makes the model that of the best epoch, as it was evaluated there. To continue training
  /// afterwards, resume from the run's checkpoint.
  /// - Throws: `TrainingError` where no epoch is the best; `SafetensorsError`, `FileError` or
  ///   `CheckpointError`, also where the file is of another epoch. The model is then untouched.
  public func restoreBest() throws {
    guard let bestCheckpoint, let best else {
      throw TrainingError.noBestEpoch(epochsDone: epochsDone)
    }
    // A run that ended between the writing of this file and of its checkpoint left that of a later one.
    let found = try SafetensorsFile(contentsOf: bestCheckpoint).metadata["epoch"] ?? "none"
    guard found == "\(best.epoch)" else {
      throw CheckpointError(
        path: bestCheckpoint.path,
        problem: .otherRun(setting: "best epoch", expected: "\(best.epoch)", found: found))
    }
    try Checkpoint.read(into: model, from: bestCheckpoint)
  }

  /// Evaluates the trained parameters and their average, estimates the statistics of the average, and
  /// keeps the model where it is the best so far.
  func evaluate(on sets: HeldOutSets<Model.Scalar>, into metrics: inout EpochMetrics) throws {
    metrics.heldOut = heldOutMetrics(sets)
    if let average = optimization.average {
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
        // The same noise after each epoch, so that only the model differs.
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

  /// Estimates the statistics of batch norms by one pass over the training data with the parameters
  /// that the model has, in its most probable structure.
  private func estimateStatistics(on data: any BatchSource<Model.Scalar>) {
    guard !model.namedStatistics().isEmpty else { return }
    var generator = root.split(Self.statisticsLabel)
    let order = EpochOrder(
      count: data.count, batchSize: settings.batchSize, using: &generator)
    let pass = VariationalInference(divergence: strategy.divergence)
    averagingStatistics {
      for batch in 0..<order.batchCount {
        let x = data.batch(order[batch], using: &generator)
        _ = withoutRecording {
          pass.objective(of: x, under: model, mode: .training, time: 0, using: &generator)
        }
      }
    }
  }

  /// The labels of the streams of evaluations and of estimates of statistics, which no epoch has.
  private static var evaluationLabel: UInt64 { .max }
  private static var statisticsLabel: UInt64 { .max - 1 }
}
