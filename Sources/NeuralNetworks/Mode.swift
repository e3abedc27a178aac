/// Whether a network is trained or evaluated.
///
/// The modes differ in batch norms alone, and in strategies whose loss in training is not the bound
/// that they report.
public struct Mode: Sendable, CustomStringConvertible {
  /// Whether the network is trained.
  public let isTraining: Bool
  /// The record of the statistics; `nil` if they change the running statistics at once.
  let statistics: RecordedStatistics?

  /// Batch norms use the running statistics.
  public static let evaluation = Mode(isTraining: false, statistics: nil)

  /// Batch norms use the statistics of the batch and, at once, move the running statistics toward
  /// them.
  public static let training = Mode(isTraining: true, statistics: nil)

  /// Batch norms use the statistics of the batch and record them. The running statistics change
  /// when the caller applies the record, once for all passes.
  public static func training(recordingInto statistics: RecordedStatistics) -> Mode {
    Mode(isTraining: true, statistics: statistics)
  }

  /// `training` or `evaluation`.
  public var description: String { isTraining ? "training" : "evaluation" }
}
