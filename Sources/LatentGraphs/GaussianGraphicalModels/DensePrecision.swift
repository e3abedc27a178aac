import Tensors

/// Every variable with every other: `L` is a full lower triangle. The twin that every other
/// structure is tested against.
public struct DensePrecision<Scalar: TensorScalar>: PrecisionStructure {
  /// `L`, lower triangular with a positive diagonal: `[batch…, k, k]`.
  public let factor: Tensor<Scalar>

  /// The precision `L Lᵀ` of this factor, `[batch…, k, k]`; what stands above its diagonal is
  /// ignored.
  public init(factor: Tensor<Scalar>) {
    require(
      factor.rank >= 2 && factor.shape[-1] == factor.shape[-2],
      "a dense precision got a factor of shape \(factor.shape)")
    self.factor = factor.lowerTriangle()
    requireFactor(diagonal: factor.diagonal(), self.factor, name: "a dense precision")
  }

  /// The same for a factor without elements above its diagonal, and exponentials on it. Those of a
  /// diverging network, which are no numbers, zero or infinite, go on into the loss.
  init(lowerTriangle factor: Tensor<Scalar>) { self.factor = factor }

  /// The precision given as a symmetric matrix, `[batch…, k, k]`.
  ///
  /// The elements of a pair may differ by what products of matrices round, `8 k ε √(Pᵢᵢ Pⱼⱼ)`; of those
  /// the lower one is read.
  /// - Throws: `GraphicalModelError.notSymmetric`, with the element; `NotPositiveDefinite`, with the
  ///   pivot, also where the precision is so nearly singular that no digit of the variances is right
  ///   (`conditionEstimate`).
  /// - Complexity: `O(k³)` for each matrix.
  public init(matrix: Tensor<Scalar>) throws {
    try checkSymmetry(of: matrix)
    let l = try matrix.cholesky()
    factor = l
    try checkCondition(of: self, diagonal: matrix.diagonal()) { l.diagonal() }
  }

  /// The number of variables.
  public var dimension: Int { factor.shape[-1] }

  /// The shape of the batch.
  public var batchShape: Shape { factor.shape.droppingLast(2) }

  /// Every variable with every other.
  public var graph: UndirectedGraph { .complete(dimension) }

  /// All places of `L Lᵀ`, `O(k³)`.
  public var elements: SymmetricElements<Scalar> {
    symmetricElements(of: matrixProduct(factor, factor, transposingRight: true), on: graph)
  }

  /// `Σⱼ Lᵢⱼ²`, `O(k²)`.
  public var diagonal: Tensor<Scalar> { factor.squared().sum(axis: -1) }

  /// `Σ log Lᵢᵢ`.
  public var logDeterminantOfFactor: Tensor<Scalar> { factor.diagonal().log().sum(axis: -1) }

  /// `Lᵀ r`, `O(k²)`.
  public func whiten(_ residual: Tensor<Scalar>) -> Tensor<Scalar> {
    onRows(residual) { matrixProduct($0, factor) }
  }

  /// `L x`, `O(k²)`.
  public func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    onRows(x) { matrixProduct($0, factor, transposingRight: true) }
  }

  /// `L⁻ᵀ ε`, `O(k²)`.
  public func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar> {
    // L⁻ᵀ ε of a row vector is ε L⁻¹.
    onRows(noise) { triangularSolve(rows: $0, factor) }
  }

  /// `L⁻¹ x`, `O(k²)`.
  public func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    onRows(x) { triangularSolve(rows: $0, factor, transposing: true) }
  }

  /// By a solve for each variable, `O(k³)`.
  public func ownCovariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar>? {
    covariancesBySolves(on: graph)
  }

  /// Applies a map of rows `[batch…, draws, k]` to vectors `[draws…, batch…, k]`.
  private func onRows(
    _ x: Tensor<Scalar>, _ map: (Tensor<Scalar>) -> Tensor<Scalar>
  ) -> Tensor<Scalar> {
    let batch = batchShape
    requireFit(x, batch: batch, dimension: dimension, name: "dense precision")
    let draws = x.count / max(batch.count * dimension, 1)
    let shaped = x.reshaped(to: [draws] + batch + [dimension])
    let order = Array(1..<batch.rank + 1) + [0, batch.rank + 1]
    let inverse = [batch.rank] + Array(0..<batch.rank) + [batch.rank + 1]
    return map(shaped.permuted(order)).permuted(inverse).reshaped(to: x.shape)
  }
}

/// Stops where an element of the diagonal of a factor is not positive and finite, or another is not
/// finite.
func requireFactor<Scalar>(
  diagonal: Tensor<Scalar>, _ others: Tensor<Scalar>..., name: String
) {
  if let place = diagonal.firstIndexNotPositive {
    stop(
      "\(name) got the element \(diagonal.scalars[place]) on the diagonal of its factor at "
        + "\(place); it takes positive and finite ones")
  }
  for elements in others where !elements.isFinite {
    let place = elements.scalars.firstIndex { !$0.isFinite }!
    stop(
      "\(name) got the element \(elements.scalars[place]) in its factor of shape "
        + "\(elements.shape) at \(place); it takes finite ones")
  }
}

/// What of symmetric matrices, `[batch…, k, k]`, lies on a graph.
func symmetricElements<Scalar>(
  of matrix: Tensor<Scalar>, on graph: UndirectedGraph
) -> SymmetricElements<Scalar> {
  let k = graph.dimension
  let all = matrix.reshaped(to: matrix.shape.droppingLast(2) + [k * k])
  return SymmetricElements(
    graph, all.gathered(at: (0..<k).map { $0 * (k + 1) }),
    all.gathered(at: graph.edges.map { $0.first * k + $0.second }))
}
