import Foundation
import NeuralNetworks

extension Trainer {
  /// The run's checkpoint, in the folder of the settings.
  public var checkpoint: URL? {
    settings.folder?.appendingPathComponent("checkpoint.safetensors")
  }

  /// The model of the best epoch, in the folder of the settings: parameters and statistics as they
  /// were evaluated, of the moving average where one is kept. It is there after an epoch that was
  /// evaluated on a validation set.
  public var bestCheckpoint: URL? {
    settings.folder?.appendingPathComponent("best.safetensors")
  }

  /// Writes the checkpoint of the run as it stands, where the settings name a folder.
  /// - Throws: `FileError`, or `TrainingError` where the folder is another run's; the older checkpoint
  ///   is then untouched.
  public func save() throws {
    guard let checkpoint, let folder = settings.folder else { return }
    try createFolder(folder)
    // Outside of training the folder is locked for the time of the writing alone.
    let lock = try folderLock ?? RunFolderLock(folder)
    defer { withExtendedLifetime(lock) {} }
    try refuseOtherRun()
    try Checkpoint.write(
      model, optimization: optimization,
      notes: position.notes.merging(recipe + [("format", Self.format)]) { $1 }, to: checkpoint)
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
    let lock = try folderLock ?? RunFolderLock(checkpoint.deletingLastPathComponent())
    let notes = try SafetensorsFile(contentsOf: checkpoint).metadata
    guard notes["format"] == Self.format else {
      throw CheckpointError(
        path: checkpoint.path,
        problem: .unreadable(note: "format", value: notes["format"] ?? ""))
    }
    for (name, expected) in recipe {
      // Checkpoints of older versions lack some of the notes.
      guard let found = notes[name], found != expected else { continue }
      throw CheckpointError(
        path: checkpoint.path,
        problem: .otherRun(setting: name, expected: expected, found: found))
    }
    let position = try TrainingPosition(
      notes: notes, batchSize: settings.batchSize, path: checkpoint.path)
    let history = try log?.resume(upTo: position.epochsDone) ?? []
    try Checkpoint.read(into: model, optimization: optimization, from: checkpoint)
    (self.history, self.position) = (history, position)
    lastCheckpoint = checkpoint
    folderLock = lock
    return true
  }

  /// Refuses to replace the checkpoint of a run that this one has neither begun nor resumed.
  func refuseOtherRun() throws {
    guard lastCheckpoint == nil, let checkpoint,
      FileManager.default.fileExists(atPath: checkpoint.path)
    else { return }
    throw TrainingError.folderOccupied(checkpoint.path)
  }

  private static var format: String { "LatentGraphs training run 1" }

  /// What a run keeps from its start to its end; its checkpoint must agree with it.
  private var recipe: [(String, String)] {
    [
      ("seed", "\(settings.seed)"), ("generator", root.state.description),
      ("batch_size", "\(settings.batchSize)"), ("strategy", strategy.recipe),
      ("optimizer", optimization.optimizer.recipe), ("schedule", settings.schedule.recipe),
      ("gradient_norm_limit", settings.gradientNormLimit.recipe),
      ("average_decay", settings.averageDecay.recipe),
    ]
  }
}
