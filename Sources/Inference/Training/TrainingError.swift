import Tensors

/// The reasons why a training run ends early. The checkpoint that is named contains the run, which
/// can be resumed from it.
public enum TrainingError: DescribedError, Equatable {
  /// The loss of a step was NaN or infinite. The step was not taken.
  case lossNotFinite(loss: Double, epoch: Int, step: Int, lastCheckpoint: String?)
  /// The loss was NaN or infinite, and an observation of the batch was not finite.
  case dataNotFinite(NonFiniteData, epoch: Int, step: Int, lastCheckpoint: String?)
  /// The loss was NaN or infinite, and an observation of the batch was outside the support of the
  /// model.
  case dataOutsideSupport(
    row: Int, column: Int, value: Double, support: String, epoch: Int, step: Int,
    lastCheckpoint: String?)
  /// A validation or test set cannot be evaluated. This is checked before training starts.
  case heldOutData(set: String, HeldOutDataProblem)
  /// A step of this epoch made a parameter, a buffer or the state of the optimizer NaN or
  /// infinite, although its loss was finite. This was detected before a checkpoint was written.
  case stateNotFinite(epoch: Int, lastCheckpoint: String?)
  /// The user interrupted the run (SIGINT or SIGTERM). The step was completed and the run was
  /// saved. Step 0 is the end of the previous epoch, possibly the last one of the run: the error
  /// also prevents the program from starting what follows the training.
  case interrupted(signal: Int32, epoch: Int, step: Int, checkpoint: String?)
  /// The folder contains the checkpoint of another run, which this trainer has not resumed.
  case folderOccupied(String)
  /// Another training run is writing to this folder.
  case folderInUse(String)
  /// The best epoch was requested, but no epoch was evaluated on a validation set, or none was
  /// stored in a folder.
  case noBestEpoch(epochsDone: Int)

  /// A description of the error, where it occurred and what to do.
  public var description: String {
    switch self {
    case .lossNotFinite(let loss, let epoch, let step, let checkpoint):
      return Self.divergence(
        "the loss is \(loss) in epoch \(epoch), step \(step)", lastCheckpoint: checkpoint)
    case .dataNotFinite(let data, let epoch, let step, let checkpoint):
      let rest =
        checkpoint.map { "the last good checkpoint is \($0)" } ?? "no checkpoint was written"
      return "\(data); it occurred in epoch \(epoch), step \(step), and \(rest)"
    case .dataOutsideSupport(
      let row, let column, let value, let support, let epoch, let step, let checkpoint):
      let rest =
        checkpoint.map { "the last good checkpoint is \($0)" } ?? "no checkpoint was written"
      let problem = HeldOutDataProblem.outsideSupport(
        row: row, column: column, value: value, support: support)
      return "\(problem); it occurred in epoch \(epoch), step \(step), and \(rest)"
    case .heldOutData(let set, let problem): return "the \(set) set: \(problem)"
    case .stateNotFinite(let epoch, let checkpoint):
      return Self.divergence(
        "a step of epoch \(epoch) made parameters, statistics or the optimizer's state infinite "
          + "or NaN", lastCheckpoint: checkpoint)
    case .interrupted(_, let epoch, let step, let checkpoint):
      let place =
        step == 0
        ? "interrupted after epoch \(epoch - 1)"
        : "interrupted in epoch \(epoch) after step \(step)"
      guard let checkpoint else { return "\(place); no checkpoint was requested" }
      return "\(place), saved as \(checkpoint); resume with the same command and --resume"
    case .folderOccupied(let checkpoint):
      return "\(checkpoint) is the checkpoint of an earlier run; resume it, or use another folder"
    case .folderInUse(let folder):
      return "another run is writing to \(folder); wait for its end, or use another folder"
    case .noBestEpoch(let epochs):
      return "there is no best epoch among the \(epochs) completed ones; train at least one with a "
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
  /// The signal that ended the run, if any.
  package var signal: Int32? {
    if case .interrupted(let signal, _, _, _) = self { signal } else { nil }
  }
}

/// The reason why a validation or test set cannot be evaluated.
public enum HeldOutDataProblem: DescribedError, Equatable {
  /// There are no observations.
  case empty
  /// The observations have another number of elements than those of the training set.
  case otherDimension(Int, expected: Int)
  /// An element is NaN or infinite.
  case notFinite(NonFiniteData)
  /// An element is outside the support of the model.
  case outsideSupport(row: Int, column: Int, value: Double, support: String)

  /// A description of the problem, where it is and what to do.
  public var description: String {
    switch self {
    case .empty: "there are no observations; leave the set out"
    case .otherDimension(let found, let expected):
      "an observation has \(found) elements, but one of the training set has \(expected)"
    case .notFinite(let data): "\(data)"
    case .outsideSupport(let row, let column, let value, let support):
      "the observation in row \(row) has the value \(value) in column \(column), but the "
        + "model takes values \(support) (scale or binarize the data, or use another observation "
        + "model)"
    }
  }
}
