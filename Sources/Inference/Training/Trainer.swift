import Foundation
import LatentGraphs
import NeuralNetworks
import Tensors

/// Trains a latent variable model by a strategy: epochs of shuffled batches, one step of the
/// optimizer each.
///
/// All randomness comes from the seed: the order of an epoch and the noise of a step from streams
/// labelled by the epoch and the step. So a run that is resumed from a checkpoint gives bit for bit
/// what the uninterrupted run gives (on the same machine, with as many threads).
public final class Trainer<Model: LatentVariableModel, Strategy: InferenceStrategy> {
  /// The model, whose parameters change.
  public let model: Model
  /// What makes a loss of a batch.
  public let strategy: Strategy
  /// The settings.
  public let settings: TrainingSettings
  /// The optimizer at work.
  public let optimization: Optimization<Model.Scalar>
  /// The epochs so far; fewer than `epochsDone` where the log of a resumed run was lost.
  public internal(set) var history: [EpochMetrics] = []
  /// The number of epochs that are done, those of a resumed run included.
  public var epochsDone: Int { position.epochsDone }
  /// The epoch with the highest bound on the validation set so far, where one was given.
  public var best: BestEpoch? { position.best }

  let root: Philox
  /// Where the run is.
  var position = TrainingPosition()
  /// The checkpoint that was last read or written.
  var lastCheckpoint: URL?
  /// The right to write to the folder: from resuming, or the start of training, to its end.
  var folderLock: RunFolderLock?

  /// A trainer of a model whose parameters it takes over.
  public init(
    _ model: Model, strategy: Strategy, optimizer: any Optimizer = Adam(),
    settings: TrainingSettings = TrainingSettings()
  ) {
    self.model = model
    self.strategy = strategy
    self.settings = settings
    optimization = Optimization(
      of: model, by: optimizer, gradientNormLimit: settings.gradientNormLimit,
      averageDecay: settings.averageDecay)
    root = Philox(seed: settings.seed)
  }

  /// Trains up to this many epochs in all, those of a resumed run included.
  ///
  /// - Parameters:
  ///   - data: what to train on.
  ///   - validation: what the best epoch is chosen by, if anything.
  ///   - test: what to evaluate beside it, if anything.
  /// - Throws: `CheckpointError` where a run that has a checkpoint gets other data or another number of
  ///   observations, or one that has a best epoch a validation set of another size,
  ///   `TrainingError` where the loss, an observation or the state is infinite or NaN, the user
  ///   interrupts, or another run writes to the folder,
  ///   `FileError` where a checkpoint cannot be written. The model is then as of the last step.
  public func fit(
    _ data: some BatchSource<Model.Scalar>,
    validation: (any BatchSource<Model.Scalar>)? = nil,
    test: (any BatchSource<Model.Scalar>)? = nil, epochs: Int,
    reporter: any TrainingReporter = SilentReporter()
  ) throws {
    require(data.count > 0, "training on no observations")
    require(epochs >= 0, "training for \(epochs) epochs")
    try accept(data, validation: validation?.count)
    defer { folderLock = nil }
    if let folder = settings.folder {
      try createFolder(folder)
      if folderLock == nil { folderLock = try RunFolderLock(folder) }
      try refuseOtherRun()
      for file in [checkpoint, bestCheckpoint, log?.url] { file.map(removeAbandonedPartials) }
    }
    let watch = settings.stopsOnInterrupt ? InterruptWatch() : nil
    let clock = RunClock(
      observationsLeft: (Double(epochs) - Double(epochsDone)) * Double(data.count)
        - Double(position.running.observations))
    while epochsDone < epochs {
      try runEpoch(data, epochs: epochs, clock: clock, watch: watch, reporter: reporter)
      try endEpoch(
        HeldOutSets(training: data, validation: validation, test: test), clock: clock,
        epochs: epochs, reporter: reporter)
      if let signal = watch?.interruption { throw interruption(by: signal) }
    }
  }

  /// Takes the data of the run, where they can be those that its checkpoint is of.
  private func accept(
    _ data: some BatchSource<Model.Scalar>, validation: Int?
  ) throws(CheckpointError) {
    func check(_ setting: String, _ expected: String, _ found: String) throws(CheckpointError) {
      guard expected != found, let checkpoint else { return }
      throw CheckpointError(
        path: checkpoint.path,
        problem: .otherRun(setting: setting, expected: expected, found: found))
    }
    if epochsDone > 0 || position.stepsDone > 0 {
      try check("data", data.recipe, position.data ?? data.recipe)
      try check("observations", "\(data.count)", "\(position.observations)")
    }
    // Bounds on sets of other sizes would not compare.
    if best != nil, let validation, let earlier = position.bestObservations {
      try check("validation observations", "\(validation)", "\(earlier)")
    }
    (position.observations, position.data) = (data.count, data.recipe)
  }

  private func runEpoch(
    _ data: some BatchSource<Model.Scalar>, epochs: Int, clock: RunClock, watch: InterruptWatch?,
    reporter: any TrainingReporter
  ) throws {
    let stream = root.split(epochsDone)
    var shuffle = stream.split(0)
    let order = EpochOrder(
      count: data.count, batchSize: settings.batchSize, using: &shuffle)
    clock.startEpoch(secondsBefore: position.running.seconds)
    while position.stepsDone < order.batchCount {
      var generator = stream.split(position.stepsDone + 1)
      let x = data.batch(order[position.stepsDone], using: &generator)
      try step(
        x, rows: order[position.stepsDone],
        time: Double(epochsDone) + Double(position.stepsDone) / Double(order.batchCount), &generator
      )
      position.stepsDone += 1
      position.running.seconds = clock.epochSeconds
      clock.advance(x.shape[0])
      reporter.stepEnded(
        TrainingProgress(
          epoch: epochsDone + 1, epochs: epochs, step: position.stepsDone, steps: order.batchCount,
          rate: clock.rate, secondsLeft: clock.secondsLeft, elbo: position.running.meanELBO))
      // A signal with the last step waits for the end of the epoch.
      if let signal = watch?.interruption, position.stepsDone < order.batchCount {
        try checkState()
        try save()
        throw interruption(by: signal)
      }
    }
  }

  private func interruption(by signal: Int32) -> TrainingError {
    .interrupted(
      signal: signal, epoch: epochsDone + 1, step: position.stepsDone,
      checkpoint: lastCheckpoint?.path)
  }

  private func step(
    _ x: Tensor<Model.Scalar>, rows: [Int], time: Double, _ generator: inout Philox
  ) throws {
    let objective = strategy.objective(
      of: x, under: model, mode: .training, time: time, using: &generator)
    let loss = Double(objective.loss.scalar)
    guard loss.isFinite else {
      if let bad = NonFiniteData(in: x, rows: rows) {
        throw TrainingError.dataNotFinite(
          bad, epoch: epochsDone + 1, step: position.stepsDone + 1,
          lastCheckpoint: lastCheckpoint?.path)
      }
      if let element = model.firstOutsideSupport(x) {
        let (row, column) = element.index.quotientAndRemainder(dividingBy: x.shape[1])
        throw TrainingError.dataOutsideSupport(
          row: rows[row], column: column, value: Double(x.scalars[element.index]),
          support: element.support, epoch: epochsDone + 1, step: position.stepsDone + 1,
          lastCheckpoint: lastCheckpoint?.path)
      }
      throw TrainingError.lossNotFinite(
        loss: loss, epoch: epochsDone + 1, step: position.stepsDone + 1,
        lastCheckpoint: lastCheckpoint?.path)
    }
    position.running.add(objective)
    optimization.minimize(objective.loss, rateFactor: settings.schedule.factor(at: time))
  }

  /// A finite loss may still have a gradient that overflows. What that leaves behind must not take
  /// the last good checkpoint's place.
  private func checkState() throws {
    guard
      optimization.isFinite, model.namedStatistics().allSatisfy({ $0.statistic.value.isFinite })
    else {
      throw TrainingError.stateNotFinite(
        epoch: epochsDone + 1, lastCheckpoint: lastCheckpoint?.path)
    }
  }

  private func endEpoch(
    _ sets: HeldOutSets<Model.Scalar>, clock: RunClock, epochs: Int,
    reporter: any TrainingReporter
  ) throws {
    try checkState()
    var metrics = EpochMetrics(
      epoch: epochsDone + 1, trainELBO: position.running.meanELBO,
      trainKL: position.running.meanKL, seconds: 0)
    if metrics.epoch % settings.evaluationPeriod == 0 || metrics.epoch == epochs {
      try evaluate(on: sets, into: &metrics)
    }
    metrics.seconds = clock.epochSeconds
    metrics.edgeProbabilities = model.edgeProbabilities
    history.append(metrics)
    position.endEpoch()
    try log?.write(history)
    try save()
    reporter.epochEnded(metrics, of: epochs, secondsLeft: clock.secondsLeft)
  }

  var log: MetricsLog? {
    settings.folder.map { MetricsLog(url: $0.appendingPathComponent("metrics.jsonl")) }
  }
}
