import Tensors

/// A precision given by a square root, `P = Aᵀ A`, where `A` is sparse and has at least as many
/// rows as columns. It is the precision of a directed linear-Gaussian net, `A = D^-½(I − B)`, and
/// of such a net conditioned on evidence. For the net `z₁ → z₂ → z₃` with the coefficients `b₂` and
/// `b₃` and the standard deviations `σ`:
///
///         ⎡ 1/σ₁                 ⎤
///     A = ⎢ −b₂/σ₂  1/σ₂         ⎥ , P = Aᵀ A
///         ⎣         −b₃/σ₃  1/σ₃ ⎦
///
/// ```swift
/// let graph = try LatentGraph([
///   .init("z1", dimension: 1), .init("z2", dimension: 1, parents: ["z1"]),
///   .init("z3", dimension: 1, parents: ["z2"]),
/// ])
/// let net = BayesNet<Double>(graph) { _, parents in
///   LinearGaussian<Double>(parents: parents, dimension: 1, using: &generator)
/// }
/// let model = try net.compiled()  // its precision is a SquareRootPrecision
/// ```
/// `P` is not formed to compute a factor. Standard deviations of very different magnitudes make `P`
/// ill-conditioned: its condition number is the square of that of `A`. Rounding the elements of `P`
/// would then lose the contribution of some of them. For a net, `A` is triangular in a topological
/// order and is itself a factor, so that samples, densities and solves are as accurate as its
/// coefficients. Given evidence, an orthogonal factorization `A = Q R` along the elimination tree
/// is computed, with the fill of a Cholesky factorization of `P`.
///
/// Let `κ` be the condition number of `P` after scaling to a unit diagonal. Variances have relative
/// errors of about `n ε √κ`; computed from the elements of `P`, they would have about `n ε κ`. For
/// a net with up to 256 variables, and for a larger net if `√κ` leaves no correct digit of a
/// factor, variances are computed by a solve for each variable, with relative errors of about `n ε`
/// for any condition. A model given evidence is refused if no digit would be correct.
///
/// Gradients that pass through a factor, as those of conditioning and of the variances of larger
/// nets, have relative errors of about `n ε √κ` for up to 256 variables. For more variables they
/// are computed from the elements of `P`, with errors of about `n ε κ`.
///
/// - Complexity: linear in the number of coefficients for samples and densities of a net; for all
///   other operations, that of the factor's elements, `fill`.
///
/// G. Golub, Numerical methods for solving linear least squares problems, Numer. Math. 7 (1965); F.
/// Dellaert and M. Kaess, Square root SAM, Int. J. Robotics Research 25 (2006).
public struct SquareRootPrecision<Scalar: TensorScalar>: PrecisionStructure {
  let rows: SparseRows<Scalar>
  /// The factor on the graph; `nil` for a triangular `A`, whose factor is computed on request.
  private let givenFactor: SparseFactor<Scalar>?
  private let lazyFactor = LazyFactor()

  /// Storage for a factor that is computed once.
  private final class LazyFactor: Sendable {
    let factor = Lock<SparseFactor<Scalar>?>(nil)
  }

  /// The precision for a triangular `A`.
  init(triangular rows: SparseRows<Scalar>) {
    require(rows.pattern.isTriangular, "a square root that is not triangular got no factor")
    (self.rows, givenFactor) = (rows, nil)
  }

  /// The precision for any `A`, with the factor of `Aᵀ A` on its graph.
  init(_ rows: SparseRows<Scalar>, factor: SparseFactor<Scalar>) {
    (self.rows, givenFactor) = (rows, factor)
  }

  /// Whether `A` is triangular, as for a net, so that it is itself a factor.
  var isNet: Bool { givenFactor == nil }

  /// The number of variables.
  public var dimension: Int { rows.pattern.dimension }

  /// The shape of the batch.
  public var batchShape: Shape { rows.batchShape }

  /// The graph of `P`: two variables are joined if a row of `A` has elements for both. For a net,
  /// it is the moral graph.
  public var graph: UndirectedGraph { rows.pattern.graph }

  /// The elements of `Aᵀ A`, which have rounding errors.
  public var elements: SymmetricElements<Scalar> { rows.elements }

  /// `Σ log Lᵢᵢ`; for a net, the negative sum of the logarithms of the standard deviations.
  public var logDeterminantOfFactor: Tensor<Scalar> {
    guard givenFactor == nil else { return givenFactor!.logDeterminant }
    return rows.values.gathered(at: Array(rows.pattern.starts.dropLast())).log().sum(axis: -1)
  }

  /// `A r` for a net, otherwise `Lᵀ r`.
  public func whiten(_ residual: Tensor<Scalar>) -> Tensor<Scalar> { apply(.whiten, to: residual) }

  /// `A⁻¹ ε` for a net, which is ancestral sampling, otherwise `L⁻ᵀ ε`.
  public func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar> { apply(.unwhiten, to: noise) }

  /// `Aᵀ x` for a net, otherwise `L x`.
  public func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> { apply(.multiply, to: x) }

  /// `A⁻ᵀ x` for a net, otherwise `L⁻¹ x`.
  public func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> { apply(.solve, to: x) }

  private func apply(_ operation: FactorOperation, to x: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(x, batch: batchShape, dimension: dimension, name: "square root of a precision")
    return givenFactor?.apply(operation, to: x) ?? rows.apply(operation, to: x)
  }

  /// The covariances on a graph, from square roots of parts of `Σ`. For a net with up to 256
  /// variables, and if the factorization fails because of rounding, they are computed by a solve
  /// for each variable.
  ///
  /// - Complexity: a few times that of the factorization on the union of the two graphs.
  public func ownCovariances(on other: UndirectedGraph) -> SymmetricElements<Scalar>? {
    if givenFactor == nil, dimension <= 256 { return covariancesBySolves(on: other) }
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

  /// The covariances by a solve for each variable, in groups.
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

  /// The estimate by the power method. It uses the square roots of the diagonal of `P`, because the
  /// diagonal itself can overflow.
  public var conditionEstimate: Tensor<Scalar> {
    guard dimension > 0 else { return .ones(batchShape) }
    return withoutRecording {
      let scaled = ScaledMatrix(self, root: rows.detached.columnNorms)
      return Tensor(scaled.conditions(steps: 16).map { Scalar($0) }, shape: batchShape)
    }
  }

  /// The columns of a single factor. For a net these are the rows of `A`, each with a variable and
  /// its parents.
  public func factorColumns() throws -> [FactorColumn<Scalar>] {
    if let givenFactor { return givenFactor.columns }
    require(batchShape == [], "columns were requested of a batch of factors, \(batchShape)")
    let (pattern, values) = (rows.pattern, rows.values.scalars)
    return (0..<pattern.count).map { row in
      let others = pattern.starts[row] + 1..<pattern.starts[row + 1]
      return FactorColumn(
        variable: Int(pattern.ids[row]), diagonal: values[pattern.starts[row]],
        others: others.map { Int(pattern.columns[$0]) }, values: others.map { values[$0] })
    }
  }

  /// The factor on the graph; `nil` if the factorization fails because of rounding
  /// (`checkDigits`).
  private func factor() -> SparseFactor<Scalar>? {
    if let givenFactor { return givenFactor }
    return lazyFactor.factor.withLock { factor in
      if factor == nil { factor = try? rows.pattern.factorization(on: graph).factor(rows) }
      return factor
    }
  }
}
