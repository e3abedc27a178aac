import Tensors

/// How often each statistic has met a batch since an estimate began.
final class StatisticsEstimate: Sendable {
  @TaskLocal private static var current: StatisticsEstimate?
  private let batches = Lock<[ObjectIdentifier: Int]>([:])

  /// How far the batch at hand moves a statistic, so that it becomes the mean over its batches;
  /// `nil` where no estimate is being made.
  static func rate<Scalar>(of statistic: Statistic<Scalar>) -> Double? {
    current.map { 1 / Double($0.next(ObjectIdentifier(statistic))) }
  }

  private func next(_ statistic: ObjectIdentifier) -> Int {
    batches.withLock { batches in
      batches[statistic, default: 0] += 1
      return batches[statistic]!
    }
  }

  static func make<Result>(_ body: () throws -> Result) rethrows -> Result {
    try $current.withValue(StatisticsEstimate(), operation: body)
  }
}

/// The result of `body`, in which the statistics of batch norms are estimated anew: each becomes the
/// mean over the batches that pass through it in training mode, with equal weights, where otherwise a
/// batch moves it by the layer's momentum.
///
/// For parameters that were not trained themselves, such as a moving average of them:
/// ```swift
/// averagingStatistics {
///   for x in batches { _ = network(x, mode: .training) }
/// }
/// ```
/// A statistic that meets no batch keeps its value. The mean of the batches' unbiased variances
/// estimates the variance within a batch, without a bias for batches of any one size.
public func averagingStatistics<Result>(_ body: () throws -> Result) rethrows -> Result {
  try StatisticsEstimate.make(body)
}
