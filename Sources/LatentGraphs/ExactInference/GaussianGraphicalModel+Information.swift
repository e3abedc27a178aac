import Tensors

extension GaussianGraphicalModel {
  /// The Gaussian of the information form, `p(z) ∝ exp(ηᵀz − ½zᵀPz)`, whose mean is `P⁻¹ η`. `η` has the
  /// shape `[batch…, k]`.
  /// - Complexity: a solve.
  public init(information: Tensor<Scalar>, precision: any PrecisionStructure<Scalar>) {
    self.init(mean: precision.solve(information), precision: precision)
  }

  /// `η = P μ`: `[batch…, k]`.
  public var information: Tensor<Scalar> { precision.multiply(mean) }

  /// The log-normalizer of the information form, `log ∫ exp(ηᵀz − ½zᵀPz) dz = ½ μᵀPμ − ½ log|P| +
  /// k/2·log 2π`, in nats: `[batch…]`.
  ///
  /// Its gradient in `η` is the mean, and in `P` `−½(Σ + μμᵀ)` on the graph, twice that for an edge, which stands for two places: where the model was made of
  /// them, the tape gives both at the cost of the structure.
  public var logNormalizer: Tensor<Scalar> {
    let constant = Scalar(0.5 * logTwoPi * Double(dimension))
    let quadratic = 0.5 * precision.whiten(mean).squared().sum(axis: -1)
    return quadratic - precision.logDeterminantOfFactor + constant
  }

  /// The most probable value, which of a Gaussian is the mean.
  public var mode: Tensor<Scalar> { mean }

  /// The largest value of the log-density, in nats, which it has at the mean: `[batch…]`.
  public var logDensityAtMode: Tensor<Scalar> {
    let constant = Scalar(0.5 * logTwoPi * Double(dimension))
    return (precision.logDeterminantOfFactor - constant).broadcast(to: batchShape)
  }

  /// The joint marginal of some variables, in the order given, with all others integrated out: a
  /// Gaussian whose precision is the inverse of `Σ` on them, dense, by its square root
  /// (`SquareRootPrecision`).
  ///
  /// `Σ` is not formed. With the columns `C = L⁻¹ E` of those variables it is `CᵀC`, and an orthogonal
  /// factorization of `C` gives a root of its inverse, whose relative errors are those of the columns and
  /// some `n ε √κ`, with `κ` the condition number of `Σ` on them when it is scaled to a unit diagonal.
  ///
  /// For variances and the covariances of neighbours alone, `covariances(on:)` costs less.
  /// - Throws: `GraphicalModelError.evidenceOutOfRange` and `.repeatedEvidence` for variables that are
  ///   not the model's or named twice; `NotPositiveDefinite`, with a variable of this model and the
  ///   condition number, where rounding leaves no digit.
  /// - Complexity: a solve for each of the `s` variables, `O(s²·k)` and `O(s³)`.
  public func marginal(of variables: [Int]) throws -> GaussianGraphicalModel {
    try Evidence<Scalar>(of: variables, values: .zeros([variables.count])).check(
      dimension: dimension)
    let batch = precision.batchShape
    let ones = [Int](repeating: 1, count: batch.rank)
    let units = Tensor<Scalar>.full(1, [variables.count, 1])
      .scatteredRows(to: variables, count: dimension)
      .reshaped(to: Shape([variables.count] + ones + [dimension]))
      .broadcast(to: [variables.count] + batch + [dimension])
    let columns = precision.solveFactor(units)
      .permuted(Array(1..<batch.rank + 1) + [batch.rank + 1, 0])
    let marginal = try naming(variables) { try SquareRootPrecision(covarianceRoot: columns) }
    return GaussianGraphicalModel(mean: mean.gathered(at: variables), precision: marginal)
  }
}

extension Tensor {
  /// The one element of row `i`, `[rows, 1]`, put at the place `places[i]` of a row of zeros.
  fileprivate func scatteredRows(to places: [Int], count: Int) -> Tensor {
    let rows = places.count
    return reshaped(to: [rows])
      .scattered(to: places.enumerated().map { $0 * count + $1 }, count: rows * count)
      .reshaped(to: [rows, count])
  }
}

extension DensePrecision {
  /// The precision that is the inverse of a symmetric covariance matrix, `[batch…, k, k]`.
  ///
  /// The elements of a pair may differ by what products of matrices round, as in `init(matrix:)`.
  /// - Throws: `GraphicalModelError.notSymmetric`, with the element; `NotPositiveDefinite`, with the pivot,
  ///   also where the covariance is so nearly singular that no digit of the precision is right.
  /// - Complexity: `O(k³)`.
  public init(inverting covariance: Tensor<Scalar>) throws {
    try checkSymmetry(of: covariance)
    // With the variables in reverse, Σ = C Cᵀ and P = C⁻ᵀ C⁻¹; C⁻ᵀ is lower triangular in their own order.
    let k = covariance.shape[-1]
    let factor = try counted(in: k) { try covariance.reversed.cholesky() }
    let inverse = triangularSolve(
      factor, Tensor.identity(k).broadcast(to: covariance.shape), transposing: true)
    self.init(lowerTriangle: inverse.reversed)
    try checkCondition(of: self, diagonal: diagonal.detached) { self.factor.detached.diagonal() }
  }
}

/// An error of the variables in reverse names that of their own order.
private func counted<Result>(in k: Int, _ body: () throws -> Result) throws -> Result {
  do { return try body() } catch let error as NotPositiveDefinite {
    throw NotPositiveDefinite(
      pivot: k - 1 - error.pivot, matrix: error.matrix, value: error.value,
      condition: error.condition)
  }
}

extension Tensor {
  /// Square matrices with rows and columns in reverse.
  fileprivate var reversed: Tensor {
    let count = shape[-1] * shape[-1]
    return reshaped(to: shape.droppingLast(2) + [count])
      .gathered(at: (0..<count).reversed()).reshaped(to: shape)
  }
}
