import Tensors

/// The order of the observations in an epoch.
struct EpochOrder {
  private let order: [Int]
  private let starts: [Int]

  /// A random order of `count` observations in batches of `batchSize`.
  ///
  /// The last batch contains the remaining observations. A single remaining observation is added to
  /// the previous batch, because a batch norm cannot compute a variance from one observation.
  init(count: Int, batchSize: Int, using generator: inout Philox) {
    order = generator.permutation(count)
    starts = (0..<Self.batchCount(count: count, batchSize: batchSize)).map { $0 * batchSize }
  }

  /// The number of batches of `count` observations.
  static func batchCount(count: Int, batchSize: Int) -> Int {
    let (full, rest) = count.quotientAndRemainder(dividingBy: batchSize)
    return full + (rest > 1 || (rest == 1 && full == 0) ? 1 : 0)
  }

  /// The number of batches.
  var batchCount: Int { starts.count }

  /// The indices of a batch.
  subscript(batch: Int) -> [Int] {
    let end = batch + 1 < starts.count ? starts[batch + 1] : order.count
    return Array(order[starts[batch]..<end])
  }
}
