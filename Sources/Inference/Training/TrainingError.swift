import Foundation

/// What ends a training run before its time. Nothing is lost: the checkpoint that is named holds the
/// run as it was, and continues it.
public enum TrainingError: Error, Equatable, CustomStringConvertible, LocalizedError {
  /// The loss of a step was infinite or no number. The step was not taken.
  case lossNotFinite(loss: Double, epoch: Int, step: Int, lastCheckpoint: String?)
  /// The user asked for the end (SIGINT); the step was finished and the run saved.
  case interrupted(epoch: Int, step: Int, checkpoint: String?)

  /// What happened where, and what to do.
  public var description: String {
    switch self {
    case .lossNotFinite(let loss, let epoch, let step, let checkpoint):
      let place = "the loss is \(loss) in epoch \(epoch), step \(step)"
      let advice = "lower the learning rate, or limit the gradient's norm"
      guard let checkpoint else { return "\(place); no checkpoint was asked for (\(advice))" }
      return "\(place); the last good checkpoint is \(checkpoint) (\(advice), and resume from it)"
    case .interrupted(let epoch, let step, let checkpoint):
      let place = "interrupted in epoch \(epoch) after step \(step)"
      guard let checkpoint else { return "\(place); no checkpoint was asked for" }
      return "\(place), saved as \(checkpoint); resume by the same command with --resume"
    }
  }

  /// The description.
  public var errorDescription: String? { description }
}
