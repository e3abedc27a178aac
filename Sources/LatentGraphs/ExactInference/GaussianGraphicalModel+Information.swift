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
  /// Gaussian whose precision is the inverse of `Σ` on them, dense.
  ///
  /// For variances and the covariances of neighbours alone, `covariances(on:)` costs less.
  /// - Throws: `GraphicalModelError.evidenceOutOfRange` and `.repeatedEvidence` for variables that are
  ///   not the model's or named twice; `NotPositiveDefinite` where rounding leaves no factor.
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
    let rows = precision.solveFactor(units)
      .permuted(Array(1..<batch.rank + 1) + [0, batch.rank + 1])
    let covariance = matrixProduct(rows, rows, transposingRight: true)
    return GaussianGraphicalModel(
      mean: mean.gathered(at: variables), precision: try DensePrecision(inverting: covariance))
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
  /// The precision that is the inverse of a covariance matrix, `[batch…, k, k]`.
  /// - Throws: `NotPositiveDefinite`, with the pivot.
  /// - Complexity: `O(k³)`.
  public init(inverting covariance: Tensor<Scalar>) throws {
    // Of Σ = C Cᵀ, P = C⁻ᵀ C⁻¹.
    let factor = try covariance.cholesky()
    let inverse = triangularSolve(
      factor, Tensor.identity(covariance.shape[-1]).broadcast(to: covariance.shape))
    try self.init(matrix: matrixProduct(inverse, inverse, transposingLeft: true))
  }
}
