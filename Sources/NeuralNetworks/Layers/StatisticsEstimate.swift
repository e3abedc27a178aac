import Tensors

/// The number of batches that each buffer has seen since an estimate began.
final class StatisticsEstimate: Sendable {
  @TaskLocal private static var current: StatisticsEstimate?
  private let batches = Lock<[ObjectIdentifier: Int]>([:])

  /// The weight of the current batch that makes a buffer the mean over its batches so far; `nil`
  /// if no estimate is in progress.
  static func rate<Scalar>(of buffer: Buffer<Scalar>) -> Double? {
    current.map { 1 / Double($0.next(ObjectIdentifier(buffer))) }
  }

  private func next(_ buffer: ObjectIdentifier) -> Int {
    batches.withLock { batches in
      batches[buffer, default: 0] += 1
      return batches[buffer]!
    }
  }

  static func make<Result>(_ body: () throws -> Result) rethrows -> Result {
    try $current.withValue(StatisticsEstimate(), operation: body)
  }
}

/// Runs `body` and re-estimates the statistics of batch norms in it: each becomes the mean over the
/// batches that pass through it in training mode, with equal weights. (Elsewhere a batch moves a
/// buffer by the layer's momentum.)
///
/// Use it for parameters that were not trained themselves, such as a moving average:
/// ```swift
/// averagingStatistics {
///   for x in batches { _ = network(x, mode: .training) }
/// }
/// ```
/// A buffer that sees no batch keeps its value. The mean of the batches' unbiased variances is
/// an unbiased estimate of the variance within a batch, if all batches have the same size.
public func averagingStatistics<Result>(_ body: () throws -> Result) rethrows -> Result {
  try StatisticsEstimate.make(body)
}
