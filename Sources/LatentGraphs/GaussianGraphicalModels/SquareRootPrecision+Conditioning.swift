import Tensors

/// Conditioning a Gaussian with the precision `Aᵀ A` on evidence is a least squares problem: the
/// conditional mean minimizes the sum of `‖A (z − μ)‖²` and, for noisy evidence, the weighted
/// squares of the residuals. It is solved by an orthogonal factorization without forming `P`.
extension SquareRootPrecision {
  /// `A_Uᵀ A_U`, given by the rows of `A` that have elements in these columns. The factor is computed
  /// by an orthogonal factorization.
  public func submatrix(of variables: [Int]) throws -> any PrecisionStructure<Scalar> {
    requireIncreasing(variables, below: dimension)
    if variables.count == dimension { return self }
    if variables.isEmpty { return try cheapestSubmatrix(of: variables) }
    return try Self(factoring: restricted(to: variables))
  }

  /// A precision given by a square root if all elements of `d` are positive: `√dᵢ` is appended to `A`
  /// in a row for each variable. Otherwise the cheapest structure for the graph, whose elements have
  /// the rounding errors of `AᵀA`.
  public func adding(toDiagonal added: Tensor<Scalar>) throws -> any PrecisionStructure<Scalar> {
    requireSum(withDiagonal: added)
    guard added.firstIndexNotPositive == nil, dimension > 0 else {
      return try cheapestPrecision(of: elements.adding(toDiagonal: added))
    }
    return try Self(factoring: appending(Array(0..<dimension), added.squareRoot()))
  }

  /// The conditioning by the least squares problem. For exact values it is `A_U x = −A_E e`, over
  /// the rows that have elements in `U`. For noisy values, a row with the element `1/s` is appended
  /// to `A` for each value, where `s` is the standard deviation of its noise.
  ///
  /// The minimum of the sum of squares is computed as the squared norm of the residual part of the
  /// transformed right-hand side, and not as a difference of large numbers.
  public func conditioned(
    on deviations: Evidence<Scalar>
  ) throws -> ConditionedPrecision<Scalar> {
    let others = try deviations.remainingVariables(of: dimension)
    let values = deviations.values(for: batchShape)
    if deviations.isNoisy, let variances = deviations.noiseVariances {
      let weights = 1 / variances.squareRoot()
      let measured = weights * values
      let zeros = Tensor<Scalar>.zeros(
        measured.shape.replacing(axis: -1, with: rows.pattern.count))
      return try Self.solved(
        appending(deviations.variables, weights), .concatenated([zeros, measured], axis: -1))
    }
    let restriction = rows.pattern.restriction(to: others)
    let fixed = rows.apply(
      .whiten, to: values.scatterAdded(to: deviations.variables, count: dimension))
    let given = try Self.solved(
      restricted(to: others), -fixed.gathered(at: restriction.rows))
    return ConditionedPrecision(
      precision: given.precision, shift: given.shift,
      squares: given.squares
        + fixed.gathered(at: restriction.otherRows).squared().sum(axis: -1))
  }

  /// The elements of `A`.
  public var parameters: [Tensor<Scalar>] { [rows.values] }

  /// The precision with the pattern of this one and other elements of `A`.
  public func withParameters<Other: TensorScalar>(
    _ parameters: [Tensor<Other>]
  ) throws -> any PrecisionStructure<Other> {
    let rows = SparseRows(pattern: rows.pattern, values: parameters[0])
    if isNet { return SquareRootPrecision<Other>(triangular: rows) }
    return try SquareRootPrecision<Other>(factoring: rows)
  }
}

extension SquareRootPrecision {
  /// The precision for any `A`, whose factor is computed.
  /// - Throws: `NotPositiveDefinite`, with the variable.
  private init(factoring rows: SparseRows<Scalar>) throws {
    let factor = try rows.pattern.factorization(on: rows.pattern.graph).factor(rows)
    self.init(rows, factor: factor)
  }

  /// `A_U`: the columns of some variables, and the rows that have elements in them.
  private func restricted(to variables: [Int]) -> SparseRows<Scalar> {
    let restriction = rows.pattern.restriction(to: variables)
    return SparseRows(
      pattern: restriction.pattern, values: rows.values.gathered(at: restriction.elements))
  }

  /// `A` with a row of a single element for each of some variables, given as `[batch…, variables]`.
  private func appending(_ variables: [Int], _ elements: Tensor<Scalar>) -> SparseRows<Scalar> {
    guard let batch = batchShape.broadcast(with: elements.shape.dropLast()) else {
      stop("elements of shape \(elements.shape) do not fit a precision of batch \(batchShape)")
    }
    let values = Tensor.concatenated(
      [
        rows.values.broadcast(to: batch + [rows.elementCount]),
        elements.broadcast(to: batch + [variables.count]),
      ], axis: -1)
    return SparseRows(pattern: rows.pattern.appending(variables), values: values)
  }

  /// The least squares solution for a right-hand side over the rows, and the precision `AᵀA`.
  private static func solved(
    _ rows: SparseRows<Scalar>, _ target: Tensor<Scalar>
  ) throws -> ConditionedPrecision<Scalar> {
    let factorization = rows.pattern.factorization(on: rows.pattern.graph)
    let (factor, least) = try factorization.solve(rows, target)
    return ConditionedPrecision(
      precision: SquareRootPrecision(rows, factor: factor), shift: least.solution,
      squares: least.squares)
  }
}
