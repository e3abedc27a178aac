import Tensors

/// How a factor lies in memory, its panels, and what is computed with it there; and where the
/// elements of symmetric matrices on one graph, a diagonal of `k` and `E` elements on the edges, have
/// their places in the panels.
///
/// Matrices are one after another. Vectors and elements are in the order of the variables.
protocol FactorMethod: Sendable {
  /// The numbers that the panels of one factor take.
  var panelCount: Int { get }
  /// Where the diagonal of `L` lies in the panels, in the order of elimination.
  var diagonalPlaces: [Int] { get }
  /// The parts whose panels lie one after another: supernodes or variables.
  var partCount: Int { get }
  /// The scratch memory that `apply` and `outer` take.
  var scratchCount: Int { get }

  /// Panels of symmetric matrices on the graph.
  func scatter<Scalar: TensorScalar>(
    matrices: Int, diagonal: Input<Scalar>, off: Input<Scalar>, panels: Output<Scalar>)

  /// The elements on the graph of symmetric matrices in panels.
  func gather<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, diagonal: Output<Scalar>, off: Output<Scalar>)

  /// The panels of `L`, and the first variable with a pivot that is not positive and finite, of the
  /// first matrix that has one: it stands in its place.
  ///
  /// Where `goesOn` is set, none is bad: NaN and infinities follow from it.
  func factor<Scalar: TensorScalar>(
    matrices: Int, diagonal: Input<Scalar>, off: Input<Scalar>, goesOn: Bool,
    panels: Output<Scalar>
  ) -> (pivot: Int, matrix: Int)?

  /// The gradients in the elements of matrices, of those in the panels of their factors.
  func factorAdjoint<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, gradient: Input<Scalar>, diagonal: Output<Scalar>,
    off: Output<Scalar>)

  /// `Σ = P⁻¹` on the pattern of the factor, in panels, and on the graph.
  func covariance<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, covariance: Output<Scalar>, diagonal: Output<Scalar>,
    off: Output<Scalar>)

  /// The gradients in the panels of factors, of those in the elements of `Σ` on the graph.
  func covarianceAdjoint<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, covariance: Input<Scalar>, diagonal: Input<Scalar>,
    off: Input<Scalar>, gradient: Output<Scalar>)

  /// An operation of one factor on `count` vectors, `step` numbers apart.
  func apply<Scalar: TensorScalar>(
    _ operation: FactorOperation, panels: Input<Scalar>, count: Int, step: Int, x: Input<Scalar>,
    y: Output<Scalar>, workspace: Output<Scalar>, scratch: Output<Scalar>)

  /// `±Σ a bᵀ` over `count` vectors, `step` numbers apart, in the panels of some of the parts.
  func outer<Scalar: TensorScalar>(
    parts: Range<Int>, count: Int, step: Int, a: Input<Scalar>, b: Input<Scalar>, negate: Bool,
    panels: Output<Scalar>, scratch: Output<Scalar>)

  /// The same for matrices on another graph; `nil` where the factor lacks one of its edges.
  func on(_ graph: UndirectedGraph, _ supernodes: Supernodes) -> (any FactorMethod)?
}

/// Which variable of which matrix had a bad pivot; ranges of a matrix may be computed in any order.
final class FirstFailures: Sendable {
  private let found = Lock<[Int: (place: Int, pivot: Int)]>([:])

  func note(_ pivot: Int, of matrix: Int, at place: Int) {
    found.withLock { found in
      if let known = found[matrix], known.place < place { return }
      found[matrix] = (place, pivot)
    }
  }

  /// Whether something was noted of a matrix.
  func contains(_ matrix: Int) -> Bool { found.withLock { $0[matrix] != nil } }

  var first: (pivot: Int, matrix: Int)? {
    found.withLock { found in
      found.min { $0.key < $1.key }.map { ($0.value.pivot, $0.key) }
    }
  }
}
