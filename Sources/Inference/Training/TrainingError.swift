import Tensors

/// What ends a training run before its time. Nothing is lost: the checkpoint that is named holds the
/// run as it was, and continues it.
public enum TrainingError: DescribedError, Equatable {
  /// The loss of a step was infinite or NaN. The step was not taken.
  case lossNotFinite(loss: Double, epoch: Int, step: Int, lastCheckpoint: String?)
  /// The same, where an observation of the step's batch was not finite itself.
  case dataNotFinite(NonFiniteData, epoch: Int, step: Int, lastCheckpoint: String?)
  /// The same, where an observation of the step's batch lies outside of what the model gives a
  /// density.
  case dataOutsideSupport(
    row: Int, column: Int, value: Double, support: String, epoch: Int, step: Int,
    lastCheckpoint: String?)
  /// A step of this epoch left a parameter, a statistic or the optimizer's memory infinite or no
  /// number, though its loss was finite; found before the checkpoint was written.
  case stateNotFinite(epoch: Int, lastCheckpoint: String?)
  /// The user asked for the end (SIGINT or SIGTERM); the step was finished and the run saved. Step 0
  /// is the end of the epoch before, be it the last one: what was to follow the training shall not
  /// begin.
  case interrupted(signal: Int32, epoch: Int, step: Int, checkpoint: String?)
  /// The folder has the checkpoint of another run, which this one has not resumed.
  case folderOccupied(String)
  /// Another training run is writing to this folder.
  case folderInUse(String)
  /// The best epoch was asked for, and none of those so far was evaluated on a validation set, or none
  /// was kept in a folder.
  case noBestEpoch(epochsDone: Int)

  /// What happened where, and what to do.
  public var description: String {
    switch self {
    case .lossNotFinite(let loss, let epoch, let step, let checkpoint):
      return Self.divergence(
        "the loss is \(loss) in epoch \(epoch), step \(step)", lastCheckpoint: checkpoint)
    case .dataNotFinite(let data, let epoch, let step, let checkpoint):
      let rest =
        checkpoint.map { "the last good checkpoint is \($0)" } ?? "no checkpoint was written"
      return "\(data); it was met in epoch \(epoch), step \(step), and \(rest)"
    case .dataOutsideSupport(
      let row, let column, let value, let support, let epoch, let step, let checkpoint):
      let rest =
        checkpoint.map { "the last good checkpoint is \($0)" } ?? "no checkpoint was written"
      return "the observation in row \(row) has the value \(value) in column \(column), and the "
        + "model takes values \(support) (scale or binarize the data, or take another observation "
        + "model); it was met in epoch \(epoch), step \(step), and \(rest)"
    case .stateNotFinite(let epoch, let checkpoint):
      return Self.divergence(
        "a step of epoch \(epoch) left parameters, statistics or the optimizer's memory infinite "
          + "or NaN", lastCheckpoint: checkpoint)
    case .interrupted(_, let epoch, let step, let checkpoint):
      let place =
        step == 0
        ? "interrupted after epoch \(epoch - 1)"
        : "interrupted in epoch \(epoch) after step \(step)"
      guard let checkpoint else { return "\(place); no checkpoint was asked for" }
      return "\(place), saved as \(checkpoint); resume by the same command with --resume"
    case .folderOccupied(let checkpoint):
      return "\(checkpoint): is the checkpoint of an earlier run; resume it, or name another folder"
    case .folderInUse(let folder):
      return "another run is writing to \(folder); wait for its end, or name another folder"
    case .noBestEpoch(let epochs):
      return "there is no best epoch among the \(epochs) that are done; train at least one with a "
        + "validation set, and with a folder in the settings"
    }
  }

  private static func divergence(_ place: String, lastCheckpoint: String?) -> String {
    let advice = "lower the learning rate, or limit the gradient's norm"
    guard let lastCheckpoint else { return "\(place); no checkpoint was written (\(advice))" }
    return "\(place); the last good checkpoint is \(lastCheckpoint) "
      + "(\(advice), and resume from it)"
  }
}

extension TrainingError: Interruption {
  /// The signal that ended the run, where one did.
  package var signal: Int32? {
    if case .interrupted(let signal, _, _, _) = self { signal } else { nil }
  }
}
