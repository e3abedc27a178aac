import Tensors

// MARK: - The defaults

extension PrecisionStructure {
  /// `P_UU` in the cheapest structure for the induced graph.
  public func submatrix(of variables: [Int]) throws -> any PrecisionStructure<Scalar> {
    try cheapestSubmatrix(of: variables)
  }

  /// `P + diag(d)` in the cheapest structure for the graph.
  public func adding(toDiagonal added: Tensor<Scalar>) throws -> any PrecisionStructure<Scalar> {
    requireSum(withDiagonal: added)
    return try cheapestPrecision(of: elements.adding(toDiagonal: added))
  }

  /// `P + M` in the cheapest structure for the union of both graphs.
  public func adding(
    _ elements: SymmetricElements<Scalar>
  ) throws -> any PrecisionStructure<Scalar> {
    try cheapestSum(with: elements)
  }

  /// The precision of a marginal distribution, given by a square root.
  public func marginal(of variables: [Int]) throws -> any PrecisionStructure<Scalar> {
    try denseMarginal(of: variables)
  }

  /// The conditioning by `submatrix(of:)` and `adding(toDiagonal:)`.
  public func conditioned(
    on deviations: Evidence<Scalar>
  ) throws -> ConditionedPrecision<Scalar> {
    try conditionedByElements(deviations)
  }

  /// The columns of a sparse factor.
  public func factorColumns() throws -> [FactorColumn<Scalar>] {
    try SparsePrecision(elements: elements).factor.columns
  }

  /// The diagonal and the off-diagonal elements of `P`.
  public var parameters: [Tensor<Scalar>] {
    let elements = elements
    return [elements.diagonal, elements.offDiagonal]
  }

  /// The precision with these elements on the graph, in the cheapest structure.
  public func withParameters<Other: TensorScalar>(
    _ parameters: [Tensor<Other>]
  ) throws -> any PrecisionStructure<Other> {
    require(
      parameters.count == 2,
      "a precision of the elements of P got \(parameters.count) parameters; a structure with "
        + "`parameters` of its own needs `withParameters` too")
    return try cheapestPrecision(
      of: SymmetricElements(graph: graph, diagonal: parameters[0], offDiagonal: parameters[1]))
  }
}

// MARK: - Parts of the defaults and of the structures' own implementations

extension PrecisionStructure {
  /// `P_UU` in the cheapest structure for the induced graph.
  func cheapestSubmatrix(of variables: [Int]) throws -> any PrecisionStructure<Scalar> {
    requireIncreasing(variables, below: dimension)
    return try cheapestPrecision(of: elements.submatrix(of: variables))
  }

  /// `P + M` in the cheapest structure for the union of both graphs.
  func cheapestSum(
    with elements: SymmetricElements<Scalar>
  ) throws -> any PrecisionStructure<Scalar> {
    requireSum(with: elements)
    return try cheapestPrecision(of: self.elements.adding(elements))
  }

  /// The precision of a marginal distribution, given by a square root.
  func denseMarginal(of variables: [Int]) throws -> any PrecisionStructure<Scalar> {
    requireDistinct(variables)
    let batch = batchShape
    if variables.isEmpty {
      return DiagonalPrecision(logFactor: Tensor<Scalar>.zeros(batch + [0]))
    }
    let (s, k) = (variables.count, dimension)
    let ones = [Int](repeating: 1, count: batch.rank)
    let units = Tensor<Scalar>.ones([s])
      .scatterAdded(to: variables.enumerated().map { $0 * k + $1 }, count: s * k)
      .reshaped(to: Shape([s] + ones + [k])).broadcast(to: [s] + batch + [k])
    let columns = solveFactor(units).permuted(Array(1..<batch.rank + 1) + [batch.rank + 1, 0])
    return try SquareRootPrecision(covarianceRoot: columns)
  }

  /// The conditioning on exact values, given `P_UU` and `P_UE e`, which is `nil` if it is zero. The
  /// shift is `−P_UU⁻¹ P_UE e`.
  func conditioned(
    onExact variables: [Int], _ values: Tensor<Scalar>, others: [Int],
    rest: any PrecisionStructure<Scalar>, pull: Tensor<Scalar>?
  ) -> ConditionedPrecision<Scalar> {
    let shift =
      pull.map { -rest.solve($0) }
      ?? .zeros(values.shape.replacing(axis: -1, with: others.count))
    return ConditionedPrecision(
      precision: rest, shift: shift,
      squares: self.whiten(
        values.scatterAdded(to: variables, count: dimension)
          + shift.scatterAdded(to: others, count: dimension)
      ).squared().sum(axis: -1))
  }

  /// The conditioning in which `P_UE e` is computed from the elements of `P`.
  func conditionedByElements(
    _ deviations: Evidence<Scalar>
  ) throws -> ConditionedPrecision<Scalar> {
    let others = try deviations.remainingVariables(of: dimension)
    if deviations.isNoisy { return try conditionedByAdding(deviations) }
    let values = deviations.values(for: batchShape)
    var places = [Int?](repeating: nil, count: dimension)
    for (i, variable) in deviations.variables.enumerated() { places[variable] = i }
    return conditioned(
      onExact: deviations.variables, values, others: others, rest: try submatrix(of: others),
      pull: elements.product(others, values, places: places))
  }

  /// The conditioning in which `P_UE e` is a part of `L (Lᵀ e)`, for structures that are given by
  /// their factor: the elements of `P` are needed for `submatrix(of:)` only.
  func conditionedByProducts(
    _ deviations: Evidence<Scalar>
  ) throws -> ConditionedPrecision<Scalar> {
    let others = try deviations.remainingVariables(of: dimension)
    if deviations.isNoisy { return try conditionedByAdding(deviations) }
    let (known, values) = (deviations.variables, deviations.values(for: batchShape))
    let rest = try submatrix(of: others)
    let pull =
      known.isEmpty
      ? nil : multiply(values.scatterAdded(to: known, count: dimension)).gathered(at: others)
    return conditioned(onExact: known, values, others: others, rest: rest, pull: pull)
  }

  /// The conditioning on noisy values by `adding(toDiagonal:)`. The shift is `P′⁻¹ R⁻¹ y`.
  func conditionedByAdding(
    _ deviations: Evidence<Scalar>
  ) throws -> ConditionedPrecision<Scalar> {
    let (places, variances) = (deviations.variables, deviations.noiseVariances!)
    let values = deviations.values(for: batchShape)
    let weights = 1 / variances
    let posterior = try adding(
      toDiagonal: weights.scatterAdded(to: places, count: dimension))
    let shift = posterior.solve(
      (weights * values).scatterAdded(to: places, count: dimension))
    return ConditionedPrecision(
      precision: posterior, shift: shift,
      squares: self.whiten(shift).squared().sum(axis: -1)
        + (self.residual(of: values, at: places, variances, shift) / variances.squareRoot())
        .squared().sum(axis: -1))
  }

  /// `y − z_E` at the most probable `z` given noisy values `y`, where `R⁻¹ (y − z_E) = (P z)_E`.
  ///
  /// If the noise variance is small compared with the conditional variance of a variable given the
  /// others, the difference `y − z_E` consists of the rounding errors of `y`, which may be many
  /// standard deviations of the noise. The product `R (P z)_E` is accurate in this case.
  private func residual(
    of values: Tensor<Scalar>, at places: [Int], _ variances: Tensor<Scalar>,
    _ shift: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    let difference = values - shift.gathered(at: places)
    let isSmall = withoutRecording { (variances * diagonal.gathered(at: places)) .< 1 }
    guard isSmall.scalars.contains(1) else { return difference }
    let pull = multiply(shift).gathered(at: places)
    return isSmall.select(variances * pull, difference)
  }
}

// MARK: - Checks

extension PrecisionStructure {
  /// Stops the program unless the variables are distinct and in this precision.
  func requireDistinct(_ variables: [Int]) {
    require(
      variables.allSatisfy { (0..<dimension).contains($0) }
        && Set(variables).count == variables.count,
      "a marginal of the variables \(listed(variables)) was requested; they must be distinct and in "
        + "0..<\(dimension)")
  }

  /// Stops the program unless a vector can be added to the diagonal.
  func requireSum(withDiagonal added: Tensor<Scalar>) {
    require(
      added.rank >= 1 && added.shape[-1] == dimension
        && sumFits(added.shape.dropLast()),
      "a vector of shape \(added.shape) was added to the diagonal of a precision of batch "
        + "\(batchShape) and \(dimension) variables")
  }

  /// Stops the program unless symmetric matrices can be added.
  func requireSum(with elements: SymmetricElements<Scalar>) {
    require(
      elements.dimension == dimension && sumFits(elements.batchShape),
      "matrices of batch \(elements.batchShape) and \(elements.dimension) rows were added to a "
        + "precision of batch \(batchShape) and \(dimension) variables")
  }

  /// Whether the batch of this precision broadcasts with another one.
  private func sumFits(_ other: Shape) -> Bool { batchShape.broadcast(with: other) != nil }
}
