import Tensors

/// The memory layout of a factor, its panels, and the algorithms on this layout. A method also
/// knows the places in the panels of the elements of symmetric matrices on a graph, that is, of the
/// `k` diagonal elements and the `E` elements on the edges.
///
/// The matrices of a batch are stored consecutively. Vectors and elements are in the order of the
/// variables.
protocol FactorMethod: Sendable {
  /// The number of elements of the panels of one factor.
  var panelCount: Int { get }
  /// The places of the diagonal of `L` in the panels, in elimination order.
  var diagonalPlaces: [Int] { get }
  /// The number of parts whose panels are stored consecutively: supernodes or variables.
  var partCount: Int { get }
  /// The number of scratch elements for `apply` and `outer`.
  var scratchCount: Int { get }

  /// Copies symmetric matrices on the graph to panels.
  func scatter<Scalar: TensorScalar>(
    matrices: Int, diagonal: Input<Scalar>, off: Input<Scalar>, panels: Output<Scalar>)

  /// Copies symmetric matrices from panels to their elements on the graph.
  func gather<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, diagonal: Output<Scalar>, off: Output<Scalar>)

  /// Computes the panels of `L`. If a pivot is not positive and finite, the first such variable of
  /// the first such matrix is returned, and the value of the pivot is stored in its place.
  ///
  /// If `continuesPastBadPivots` is true, bad pivots are not reported, and the factorization continues with NaN and
  /// infinity.
  func factor<Scalar: TensorScalar>(
    matrices: Int, diagonal: Input<Scalar>, off: Input<Scalar>, continuesPastBadPivots: Bool,
    panels: Output<Scalar>
  ) -> (pivot: Int, matrix: Int)?

  /// The gradients in the elements of matrices, given those in the panels of their factors.
  func factorAdjoint<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, gradient: Input<Scalar>, diagonal: Output<Scalar>,
    off: Output<Scalar>)

  /// `Σ = P⁻¹` on the pattern of the factor, in panels, and on the graph.
  func covariance<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, covariance: Output<Scalar>, diagonal: Output<Scalar>,
    off: Output<Scalar>)

  /// The gradients in the panels of factors, given those in the elements of `Σ` on the graph.
  func covarianceAdjoint<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, covariance: Input<Scalar>, diagonal: Input<Scalar>,
    off: Input<Scalar>, gradient: Output<Scalar>)

  /// Applies an operation of one factor to `count` vectors, which are `step` elements apart.
  func apply<Scalar: TensorScalar>(
    _ operation: FactorOperation, panels: Input<Scalar>, count: Int, step: Int, x: Input<Scalar>,
    y: Output<Scalar>, workspace: Output<Scalar>, scratch: Output<Scalar>)

  /// `±Σ a bᵀ` over `count` vectors, which are `step` elements apart, in the panels of some of the
  /// parts.
  func outer<Scalar: TensorScalar>(
    parts: Range<Int>, count: Int, step: Int, a: Input<Scalar>, b: Input<Scalar>, negate: Bool,
    panels: Output<Scalar>, scratch: Output<Scalar>)

  /// The same method for matrices on another graph; `nil` if the pattern of the factor lacks one of
  /// its edges.
  func on(_ graph: UndirectedGraph, _ supernodes: Supernodes) -> (any FactorMethod)?
}

/// The first bad pivot of each matrix. Parts of a matrix may be computed in any order.
final class FirstFailures: Sendable {
  private let found = Lock<[Int: (place: Int, pivot: Int)]>([:])

  func note(_ pivot: Int, of matrix: Int, at place: Int) {
    found.withLock { found in
      if let known = found[matrix], known.place < place { return }
      found[matrix] = (place, pivot)
    }
  }

  /// Whether a failure was noted for a matrix.
  func contains(_ matrix: Int) -> Bool { found.withLock { $0[matrix] != nil } }

  var first: (pivot: Int, matrix: Int)? {
    found.withLock { found in
      found.min { $0.key < $1.key }.map { ($0.value.pivot, $0.key) }
    }
  }
}
