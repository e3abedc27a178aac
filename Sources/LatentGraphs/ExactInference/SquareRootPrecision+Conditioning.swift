import Tensors

/// Conditioning a Gaussian with the precision `Aᵀ A` on evidence is a least squares problem: the
/// conditional mean minimizes the sum of `‖A (z − μ)‖²` and, for noisy evidence, the weighted
/// squares of the residuals.
extension SquareRootPrecision {
  /// The model given evidence: its precision, the shift of its mean from the previous mean, and the
  /// minimum of the sum of squares. The minimum and the determinants give the density of the
  /// evidence.
  typealias Conditional = (
    precision: SquareRootPrecision, shift: Tensor<Scalar>, squares: Tensor<Scalar>
  )

  /// Conditions on the deviations of some variables from their means, `[draws…, batch…, known]`,
  /// and returns the model of the other variables.
  ///
  /// `A_U x = −A_E (e − μ_E)` is solved in the least squares sense, over the rows that have
  /// elements in `U`.
  /// - Throws: `NotPositiveDefinite`, with the variable as an index of `others`.
  func conditioned(
    on known: [Int], deviations: Tensor<Scalar>, others: [Int]
  ) throws -> Conditional {
    let restriction = rows.pattern.restriction(to: others)
    let left = SparseRows(
      pattern: restriction.pattern, values: rows.values.gathered(at: restriction.elements))
    let fixed = rows.apply(.whiten, to: deviations.scatterAdded(to: known, count: dimension))
    let given = try solved(left, -fixed.gathered(at: restriction.rows))
    let rest = fixed.gathered(at: restriction.otherRows).squared().sum(axis: -1)
    return (given.precision, given.shift, given.squares + rest)
  }

  /// Conditions on noisy values of some variables, given as deviations from the means, with these
  /// standard deviations of the noise, and returns the model of all variables. A row with the
  /// element `1/s` is appended to `A` for each value, where `s` is the standard deviation of its
  /// noise.
  /// - Throws: `NotPositiveDefinite`, with the variable.
  func conditioned(
    onNoisy variables: [Int], deviations: Tensor<Scalar>, noise: Tensor<Scalar>
  ) throws -> Conditional {
    let weights = 1 / noise
    let batch = batchShape.broadcast(with: weights.shape.dropLast())
    guard let batch else {
      stop("noise of shape \(noise.shape) does not fit a precision of batch \(batchShape)")
    }
    let values = Tensor.concatenated(
      [
        rows.values.broadcast(to: batch + [rows.elementCount]),
        weights.broadcast(to: batch + [variables.count]),
      ], axis: -1)
    let more = SparseRows(pattern: rows.pattern.appending(variables), values: values)
    let measured = weights * deviations
    let zeros = Tensor<Scalar>.zeros(
      measured.shape.replacing(axis: -1, with: rows.pattern.count))
    return try solved(more, .concatenated([zeros, measured], axis: -1))
  }

  private func solved(
    _ rows: SparseRows<Scalar>, _ target: Tensor<Scalar>
  ) throws -> Conditional {
    let factorization = rows.pattern.factorization(on: rows.pattern.graph)
    let (factor, least) = try factorization.solve(rows, target)
    return (SquareRootPrecision(rows, factor: factor), least.solution, least.squares)
  }
}

extension GaussianGraphicalModel {
  /// The model given evidence, and the log-density of the evidence, `log p(e)` or `log p(y)`, if
  /// the precision is given by a square root. With the minimum `q` of the sum of squares, the
  /// factor `L` of the conditional precision and `n` observed values, the log-density is
  /// `Σ log A_ii − Σ log Lᵢᵢ − ½ q − n/2·log 2π`, minus `½ Σ log Rᵢᵢ` for noisy evidence.
  ///
  /// The minimum `q` is computed as the squared norm of the residual part of the transformed
  /// right-hand side, and not as a difference of large numbers.
  func given(
    _ evidence: Evidence<Scalar>, _ root: SquareRootPrecision<Scalar>
  ) throws -> (model: GaussianGraphicalModel, logDensity: Tensor<Scalar>) {
    let model: GaussianGraphicalModel, squares: Tensor<Scalar>
    var logDensity = root.logDeterminantOfFactor
    if evidence.isNoisy, let variances = evidence.noiseVariances {
      try evidence.check(dimension: dimension)
      let deviations = evidence.values - mean.gathered(at: evidence.variables)
      let given = try root.conditioned(
        onNoisy: evidence.variables, deviations: deviations, noise: variances.squareRoot())
      model = GaussianGraphicalModel(mean: mean + given.shift, precision: given.precision)
      squares = given.squares
      logDensity = logDensity - 0.5 * variances.log().sum(axis: -1)
    } else {
      let others = try remainingVariables(given: evidence)
      let deviations = evidence.values - mean.gathered(at: evidence.variables)
      let given = try naming(others) {
        try root.conditioned(on: evidence.variables, deviations: deviations, others: others)
      }
      model = conditional(
        mean.gathered(at: others) + given.shift, given.precision, like: deviations)
      squares = given.squares
    }
    let constant = Scalar(0.5 * logTwoPi * Double(evidence.variables.count))
    return (
      model,
      logDensity - model.precision.logDeterminantOfFactor - 0.5 * squares - constant
    )
  }
}
