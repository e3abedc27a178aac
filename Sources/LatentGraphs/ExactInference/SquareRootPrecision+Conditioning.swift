import Tensors

/// Evidence on a Gaussian whose precision is `Aᵀ A` makes a least squares problem: the mean given it is
/// where `‖A (z − μ)‖²` and the squares of noisy values are least.
extension SquareRootPrecision {
  /// A model given evidence: its precision, the deviation of its mean from the one before, and the squares
  /// that are least there, which with the determinants are the density of the evidence.
  typealias Conditional = (
    precision: SquareRootPrecision, shift: Tensor<Scalar>, squares: Tensor<Scalar>
  )

  /// Given deviations of some variables, `[draws…, batch…, known]`, that of the others.
  ///
  /// `A_U x = −A_E (e − μ_E)` in the sense of least squares, over the rows that have elements in `U`.
  /// - Throws: `NotPositiveDefinite`, with the variable, counted among `others`.
  func conditioned(
    on known: [Int], deviations: Tensor<Scalar>, others: [Int]
  ) throws -> Conditional {
    let restriction = rows.pattern.restriction(to: others)
    let left = SparseRows(
      pattern: restriction.pattern, values: rows.values.gathered(at: restriction.elements))
    let fixed = rows.apply(.whiten, to: deviations.scattered(to: known, count: dimension))
    let given = try solved(left, -fixed.gathered(at: restriction.rows))
    let rest = fixed.gathered(at: restriction.otherRows).squared().sum(axis: -1)
    return (given.precision, given.shift, given.squares + rest)
  }

  /// Given deviations of some variables that were measured with noise of these deviations, that of all:
  /// rows `1/s` below `A`.
  /// - Throws: `NotPositiveDefinite`, with the variable.
  func conditioned(
    onNoisy variables: [Int], deviations: Tensor<Scalar>, noise: Tensor<Scalar>
  ) throws -> Conditional {
    let weights = 1 / noise
    let batch = batchShape.broadcast(with: weights.shape.droppingLast())
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
  /// The model given evidence, and the log-density of the evidence, `log p(e)` or `log p(y)`, where the
  /// precision is given by a square root: with the least squares `q` and the factor `L` of the model that
  /// is left, `Σ log A_ii − Σ log Lᵢᵢ − ½ q − n/2·log 2π`, of noise less its `½ Σ log Rᵢᵢ`.
  ///
  /// The squares are those that no column is left for, so that they are no difference of large numbers.
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
      let others = try unknown(of: evidence)
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
