import Tensors

/// Independent variables: `P` and `L` are diagonal.
///
///         ⎡ P₁       ⎤             ⎡ √P₁         ⎤
///     P = ⎢    P₂    ⎥ = L Lᵀ, L = ⎢     √P₂     ⎥
///         ⎣       P₃ ⎦             ⎣         √P₃ ⎦
///
/// ```swift
/// let precision = try DiagonalPrecision<Double>(diagonal: Tensor([1, 4]))
/// let variances = precision.marginalVariances  // [1, 0.25]
/// ```
/// - Complexity: `O(k)` for all operations.
public struct DiagonalPrecision<Scalar: TensorScalar>: PrecisionStructure {
  /// The logarithms of the diagonal of `L`, that is, the negative logarithms of the standard
  /// deviations: `[batch…, k]`.
  public let logFactor: Tensor<Scalar>
  /// `P`, if the precision was given by it. The further `P` is from 1, the fewer digits of it its
  /// logarithm has.
  private let given: Tensor<Scalar>?

  /// The precision whose factor has this log-diagonal, `[batch…, k]`.
  public init(logFactor: Tensor<Scalar>) {
    require(logFactor.rank >= 1, "a diagonal precision got a log-diagonal without an axis")
    self.logFactor = logFactor
    given = nil
  }

  private init(logFactor: Tensor<Scalar>, given: Tensor<Scalar>?) {
    (self.logFactor, self.given) = (logFactor, given)
  }

  /// The precision with this diagonal, `[batch…, k]`.
  /// - Throws: `NotPositiveDefinite`, with the first element that is not positive and finite, or is
  ///   subnormal (below `leastNormalMagnitude`).
  public init(diagonal: Tensor<Scalar>) throws {
    require(diagonal.rank >= 1, "a diagonal precision got a diagonal without an axis")
    // Subtracting the largest subnormal number makes subnormal elements non-positive.
    if let place = diagonal.firstIndexNotPositive
      ?? (diagonal.detached - Scalar.leastNormalMagnitude.nextDown).firstIndexNotPositive
    {
      throw NotPositiveDefinite(
        pivot: place % diagonal.shape[-1], matrix: place / diagonal.shape[-1],
        value: Double(diagonal.scalars[place]))
    }
    logFactor = 0.5 * diagonal.log()
    given = diagonal
  }

  /// The number of variables.
  public var dimension: Int { logFactor.shape[-1] }

  /// The shape of the batch.
  public var batchShape: Shape { logFactor.shape.dropLast() }

  /// The graph without edges.
  public var graph: UndirectedGraph { .diagonal(dimension) }

  /// `P`, which has a diagonal and no edges.
  public var elements: SymmetricElements<Scalar> { bandedElements }

  /// The diagonal of `P`, `Lᵢᵢ²`.
  public var diagonal: Tensor<Scalar> { given ?? (2 * logFactor).exp() }

  /// `Σ log Lᵢᵢ`.
  public var logDeterminantOfFactor: Tensor<Scalar> { logFactor.sum(axis: -1) }

  /// `Lᵀ r`.
  public func whiten(_ residual: Tensor<Scalar>) -> Tensor<Scalar> {
    scale(residual, by: factor)
  }

  /// `L⁻ᵀ ε`.
  public func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar> {
    scale(noise, by: inverseFactor)
  }

  /// `L x`.
  public func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    scale(x, by: factor)
  }

  /// `L⁻¹ x`.
  public func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    scale(x, by: inverseFactor)
  }

  private var factor: Tensor<Scalar> { given?.squareRoot() ?? logFactor.exp() }

  private var inverseFactor: Tensor<Scalar> {
    given.map { $0.squareRoot().reciprocal() } ?? (-logFactor).exp()
  }

  /// The variances `1/Lᵢᵢ²`. All covariances are zero.
  public func ownCovariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar>? {
    bandedCovariances(on: graph)
  }

  /// 1, since the scaled matrix is the identity.
  public var conditionEstimate: Tensor<Scalar> { .ones(batchShape) }

  // MARK: Conditioning, sums and marginals

  /// The diagonal precision of these variables. `O(k)`.
  public func submatrix(of variables: [Int]) throws -> any PrecisionStructure<Scalar> {
    requireIncreasing(variables, below: dimension)
    return gathered(at: variables)
  }

  /// A diagonal precision. `O(k)`.
  public func adding(toDiagonal added: Tensor<Scalar>) throws -> any PrecisionStructure<Scalar> {
    requireSum(withDiagonal: added)
    return try DiagonalPrecision(diagonal: diagonal + added)
  }

  /// The diagonal precision of these variables, which are independent of all others. `O(k)`.
  public func marginal(of variables: [Int]) throws -> any PrecisionStructure<Scalar> {
    requireDistinct(variables)
    return gathered(at: variables)
  }

  private func gathered(at variables: [Int]) -> DiagonalPrecision {
    DiagonalPrecision(
      logFactor: logFactor.gathered(at: variables), given: given?.gathered(at: variables))
  }

  /// The diagonal of `P`, if it was given, or else the logarithms of the diagonal of `L`.
  public var parameters: [Tensor<Scalar>] { [given ?? logFactor] }

  /// The diagonal precision with these parameters.
  public func withParameters<Other: TensorScalar>(
    _ parameters: [Tensor<Other>]
  ) throws -> any PrecisionStructure<Other> {
    guard given == nil else { return try DiagonalPrecision<Other>(diagonal: parameters[0]) }
    return DiagonalPrecision<Other>(logFactor: parameters[0])
  }

  /// `KL(q ‖ p)` of Gaussians with the same mean, `½ Σ [xᵢ − log(1 + xᵢ)]`, where the diagonal
  /// element of `p` is `1 + xᵢ` times that of `q`. If both precisions were given by their
  /// diagonals, `x` is computed from these, because the difference of their logarithms has fewer
  /// digits.
  func divergence(from p: DiagonalPrecision) -> Tensor<Scalar> {
    if let given, let other = p.given {
      let x = (other - given) / given
      return 0.5 * defectOfLogarithm(x, ratio: other / given).sum(axis: -1)
    }
    return normal.klDivergence(from: p.normal)
  }

  private var normal: Normal<Scalar> {
    Normal(mean: .zeros(logFactor.shape), logVariance: -2 * logFactor)
  }

  private func scale(_ x: Tensor<Scalar>, by factor: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(x, batch: batchShape, dimension: dimension, name: "diagonal precision")
    return factor * x
  }
}

extension DiagonalPrecision: BandedPrecision {
  /// The diagonal alone.
  package var pattern: BandPattern { .diagonal(dimension) }

  /// The diagonal of `L`.
  package var factorBands: [Int: Tensor<Scalar>] { [0: factor] }

  /// The diagonal of `P`.
  package func precisionBands(_ offsets: [Int]) -> [Tensor<Scalar>] {
    require(offsets == [0], "a diagonal precision has no bands \(offsets)")
    return [diagonal]
  }

  /// The variances. All other bands are zero, so that every pattern is supported.
  package func covarianceBands(on pattern: BandPattern) -> [Int: Tensor<Scalar>]? {
    [0: given?.reciprocal() ?? (-2 * logFactor).exp()]
  }
}
