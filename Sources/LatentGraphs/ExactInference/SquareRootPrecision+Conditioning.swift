import Tensors

/// Evidence on a Gaussian whose precision is `Aᵀ A` makes a least squares problem: the mean given it is
/// where `‖A (z − μ)‖²` and the squares of noisy values are least.
extension SquareRootPrecision {
  /// The precision of the variables that are not known, and the deviation of their mean from the one
  /// before, given deviations of the others, `[draws…, batch…, known]`.
  ///
  /// `A_U x = −A_E (e − μ_E)` in the sense of least squares, over the rows that have elements in `U`.
  /// - Throws: `NotPositiveDefinite`, with the variable, counted among `others`.
  func conditioned(
    on known: [Int], deviations: Tensor<Scalar>, others: [Int]
  ) throws -> (precision: SquareRootPrecision, shift: Tensor<Scalar>) {
    let restriction = rows.pattern.restriction(to: others)
    let left = SparseRows(
      pattern: restriction.pattern, values: rows.values.gathered(at: restriction.elements))
    let fixed = deviations.scattered(to: known, count: dimension)
    let target = -rows.apply(.whiten, to: fixed).gathered(at: restriction.rows)
    return try solved(left, target)
  }

  /// The precision of all variables and the deviation of their mean, given deviations of some that were
  /// measured with noise of these deviations: rows `1/s` below `A`.
  /// - Throws: `NotPositiveDefinite`, with the variable.
  func conditioned(
    onNoisy variables: [Int], deviations: Tensor<Scalar>, noise: Tensor<Scalar>
  ) throws -> (precision: SquareRootPrecision, shift: Tensor<Scalar>) {
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
  ) throws -> (precision: SquareRootPrecision, shift: Tensor<Scalar>) {
    let factorization = rows.pattern.factorization(on: rows.pattern.graph)
    let (factor, shift) = try factorization.solve(rows, target)
    return (SquareRootPrecision(rows, factor: factor), shift!)
  }
}
