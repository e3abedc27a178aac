import Foundation
import NeuralNetworks

extension Trainer {
  /// The file of the run's checkpoint, in the folder of the settings.
  public var checkpoint: URL? {
    settings.folder?.appendingPathComponent("checkpoint.safetensors")
  }

  /// The file of the model of the best epoch, in the folder of the settings. It contains the
  /// parameters and statistics that were evaluated, that is, those of the moving average if there
  /// is one. It exists after the first epoch that was evaluated on a validation set.
  public var bestCheckpoint: URL? {
    settings.folder?.appendingPathComponent("best.safetensors")
  }

  /// Writes a checkpoint of the current state of the run, if the settings have a folder.
  /// - Throws: `FileError`, or `TrainingError` if the folder belongs to another run; the previous
  ///   checkpoint is then unchanged.
  public func save() throws {
    guard let checkpoint, let folder = settings.folder else { return }
    try createFolder(folder)
    // Outside of training, the folder is locked only while the checkpoint is written.
    let lock = try folderLock ?? RunFolderLock(folder)
    defer { withExtendedLifetime(lock) {} }
    try refuseOtherRun()
    try Checkpoint.write(
      model, optimizerState: optimizerState,
      notes: position.notes.merging(recipe + [("format", Self.format)]) { $1 }, to: checkpoint)
    lastCheckpoint = checkpoint
  }

  /// Resumes the run whose checkpoint is in the folder of the settings; returns `false` if there is
  /// no checkpoint.
  ///
  /// Lines of the metrics file that cannot be read are missing in the history. Their number is
  /// reported on standard error, and a copy of the original file is kept beside it as
  /// `metrics.jsonl.damaged`, or `metrics.jsonl.damaged-2` and so on if this name is used. The
  /// folder is locked until the end of training.
  /// - Throws: `SafetensorsError`, `FileError` or `CheckpointError`, or `TrainingError` if another
  ///   run writes to the folder. The model is then unchanged.
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
      // Checkpoints of older versions do not contain all of these notes.
      guard let found = notes[name], found != expected else { continue }
      throw CheckpointError(
        path: checkpoint.path,
        problem: .otherRun(setting: name, expected: expected, found: found))
    }
    let position = try TrainingPosition(
      notes: notes, batchSize: settings.batchSize, path: checkpoint.path)
    let history = try log?.resume(upTo: position.epochsDone) ?? []
    try Checkpoint.read(into: model, optimizerState: optimizerState, from: checkpoint)
    (self.history, self.position) = (history, position)
    lastCheckpoint = checkpoint
    folderLock = lock
    return true
  }

  /// Refuses to replace the checkpoint of a run that this trainer has neither started nor resumed.
  func refuseOtherRun() throws {
    guard lastCheckpoint == nil, let checkpoint,
      FileManager.default.fileExists(atPath: checkpoint.path)
    else { return }
    throw TrainingError.folderOccupied(checkpoint.path)
  }

  private static var format: String { "LatentGraphs training run 1" }

  /// The settings that a run does not change; those of its checkpoint must be equal.
  private var recipe: [(String, String)] {
    [
      ("seed", "\(settings.seed)"), ("generator", root.state.description),
      ("batch_size", "\(settings.batchSize)"), ("strategy", strategy.recipe),
      ("optimizer", optimizerState.optimizer.recipe), ("schedule", settings.schedule.recipe),
      ("gradient_norm_limit", settings.gradientNormLimit.recipe),
      ("average_decay", settings.averageDecay.recipe),
    ]
  }
}
