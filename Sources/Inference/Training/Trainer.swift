import Foundation
import LatentGraphs
import NeuralNetworks
import Tensors

/// Trains a latent variable model with a strategy. An epoch visits all observations in shuffled
/// batches, with one step of the optimizer for each batch.
///
/// All random numbers are determined by the seed. The order of an epoch and the noise of a step are
/// taken from streams that are labelled by the epoch and the step. A run that is resumed from a
/// checkpoint therefore gives bit-identical results to an uninterrupted run (on the same machine,
/// with the same number of threads).
public final class Trainer<Model: LatentVariableModel, Strategy: InferenceStrategy> {
  /// The model, whose parameters are changed by training.
  public let model: Model
  /// The strategy that computes the loss of a batch.
  public let strategy: Strategy
  /// The settings.
  public let settings: TrainingSettings
  /// The optimizer and its state.
  public let optimizerState: OptimizerState<Model.Scalar>
  /// The metrics of the epochs so far. There are fewer than `epochsDone` if the metrics file of a
  /// resumed run was lost.
  public internal(set) var history: [EpochMetrics] = []
  /// The number of completed epochs, including those of a resumed run.
  public var epochsDone: Int { position.epochsDone }
  /// The epoch with the highest bound on the validation set so far, if there is a validation set.
  public var best: BestEpoch? { position.best }

  let root: Philox
  /// The current position of the run.
  var position = TrainingPosition()
  /// Whether the model has been asked if its gradients are right.
  private var areGradientsChecked = false
  /// The checkpoint that was read or written last.
  var lastCheckpoint: URL?
  /// The lock of the folder, which is held from resuming, or the start of training, to the end of
  /// training.
  var folderLock: RunFolderLock?

  /// A trainer of this model, whose parameters it changes.
  public init(
    _ model: Model, strategy: Strategy, optimizer: any Optimizer = Adam(),
    settings: TrainingSettings = TrainingSettings()
  ) {
    self.model = model
    self.strategy = strategy
    self.settings = settings
    optimizerState = OptimizerState(
      of: model, by: optimizer, gradientNormLimit: settings.gradientNormLimit,
      averageDecay: settings.averageDecay)
    root = Philox(seed: settings.seed)
  }

  /// Trains until this number of epochs is completed, including those of a resumed run. The
  /// validation and test sets are read once before the first step, to check their elements.
  ///
  /// - Parameters:
  ///   - data: the training set.
  ///   - validation: the set that determines the best epoch, if any.
  ///   - test: an additional set for evaluation, if any.
  /// - Throws: `CheckpointError` if a resumed run gets other data or another number of
  ///   observations, or, if it has a best epoch, a validation set of another size; `TrainingError`
  ///   if the loss, an observation or the state is NaN or infinite, an observation is outside the
  ///   support of the model, the user interrupts the run, or another run writes to the folder;
  ///   `LatentGraphError.notReparameterized` if a latent has no derivative, such as a discrete one;
  ///   `FileError` if a checkpoint cannot be written. The model
  ///   then has the parameters after the last step.
  public func fit(
    _ data: some BatchSource<Model.Scalar>,
    validation: (any BatchSource<Model.Scalar>)? = nil,
    test: (any BatchSource<Model.Scalar>)? = nil, epochs: Int,
    reporter: any TrainingReporter = SilentReporter()
  ) throws {
    require(data.count > 0, "training got no observations")
    require(epochs >= 0, "training got a number of epochs of \(epochs)")
    try accept(data, validation: validation?.count)
    try validation.map { try check($0, named: "validation", dimension: data.dimension) }
    try test.map { try check($0, named: "test", dimension: data.dimension) }
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

  /// Checks that the data can be those of the run's checkpoint, and stores their description.
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
    // Bounds on validation sets of different sizes cannot be compared.
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
      if !areGradientsChecked, let refusal = model.refusalOfGradients(at: x) { throw refusal }
      areGradientsChecked = true
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
      // A signal during the last step is handled after the end of the epoch.
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
    let statistics = RecordedStatistics()
    let objective = strategy.objective(
      of: x, under: model, mode: .training(recordingInto: statistics), time: time,
      using: &generator)
    let loss = Double(objective.loss.scalar)
    guard loss.isFinite else {
      if let bad = NonFiniteData(in: x, rows: rows) {
        throw TrainingError.dataNotFinite(
          bad, epoch: epochsDone + 1, step: position.stepsDone + 1,
          lastCheckpoint: lastCheckpoint?.path)
      }
      if case .outsideSupport(let row, let column, let value, let support)? =
        outsideSupport(x, rows: rows)
      {
        throw TrainingError.dataOutsideSupport(
          row: row, column: column, value: value, support: support, epoch: epochsDone + 1,
          step: position.stepsDone + 1, lastCheckpoint: lastCheckpoint?.path)
      }
      throw TrainingError.lossNotFinite(
        loss: loss, epoch: epochsDone + 1, step: position.stepsDone + 1,
        lastCheckpoint: lastCheckpoint?.path)
    }
    position.running.add(objective)
    optimizerState.minimize(objective.loss, rateFactor: settings.schedule.factor(at: time))
    statistics.moveRunningStatistics()
  }

  /// The gradient can overflow although the loss is finite. The resulting state must not replace
  /// the last good checkpoint.
  private func checkState() throws {
    guard
      optimizerState.isFinite, model.namedBuffers().allSatisfy({ $0.buffer.value.isFinite })
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
