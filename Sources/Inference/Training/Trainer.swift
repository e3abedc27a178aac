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
  public private(set) var history: [EpochMetrics] = []
  /// The number of epochs that are done, those of a resumed run included.
  public private(set) var epochsDone = 0

  private let root: Philox
  /// The steps of the next epoch that are done.
  private var stepsDone = 0
  private var running = RunningMetrics()
  /// The number of observations that the epochs go through.
  private var observations = 0
  /// The checkpoint that was last read or written.
  private var lastCheckpoint: URL?
  /// The right to write to the folder: from resuming, or the start of training, to its end.
  private var folderLock: RunFolderLock?

  /// A trainer of a model whose parameters it takes over.
  public init(
    _ model: Model, strategy: Strategy, optimizer: any Optimizer = Adam(),
    settings: TrainingSettings = TrainingSettings()
  ) {
    self.model = model
    self.strategy = strategy
    self.settings = settings
    optimization = Optimization(
      of: model, by: optimizer, gradientNormLimit: settings.gradientNormLimit)
    root = Philox(seed: settings.seed)
  }

  /// Trains up to this many epochs in all, those of a resumed run included.
  ///
  /// - Parameters:
  ///   - data: what to train on.
  ///   - test: what to evaluate after each epoch, if anything.
  /// - Throws: `CheckpointError` where a run that was resumed within an epoch gets other data,
  ///   `TrainingError` where the loss, an observation or the state is no number, the user interrupts,
  ///   or another run writes to the folder,
  ///   `FileError` where a checkpoint cannot be written. The model is then as of the last step.
  public func fit(
    _ data: some BatchSource<Model.Scalar>, test: (any BatchSource<Model.Scalar>)? = nil,
    epochs: Int, reporter: any TrainingReporter = SilentReporter()
  ) throws {
    require(data.count > 0, "training on no observations")
    require(epochs >= 0, "training for \(epochs) epochs")
    if stepsDone > 0, data.count != observations, let checkpoint {
      throw CheckpointError(
        path: checkpoint.path,
        problem: .otherRun(
          setting: "observations", expected: "\(data.count)", found: "\(observations)"))
    }
    observations = data.count
    defer { folderLock = nil }
    if let folder = settings.folder {
      try createFolder(folder)
      if folderLock == nil { folderLock = try RunFolderLock(folder) }
      for file in [checkpoint, log?.url] { file.map(removeAbandonedPartials) }
    }
    let watch = settings.stopsOnInterrupt ? InterruptWatch() : nil
    let clock = RunClock(
      observationsLeft: (epochs - epochsDone) * data.count - running.observations)
    while epochsDone < epochs {
      try runEpoch(data, epochs: epochs, clock: clock, watch: watch, reporter: reporter)
      try endEpoch(test: test, clock: clock, epochs: epochs, reporter: reporter)
      if watch?.isInterrupted == true { throw interruption }
    }
  }

  private func runEpoch(
    _ data: some BatchSource<Model.Scalar>, epochs: Int, clock: RunClock, watch: InterruptWatch?,
    reporter: any TrainingReporter
  ) throws {
    let stream = root.split(epochsDone)
    var shuffle = stream.split(0)
    let order = EpochOrder(
      count: data.count, batchSize: settings.batchSize, using: &shuffle)
    clock.startEpoch(secondsBefore: running.seconds)
    while stepsDone < order.batchCount {
      var generator = stream.split(stepsDone + 1)
      let x = data.batch(order[stepsDone], using: &generator)
      try step(
        x, rows: order[stepsDone],
        time: Double(epochsDone) + Double(stepsDone) / Double(order.batchCount), &generator)
      stepsDone += 1
      running.seconds = clock.epochSeconds
      clock.advance(x.shape[0])
      reporter.stepEnded(
        TrainingProgress(
          epoch: epochsDone + 1, epochs: epochs, step: stepsDone, steps: order.batchCount,
          rate: clock.rate, secondsLeft: clock.secondsLeft, elbo: running.meanELBO))
      // A signal with the last step waits for the end of the epoch.
      if let watch, watch.isInterrupted, stepsDone < order.batchCount {
        try checkState()
        try save()
        throw interruption
      }
    }
  }

  private var interruption: TrainingError {
    .interrupted(epoch: epochsDone + 1, step: stepsDone, checkpoint: lastCheckpoint?.path)
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
          bad, epoch: epochsDone + 1, step: stepsDone + 1, lastCheckpoint: lastCheckpoint?.path)
      }
      throw TrainingError.lossNotFinite(
        loss: loss, epoch: epochsDone + 1, step: stepsDone + 1,
        lastCheckpoint: lastCheckpoint?.path)
    }
    running.add(objective)
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
    test: (any BatchSource<Model.Scalar>)?, clock: RunClock, epochs: Int,
    reporter: any TrainingReporter
  ) throws {
    try checkState()
    var metrics = EpochMetrics(
      epoch: epochsDone + 1, trainELBO: running.meanELBO, trainKL: running.meanKL,
      testELBO: nil, testKL: nil, seconds: clock.epochSeconds)
    if let test {
      var generator = root.split(Self.evaluationLabel)
      let result = evidenceLowerBound(
        of: test, under: model, divergence: strategy.divergence, using: &generator)
      metrics.testELBO = result.evidenceLowerBound
      metrics.testKL = result.klDivergence
      metrics.seconds = clock.epochSeconds
    }
    metrics.edgeProbabilities = model.edgeProbabilities
    history.append(metrics)
    epochsDone += 1
    stepsDone = 0
    running = RunningMetrics()
    try log?.write(history)
    try save()
    reporter.epochEnded(metrics, of: epochs, secondsLeft: clock.secondsLeft)
  }

  /// The stream of the evaluations: the same noise after each epoch, so that only the model differs.
  private static var evaluationLabel: UInt64 { .max }

  private var log: MetricsLog? {
    settings.folder.map { MetricsLog(url: $0.appendingPathComponent("metrics.jsonl")) }
  }
}

// MARK: - Checkpoints

extension Trainer {
  /// The run's checkpoint, in the folder of the settings.
  public var checkpoint: URL? {
    settings.folder?.appendingPathComponent("checkpoint.safetensors")
  }

  /// Writes the checkpoint of the run as it stands, where the settings name a folder.
  /// - Throws: `FileError`; the older checkpoint is then untouched.
  public func save() throws {
    guard let checkpoint, let folder = settings.folder else { return }
    try createFolder(folder)
    try Checkpoint.write(
      model, optimization: optimization,
      notes: [
        "format": "LatentGraphs training run 1", "epoch": "\(epochsDone)", "step": "\(stepsDone)",
        "seed": "\(settings.seed)", "generator": root.state.description,
        "batch_size": "\(settings.batchSize)", "observations": "\(observations)",
        "running": running.note,
      ], to: checkpoint)
    lastCheckpoint = checkpoint
  }

  /// Continues the run whose checkpoint lies in the folder of the settings; `false` where there is
  /// none.
  ///
  /// Lines of the metrics' file that cannot be read are left out of the history: standard error says
  /// how many, and the file as it was is kept beside it, as `metrics.jsonl.damaged`.
  /// The folder is this trainer's from here to the end of its training.
  /// - Throws: `SafetensorsError`, `FileError` or `CheckpointError`, or `TrainingError` where another
  ///   run writes to the folder; the model is then untouched.
  @discardableResult
  public func resume() throws -> Bool {
    guard let checkpoint, FileManager.default.fileExists(atPath: checkpoint.path) else {
      return false
    }
    let lock = try RunFolderLock(checkpoint.deletingLastPathComponent())
    let notes = try SafetensorsFile(contentsOf: checkpoint).metadata
    func error(_ problem: CheckpointError.Problem) -> CheckpointError {
      CheckpointError(path: checkpoint.path, problem: problem)
    }
    func check(_ name: String, _ expected: String) throws {
      let found = notes[name] ?? "none"
      if found != expected {
        throw error(.otherRun(setting: name, expected: expected, found: found))
      }
    }
    try check("seed", "\(settings.seed)")
    try check("generator", root.state.description)
    try check("batch_size", "\(settings.batchSize)")
    let place = try RunNotes(notes, batchSize: settings.batchSize, path: checkpoint.path)
    let history = try log?.resume(upTo: place.epoch) ?? []
    try Checkpoint.read(into: model, optimization: optimization, from: checkpoint)
    (self.history, observations) = (history, place.observations)
    (epochsDone, stepsDone, running) = (place.epoch, place.step, place.running)
    lastCheckpoint = checkpoint
    folderLock = lock
    return true
  }
}
