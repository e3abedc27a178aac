import Tensors

extension DensePrecision {
  /// The dense precision `L_U L_Uᵀ`, where `L_U` consists of the rows of `L` for these `u`
  /// variables. `O(u²·k)`.
  public func submatrix(of variables: [Int]) throws -> any PrecisionStructure<Scalar> {
    requireIncreasing(variables, below: dimension)
    if variables.count == dimension { return self }
    if variables.isEmpty { return try cheapestSubmatrix(of: variables) }
    let k = dimension
    let rows = factor.reshaped(to: batchShape + [k * k])
      .gathered(at: variables.flatMap { row in (0..<k).map { row * k + $0 } })
      .reshaped(to: batchShape + [variables.count, k])
    return try DensePrecision(matrix: matrixProduct(rows, rows, transposingRight: true))
  }

  /// A dense precision. `O(k³)`.
  public func adding(toDiagonal added: Tensor<Scalar>) throws -> any PrecisionStructure<Scalar> {
    requireSum(withDiagonal: added)
    let k = dimension
    let diagonal = added.scatterAdded(to: (0..<k).map { $0 * (k + 1) }, count: k * k)
    return try DensePrecision(
      matrix: product + diagonal.reshaped(to: added.shape.dropLast() + [k, k]))
  }

  /// A dense precision. `O(k³)`.
  public func adding(
    _ elements: SymmetricElements<Scalar>
  ) throws -> any PrecisionStructure<Scalar> {
    requireSum(with: elements)
    return try DensePrecision(matrix: product + elements.matrix)
  }

  /// The conditioning. For exact values of all but `u` variables, it takes `O(u²·k)`, and `O(k²)` for
  /// each vector of values.
  public func conditioned(
    on deviations: Evidence<Scalar>
  ) throws -> ConditionedPrecision<Scalar> {
    try conditionedByProducts(deviations)
  }

  /// The factor.
  public var parameters: [Tensor<Scalar>] { [factor] }

  /// The dense precision with this factor.
  public func withParameters<Other: TensorScalar>(
    _ parameters: [Tensor<Other>]
  ) throws -> any PrecisionStructure<Other> {
    DensePrecision<Other>(lowerTriangle: parameters[0])
  }

  /// `L Lᵀ`, `[batch…, k, k]`.
  private var product: Tensor<Scalar> { matrixProduct(factor, factor, transposingRight: true) }
}
