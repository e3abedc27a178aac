import Tensors

/// The statistics of the batches that passed through batch norms in training mode, and have not yet
/// changed the running statistics of these layers.
///
/// A training step that evaluates a network several times, or whose batch is divided among several
/// passes, changes the running statistics once:
/// ```swift
/// let statistics = RecordedStatistics()
/// for x in parts { total += loss(network(x, mode: .training(recordingInto: statistics))) }
/// statistics.moveRunningStatistics()
/// ```
public final class RecordedStatistics: Sendable {
  /// The sums over the batches that passed through a layer.
  private struct Record {
    var batches = 1
    /// The sums of the means and of the unbiased variances, `features` each.
    var mean, variance: [Double]
    let momentum: Double
    /// Moves the running statistics toward these values by a rate.
    let move: @Sendable (_ mean: [Double], _ variance: [Double], _ rate: Double) -> Void
  }

  /// The records by layer. The layers are independent of each other, so that their order has no
  /// effect.
  private let records = Lock<[ObjectIdentifier: Record]>([:])

  /// No statistics.
  public init() {}

  /// Records the mean and the unbiased variance of a batch for the layer whose running statistics
  /// are `buffers`.
  func add<Scalar>(
    mean: UnsafeBufferPointer<Scalar>, variance: UnsafeBufferPointer<Scalar>,
    for buffers: (mean: Buffer<Scalar>, variance: Buffer<Scalar>), momentum: Double
  ) {
    // The buffers are not shared between tasks while a network is trained.
    nonisolated(unsafe) let buffers = buffers
    records.withLock { records in
      let key = ObjectIdentifier(buffers.mean)
      guard records[key] != nil else {
        records[key] = Record(
          mean: mean.map { Double($0) }, variance: variance.map { Double($0) }, momentum: momentum
        ) { mean, variance, rate in
          buffers.mean.move(towards: mean.map { Scalar($0) }, by: rate)
          buffers.variance.move(towards: variance.map { Scalar($0) }, by: rate)
        }
        return
      }
      records[key]!.batches += 1
      for i in mean.indices {
        records[key]!.mean[i] += Double(mean[i])
        records[key]!.variance[i] += Double(variance[i])
      }
    }
  }

  /// Moves the running statistics of each layer toward the mean of its recorded batches, by the
  /// layer's momentum, and removes the records.
  public func moveRunningStatistics() { apply { $0.momentum } }

  /// Replaces the running statistics of each layer by the mean of its recorded batches, with equal
  /// weights, and removes the records. A layer without a record keeps its statistics.
  public func replaceRunningStatistics() { apply { _ in 1 } }

  private func apply(_ rate: (Record) -> Double) {
    let records = records.withLock { records in
      defer { records = [:] }
      return records
    }
    for record in records.values {
      let count = Double(record.batches)
      record.move(record.mean.map { $0 / count }, record.variance.map { $0 / count }, rate(record))
    }
  }
}

/// Runs `body` with a training mode and re-estimates the statistics of batch norms: each becomes the
/// mean over the batches that passed through the layer in this mode, with equal weights.
///
/// Use it for parameters that were not trained themselves, such as a moving average:
/// ```swift
/// averagingStatistics { mode in
///   for x in batches { _ = network(x, mode: mode) }
/// }
/// ```
/// A layer that sees no batch keeps its statistics, and so do all layers if `body` throws. The mean
/// of the batches' unbiased variances is an unbiased estimate of the variance within a batch, if all
/// batches have the same size.
public func averagingStatistics<Result>(_ body: (Mode) throws -> Result) rethrows -> Result {
  let statistics = RecordedStatistics()
  let result = try body(.training(recordingInto: statistics))
  statistics.replaceRunningStatistics()
  return result
}
