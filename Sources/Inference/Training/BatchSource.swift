import Tensors

/// A set of observations from which training and evaluation take batches.
public protocol BatchSource<Scalar>: Sendable {
  /// The type of the elements.
  associatedtype Scalar: TensorScalar

  /// The number of observations.
  var count: Int { get }

  /// The number of elements of an observation.
  var dimension: Int { get }

  /// The observations with these indices, as rows `[indices.count, dimension]`.
  ///
  /// The generator is used for values that are sampled at each call, such as the bits of grey
  /// pixels.
  func batch(_ indices: [Int], using generator: inout Philox) -> Tensor<Scalar>

  /// A description, for a run's checkpoint, of how observations are computed from the stored data.
  /// A run is resumed only on data with an equal description. The default is empty.
  var recipe: String { get }
}

extension BatchSource {
  /// Empty.
  public var recipe: String { "" }
}

/// The rows of a tensor as observations.
public struct TensorRows<Scalar: TensorScalar>: BatchSource {
  /// The observations, `[count, dimension]`.
  public let rows: Tensor<Scalar>

  /// The rows of a tensor `[count, dimension]`.
  /// - Throws: `NonFiniteData` if an element is NaN or infinite.
  public init(_ rows: Tensor<Scalar>) throws {
    require(rows.rank == 2, "observations of shape \(rows.shape) are not rows")
    if let bad = NonFiniteData(in: rows, rows: nil) { throw bad }
    self.rows = rows.detached
  }

  /// The number of rows.
  public var count: Int { rows.shape[0] }

  /// The number of elements of a row.
  public var dimension: Int { rows.shape[1] }

  /// The rows with these indices.
  public func batch(_ indices: [Int], using generator: inout Philox) -> Tensor<Scalar> {
    rows.gatheringRows(indices)
  }
}

/// The error of data with an element that is NaN or infinite.
public struct NonFiniteData: DescribedError, Equatable {
  /// The index of the observation, from 0.
  public let row: Int
  /// The index of the element, from 0.
  public let column: Int
  /// The element.
  public let value: Double

  /// The first element of a batch that is not finite; `nil` if there is none. `rows` are the
  /// indices of the batch's rows in the data, by default their indices in the batch.
  init?<Scalar>(in x: Tensor<Scalar>, rows: [Int]?) {
    guard !x.isFinite, let place = x.withScalars({ $0.firstIndex { !$0.isFinite } }) else {
      return nil
    }
    let row = place / x.shape[1]
    self.row = rows?[row] ?? row
    column = place % x.shape[1]
    value = Double(x.scalars[place])
  }

  /// The place of the element, and how to correct the data.
  public var description: String {
    "the data have the element \(value) in row \(row), column \(column); "
      + "remove the row or replace the element"
  }
}

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
