import Tensors

/// The loops of a structure whose factor `L` consists of a few bands, each for a range of rows or
/// columns. `FactorOperations` adds gradients, checks of shapes and threads.
///
/// A band is a tensor of some elements of `L`, `[batch…, …]`; for example, of the elements
/// `(i + 1, i)`. Vectors are rows, `[rows, k]`. A parameter row is the index of a matrix of the batch.
/// Row `i` belongs to the parameter row `i % parameterCount`, since the axes of the draws precede
/// those of the batch.
///
/// The kernels are called on several threads at once, for separate ranges. They must write all
/// elements of their results in these ranges and no others. The pointers are valid during the call.
public protocol FactorKernels<Scalar>: Sendable {
  /// The type of the elements.
  associatedtype Scalar: TensorScalar

  /// `y = Lᵀ x` for some rows.
  func whiten(_ vectors: FactorVectors<Scalar>)

  /// `y = L⁻ᵀ x` for some rows.
  func unwhiten(_ vectors: FactorVectors<Scalar>)

  /// `y = L x` for some rows.
  func multiply(_ vectors: FactorVectors<Scalar>)

  /// `y = L⁻¹ x` for some rows.
  func solve(_ vectors: FactorVectors<Scalar>)

  /// `Gᵢⱼ = ±Σ aᵢ bⱼ` on the elements `(i, j)` of the bands in some columns `j` of `L`.
  func outerProducts(_ products: FactorProducts<Scalar>)
}

/// Kernels that also compute both adjoints of `u = L⁻ᵀ ε` in one pass over the vectors. This is
/// faster than `solve` and `outerProducts`, which are used otherwise, for a batch of many matrices.
public protocol FusedFactorKernels<Scalar>: FactorKernels {
  /// `w = L⁻¹ ū` and `Gᵢⱼ = −Σ uᵢ wⱼ`.
  func unwhitenAdjoint(_ adjoint: UnwhitenAdjoint<Scalar>)
}

/// Some rows of vectors `x`, to which a kernel applies a factor, and the memory of the results `y`.
public struct FactorVectors<Scalar: TensorScalar> {
  /// The rows to compute.
  public let rows: Range<Int>
  /// The number of matrices of the batch.
  public let parameterCount: Int
  /// The number of variables, `k`.
  public let dimension: Int
  /// The number of elements of each band of one matrix.
  public let bandCounts: [Int]
  /// The bands of all matrices, `[parameterCount, bandCounts[i]]` each.
  public let bands: [UnsafePointer<Scalar>]
  /// All vectors, `[rows, k]`.
  public let x: UnsafePointer<Scalar>
  /// All results, `[rows, k]`.
  public let y: UnsafeMutablePointer<Scalar>

  /// The elements of a band of the matrix that belongs to a row.
  public func band(_ index: Int, row: Int) -> UnsafePointer<Scalar> {
    bands[index] + row % parameterCount * bandCounts[index]
  }

  /// The vector of a row, of `k` elements.
  public func x(row: Int) -> UnsafePointer<Scalar> { x + row * dimension }

  /// The result of a row, of `k` elements.
  public func y(row: Int) -> UnsafeMutablePointer<Scalar> { y + row * dimension }
}

/// Outer products `±Σ a bᵀ` on the elements of the bands. The sum for a parameter row is over all
/// rows that belong to it: `stride(from: parameterRow, to: rowCount, by: parameterCount)`.
public struct FactorProducts<Scalar: TensorScalar> {
  /// The parameter rows to compute.
  public let parameterRows: Range<Int>
  /// The columns of `L` whose elements are computed.
  public let columns: Range<Int>
  /// The number of matrices of the batch.
  public let parameterCount: Int
  /// The number of rows of the vectors.
  public let rowCount: Int
  /// The number of variables, `k`.
  public let dimension: Int
  /// The number of elements of each band of one matrix.
  public let bandCounts: [Int]
  /// The left vectors, `[rowCount, k]`.
  public let a: UnsafePointer<Scalar>
  /// The right vectors, `[rowCount, k]`.
  public let b: UnsafePointer<Scalar>
  /// Whether the sums are negated.
  public let isNegated: Bool
  /// The memory of the results, in the shape of the bands.
  public let results: [UnsafeMutablePointer<Scalar>]

  /// The left vector of a row, of `k` elements.
  public func a(row: Int) -> UnsafePointer<Scalar> { a + row * dimension }

  /// The right vector of a row, of `k` elements.
  public func b(row: Int) -> UnsafePointer<Scalar> { b + row * dimension }

  /// The result for a band of one matrix.
  public func result(_ index: Int, parameterRow: Int) -> UnsafeMutablePointer<Scalar> {
    results[index] + parameterRow * bandCounts[index]
  }
}

/// The adjoint of `u = L⁻ᵀ ε` for some parameter rows and all vectors that belong to them.
public struct UnwhitenAdjoint<Scalar: TensorScalar> {
  /// The parameter rows to compute.
  public let parameterRows: Range<Int>
  /// The number of matrices of the batch.
  public let parameterCount: Int
  /// The number of rows of the vectors.
  public let rowCount: Int
  /// The number of variables, `k`.
  public let dimension: Int
  /// The number of elements of each band of one matrix.
  public let bandCounts: [Int]
  /// The bands of all matrices, `[parameterCount, bandCounts[i]]` each.
  public let bands: [UnsafePointer<Scalar>]
  /// The gradient `ū` in the result, `[rowCount, k]`.
  public let upstream: UnsafePointer<Scalar>
  /// The result `u`, `[rowCount, k]`.
  public let value: UnsafePointer<Scalar>
  /// The memory of `w = L⁻¹ ū`, the gradient in `ε`: `[rowCount, k]`.
  public let noiseGradient: UnsafeMutablePointer<Scalar>
  /// The memory of `−Σ uᵢ wⱼ`, in the shape of the bands.
  public let results: [UnsafeMutablePointer<Scalar>]
}
