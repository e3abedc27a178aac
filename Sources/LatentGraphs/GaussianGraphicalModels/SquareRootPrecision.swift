import Tensors

/// A precision by a square root, `P = Aᵀ A`, where `A` is sparse and has at least as many rows as
/// columns: that of a directed linear-Gaussian net, `A = D^-½(I − B)`, and of what is left of it given
/// evidence.
///
/// `P` is never formed for a factor. Deviations of very different sizes make `P` ill-conditioned, with
/// the square of the condition of `A`, and rounding its elements loses what small deviations say. Of a
/// net, `A` is triangular in a topological order and is a factor itself: samples, densities and solutions
/// have the accuracy of its coefficients. Else `A = Q R` by an orthogonal factorization along the
/// elimination tree, with the fill of a Cholesky factorization of `P`.
///
/// With `κ` the condition number of `P` after scaling to a unit diagonal, variances have relative errors
/// of some `n ε √κ`, where `ε κ` are those by the elements of `P`; of nets, some `n ε`, whatever the
/// condition, by a solution for each variable where there are up to 256 of them, or where `√κ` leaves a
/// factor no digit. A model given evidence is refused there.
/// Gradients through a factor, of what was conditioned and of larger nets' variances, have relative errors
/// of some `n ε √κ` too, for up to 256 variables; for more they go through the elements of `P`, with errors of
/// some `n ε κ`.
///
/// - Complexity: samples and densities of a net take its coefficients; all else, what the elements of
///   the factor take, `fill`.
///
/// G. Golub, Numerical methods for solving linear least squares problems, Numer. Math. 7 (1965);
/// F. Dellaert and M. Kaess, Square root SAM, Int. J. Robotics Research 25 (2006).
public struct SquareRootPrecision<Scalar: TensorScalar>: PrecisionStructure {
  let rows: SparseRows<Scalar>
  /// The factor on the graph; of a triangular `A` it is computed when it is asked for.
  private let known: SparseFactor<Scalar>?
  private let later = Later()

  /// A factor that is computed once.
  private final class Later: Sendable {
    let factor = Lock<SparseFactor<Scalar>?>(nil)
  }

  /// Of a triangular `A`.
  init(triangular rows: SparseRows<Scalar>) {
    require(rows.pattern.isTriangular, "a square root that is not triangular, without its factor")
    (self.rows, known) = (rows, nil)
  }

  /// Of any `A`, with the factor of `Aᵀ A` on its graph.
  init(_ rows: SparseRows<Scalar>, factor: SparseFactor<Scalar>) {
    (self.rows, known) = (rows, factor)
  }

  /// Whether `A` is triangular, and a factor itself.
  var isNet: Bool { known == nil }

  /// The number of variables.
  public var dimension: Int { rows.pattern.dimension }

  /// The shape of the batch.
  public var batchShape: Shape { rows.batchShape }

  /// Every two variables that have elements in one row of `A` are joined: of a net, its moral graph.
  public var graph: UndirectedGraph { rows.pattern.graph }

  /// The elements of `Aᵀ A`, with their rounding.
  public var elements: SymmetricElements<Scalar> { rows.elements }

  /// `Σ log Lᵢᵢ`, of a net `−Σ log` of the deviations.
  public var logDeterminantOfFactor: Tensor<Scalar> {
    guard known == nil else { return known!.logDeterminant }
    return rows.values.gathered(at: Array(rows.pattern.starts.dropLast())).log().sum(axis: -1)
  }

  /// Of a net `A r`, else `Lᵀ r`.
  public func whiten(_ residual: Tensor<Scalar>) -> Tensor<Scalar> { apply(.whiten, to: residual) }

  /// Of a net `A⁻¹ ε`, ancestral sampling; else `L⁻ᵀ ε`.
  public func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar> { apply(.unwhiten, to: noise) }

  /// Of a net `Aᵀ x`, else `L x`.
  public func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> { apply(.multiply, to: x) }

  /// Of a net `A⁻ᵀ x`, else `L⁻¹ x`.
  public func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> { apply(.solve, to: x) }

  private func apply(_ operation: FactorOperation, to x: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(x, batch: batchShape, dimension: dimension, name: "square root of a precision")
    return known?.apply(operation, to: x) ?? rows.apply(operation, to: x)
  }

  /// By square roots of the parts of `Σ`; of a net of up to 256 variables, and of one of which rounding
  /// leaves no factor, by a solution for each variable.
  ///
  /// - Complexity: some times that of the factorization, on the union of the two graphs.
  public func ownCovariances(on other: UndirectedGraph) -> SymmetricElements<Scalar>? {
    if known == nil, dimension <= 256 { return covariancesBySolves(on: other) }
    let own = rows.pattern.factorization(on: graph)
    guard let factor = factor() else { return covariancesInParts(on: other) }
    if let method = own.symbolic.method(on: other) {
      return own.covariances(factor, on: other, method)
    }
    let both = rows.pattern.factorization(on: graph.union(other))
    guard let method = both.symbolic.method(on: other), let factor = try? both.factor(rows)
    else { return covariancesInParts(on: other) }
    return both.covariances(factor, on: other, method)
  }

  /// By a solution for each variable, some at once.
  private func covariancesInParts(on other: UndirectedGraph) -> SymmetricElements<Scalar> {
    let (first, second) = (other.edges.map(\.first), other.edges.map(\.second))
    let diagonal = sumOverUnitVectors(dimension, batchShape) {
      unwhiten($0).squared().sum(axis: 0)
    }
    guard !first.isEmpty else {
      return SymmetricElements(other, diagonal, .zeros(batchShape + [0]))
    }
    let off = sumOverUnitVectors(dimension, batchShape) {
      let columns = unwhiten($0)
      return (columns.gathered(at: first) * columns.gathered(at: second)).sum(axis: 0)
    }
    return SymmetricElements(other, diagonal, off)
  }

  /// By the power method, with the roots of the diagonal of `P`, whose elements may be beyond the range
  /// of the type.
  public var conditionEstimate: Tensor<Scalar> {
    guard dimension > 0 else { return .ones(batchShape) }
    return withoutRecording {
      let scaled = ScaledMatrix(self, root: rows.detached.columnNorms)
      return Tensor(scaled.conditions(steps: 16).map { Scalar($0) }, shape: batchShape)
    }
  }

  /// The columns of a single factor: of a net the rows of `A`, each of a variable and its parents.
  var factorColumns: [FactorColumn<Scalar>] {
    if let known { return known.columns }
    require(batchShape == [], "the columns of a batch of factors of shape \(batchShape)")
    let (pattern, values) = (rows.pattern, rows.values.scalars)
    return (0..<pattern.count).map { row in
      let others = pattern.starts[row] + 1..<pattern.starts[row + 1]
      return FactorColumn(
        variable: Int(pattern.ids[row]), diagonal: values[pattern.starts[row]],
        others: others.map { Int(pattern.columns[$0]) }, values: others.map { values[$0] })
    }
  }

  /// The factor on the graph; `nil` where rounding leaves none (`checkCondition`).
  private func factor() -> SparseFactor<Scalar>? {
    if let known { return known }
    return later.factor.withLock { factor in
      if factor == nil { factor = try? rows.pattern.factorization(on: graph).factor(rows) }
      return factor
    }
  }
}
