import Tensors

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
    rows.gatheredRows(at: indices)
  }
}
