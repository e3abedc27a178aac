import Tensors

extension GaussianGraphicalModel {
  /// The Gaussian in information form (with natural parameters), `p(z) ∝ exp(ηᵀz − ½zᵀPz)`, whose
  /// mean is `P⁻¹ η`. `η` has the shape `[batch…, k]`.
  /// - Complexity: a solve.
  public init(information: Tensor<Scalar>, precision: any PrecisionStructure<Scalar>) {
    self.init(mean: precision.solve(information), precision: precision)
  }

  /// `η = P μ`, `[batch…, k]`.
  public var information: Tensor<Scalar> { precision.multiply(mean) }

  /// The log-normalizer of the information form,
  /// `log ∫ exp(ηᵀz − ½zᵀPz) dz = ½ μᵀPμ − ½ log|P| + k/2·log 2π`, in nats: `[batch…]`.
  ///
  /// Its gradient in `η` is the mean. Its gradient in `P` is `−½(Σ + μμᵀ)` on the diagonal, and
  /// twice that on an edge, which stands for two places. If the model was made with
  /// `init(information:precision:)`, automatic differentiation computes both gradients at the cost
  /// of the structure.
  public var logNormalizer: Tensor<Scalar> {
    let constant = Scalar(0.5 * logTwoPi * Double(dimension))
    let quadratic = 0.5 * precision.whiten(mean).squared().sum(axis: -1)
    return quadratic - precision.logDeterminantOfFactor + constant
  }

  /// The most probable value. For a Gaussian it is the mean.
  public var mode: Tensor<Scalar> { mean }

  /// The largest value of the log-density, in nats, which is attained at the mean: `[batch…]`.
  public var logDensityAtMode: Tensor<Scalar> {
    let constant = Scalar(0.5 * logTwoPi * Double(dimension))
    return (precision.logDeterminantOfFactor - constant).broadcast(to: batchShape)
  }

  /// The joint marginal distribution of some variables, in the given order, with all others
  /// integrated out. Its precision is the inverse of `Σ` on these variables. The structure of the
  /// precision determines that of the result (`PrecisionStructure.marginal(of:)`); in general it is
  /// a dense `SquareRootPrecision`.
  ///
  /// If only variances and the covariances of neighbours are needed, `covariances(on:)` costs less.
  /// - Throws: `GraphicalModelError.evidenceOutOfRange` and `.repeatedEvidence` for variables that
  ///   are not in the model or occur twice; `NotPositiveDefinite`, with a variable of this model
  ///   and the condition number, if rounding leaves no correct digit.
  /// - Complexity: in general a solve for each of the `s` variables, `O(s²·k)` and `O(s³)`.
  public func marginal(of variables: [Int]) throws -> GaussianGraphicalModel {
    try Evidence<Scalar>(of: variables, values: .zeros([variables.count])).check(
      dimension: dimension)
    let marginal = try naming(variables) { try precision.marginal(of: variables) }
    return GaussianGraphicalModel(mean: mean.gathered(at: variables), precision: marginal)
  }
}

extension DensePrecision {
  /// The precision that is the inverse of a symmetric covariance matrix, `[batch…, k, k]`.
  ///
  /// The two elements of a symmetric pair may differ by rounding errors of matrix products, as in
  /// `init(matrix:)`.
  /// - Throws: `GraphicalModelError.notSymmetric`, with the element; `NotPositiveDefinite`, with
  ///   the pivot, also if the covariance is so nearly singular that no digit of the precision would
  ///   be correct.
  /// - Complexity: `O(k³)`.
  public init(inverting covariance: Tensor<Scalar>) throws {
    try checkSymmetry(of: covariance)
    // With the variables in reverse order, Σ = C Cᵀ and P = C⁻ᵀ C⁻¹; C⁻ᵀ is lower triangular in the
    // original order.
    let k = covariance.shape[-1]
    let factor = try counted(in: k) { try covariance.reversed.cholesky() }
    let inverse = triangularSolve(
      factor, Tensor.identity(k).broadcast(to: covariance.shape), transposing: true)
    self.init(lowerTriangle: inverse.reversed)
    try checkCondition(of: self, diagonal: diagonal.detached) { self.factor.detached.diagonal() }
  }
}

/// Runs `body` on the variables in reverse order, and translates the variable of an error to the
/// original order.
private func counted<Result>(in k: Int, _ body: () throws -> Result) throws -> Result {
  do { return try body() } catch let error as NotPositiveDefinite {
    throw NotPositiveDefinite(
      pivot: k - 1 - error.pivot, matrix: error.matrix, value: error.value,
      condition: error.condition)
  }
}

extension Tensor {
  /// Square matrices with the rows and columns in reverse order.
  fileprivate var reversed: Tensor {
    let count = shape[-1] * shape[-1]
    return reshaped(to: shape.dropLast(2) + [count])
      .gathered(at: (0..<count).reversed()).reshaped(to: shape)
  }
}
