import Tensors

extension SparsePrecision {
  /// The sparse precision on the induced graph, which is analysed once for the same variables.
  public func submatrix(of variables: [Int]) throws -> any PrecisionStructure<Scalar> {
    requireIncreasing(variables, below: dimension)
    if variables.count == dimension { return self }
    return try SparsePrecision(elements: elements.submatrix(of: variables))
  }

  /// The sparse precision on the same graph, whose analysis is reused.
  public func adding(toDiagonal added: Tensor<Scalar>) throws -> any PrecisionStructure<Scalar> {
    requireSum(withDiagonal: added)
    return try SparsePrecision(elements: elements.adding(toDiagonal: added))
  }

  /// The sparse precision on the union of both graphs, which is analysed once for the same graphs.
  public func adding(
    _ elements: SymmetricElements<Scalar>
  ) throws -> any PrecisionStructure<Scalar> {
    requireSum(with: elements)
    return try SparsePrecision(elements: self.elements.adding(elements))
  }

  /// The conditioning. `P_UE e` is computed from the elements that were given, of `P` or of `L`.
  public func conditioned(
    on deviations: Evidence<Scalar>
  ) throws -> ConditionedPrecision<Scalar> {
    switch source {
    case .precision: try conditionedByElements(deviations)
    case .factor: try conditionedByProducts(deviations)
    }
  }

  /// The columns of the factor.
  public func factorColumns() throws -> [FactorColumn<Scalar>] { factor.columns }

  /// The given elements, of `P` or of `L`: the diagonal and those on the edges.
  public var parameters: [Tensor<Scalar>] {
    switch source {
    case .precision(let elements), .factor(let elements):
      [elements.diagonal, elements.offDiagonal]
    }
  }

  /// The sparse precision with these elements, of `P` or of `L`.
  public func withParameters<Other: TensorScalar>(
    _ parameters: [Tensor<Other>]
  ) throws -> any PrecisionStructure<Other> {
    switch source {
    case .precision(let own):
      try SparsePrecision<Other>(
        graph: own.graph, diagonal: parameters[0], offDiagonal: parameters[1])
    case .factor(let own):
      try SparsePrecision<Other>(
        graph: own.graph, factorDiagonal: parameters[0], factorOffDiagonal: parameters[1])
    }
  }
}
