import Tensors

/// Observations that training and evaluation take in batches.
public protocol BatchSource<Scalar>: Sendable {
  /// The type of their numbers.
  associatedtype Scalar: TensorScalar

  /// The number of observations.
  var count: Int { get }

  /// The length of an observation.
  var dimension: Int { get }

  /// The observations with these indices, as rows `[indices.count, dimension]`.
  ///
  /// The generator is for what is drawn anew each time, such as the bits of grey pixels.
  func batch(_ indices: [Int], using generator: inout Philox) -> Tensor<Scalar>

  /// How observations are made of what is stored, as text for a run's checkpoint: a run is continued
  /// on data of an equal text only. Empty by default.
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
  /// - Throws: `NonFiniteData`, where an element is infinite or NaN.
  public init(_ rows: Tensor<Scalar>) throws {
    require(rows.rank == 2, "observations of shape \(rows.shape) are not rows")
    if let bad = NonFiniteData(in: rows, rows: nil) { throw bad }
    self.rows = rows.detached
  }

  /// The number of rows.
  public var count: Int { rows.shape[0] }

  /// The length of a row.
  public var dimension: Int { rows.shape[1] }

  /// The rows with these indices.
  public func batch(_ indices: [Int], using generator: inout Philox) -> Tensor<Scalar> {
    rows.gatheringRows(indices)
  }
}

/// Data with an element that is infinite or NaN.
public struct NonFiniteData: DescribedError, Equatable {
  /// The observation's index from 0.
  public let row: Int
  /// The element's index from 0.
  public let column: Int
  /// The element.
  public let value: Double

  /// The first bad element of a batch, whose rows have these indices in the data, or their own; `nil`
  /// where all are finite.
  init?<Scalar>(in x: Tensor<Scalar>, rows: [Int]?) {
    guard !x.isFinite, let place = x.withScalars({ $0.firstIndex { !$0.isFinite } }) else {
      return nil
    }
    let row = place / x.shape[1]
    self.row = rows?[row] ?? row
    column = place % x.shape[1]
    value = Double(x.scalars[place])
  }

  /// Where the element stands, and what to do.
  public var description: String {
    "the data have the element \(value) in row \(row), column \(column); "
      + "leave the row out or fill the element in"
  }
}

/// The order in which an epoch takes its observations.
struct EpochOrder {
  private let order: [Int]
  private let starts: [Int]

  /// A random order of `count` observations in batches of `batchSize`.
  ///
  /// The last batch has what is left. One single observation that is left joins the batch before
  /// it, since a batch norm finds no variance in one.
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
