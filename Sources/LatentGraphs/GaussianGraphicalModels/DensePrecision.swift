import Tensors

/// A dense precision, in which every variable is joined with every other: `L` is a full lower
/// triangle. It is the reference against which the tests compare all other structures.
///
///         ⎡ P₁₁ P₂₁ P₃₁ ⎤             ⎡ l₁₁         ⎤
///     P = ⎢ P₂₁ P₂₂ P₃₂ ⎥ = L Lᵀ, L = ⎢ l₂₁ l₂₂     ⎥
///         ⎣ P₃₁ P₃₂ P₃₃ ⎦             ⎣ l₃₁ l₃₂ l₃₃ ⎦
///
/// ```swift
/// let precision = try DensePrecision<Double>(
///   matrix: Tensor([2, -1, -1, 2], shape: [2, 2]))
/// let variances = precision.marginalVariances  // [2/3, 2/3]
/// ```
/// - Complexity: `O(k³)` for the factorization and the covariances, `O(k²)` for samples and
///   densities.
public struct DensePrecision<Scalar: TensorScalar>: PrecisionStructure {
  /// `L`, lower triangular with a positive diagonal: `[batch…, k, k]`.
  public let factor: Tensor<Scalar>

  /// The precision `L Lᵀ`, given `L`, `[batch…, k, k]`. Elements above the diagonal are ignored.
  public init(factor: Tensor<Scalar>) {
    require(
      factor.rank >= 2 && factor.shape[-1] == factor.shape[-2],
      "a dense precision got a factor of shape \(factor.shape)")
    self.factor = factor.lowerTriangle()
    requireFactor(diagonal: factor.diagonal(), self.factor, name: "a dense precision")
  }

  /// The same for a factor that is zero above the diagonal and whose diagonal is computed by `exp`.
  /// The factor is not checked. If a diverging network makes the diagonal NaN, zero or infinite,
  /// these values propagate to the loss.
  init(lowerTriangle factor: Tensor<Scalar>) { self.factor = factor }

  /// The precision given as a symmetric matrix, `[batch…, k, k]`.
  ///
  /// The two elements of a symmetric pair may differ by rounding errors of matrix products,
  /// `8 k ε √(Pᵢᵢ Pⱼⱼ)`. The lower one is read.
  /// - Throws: `GraphicalModelError.notSymmetric`, with the element; `NotPositiveDefinite`, with
  ///   the pivot, also if the precision is so nearly singular that no digit of the variances would
  ///   be correct (`conditionEstimate`).
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
  public var batchShape: Shape { factor.shape.dropLast(2) }

  /// The complete graph.
  public var graph: UndirectedGraph { .complete(dimension) }

  /// All elements of `L Lᵀ`, `O(k³)`.
  public var elements: SymmetricElements<Scalar> {
    symmetricElements(of: matrixProduct(factor, factor, transposingRight: true), on: graph)
  }

  /// The diagonal of `P`, `Σⱼ Lᵢⱼ²`, `O(k²)`.
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
    // The transpose of L⁻ᵀ ε is the row vector εᵀ L⁻¹.
    onRows(noise) { triangularSolve(rows: $0, factor) }
  }

  /// `L⁻¹ x`, `O(k²)`.
  public func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    onRows(x) { triangularSolve(rows: $0, factor, transposing: true) }
  }

  /// The covariances on a graph, by `k` solves, `O(k³)`.
  public func ownCovariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar>? {
    covariancesBySolves(on: graph)
  }

  /// Applies a map of rows, `[batch…, draws, k]`, to vectors, `[draws…, batch…, k]`.
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

/// Stops the program if a diagonal element of a factor is not positive and finite, or another
/// element is not finite.
func requireFactor<Scalar>(
  diagonal: Tensor<Scalar>, _ others: Tensor<Scalar>..., name: String
) {
  if let place = diagonal.firstIndexNotPositive {
    stop(
      "\(name) got the element \(diagonal.scalars[place]) on the diagonal of its factor at "
        + "\(place); the diagonal must be positive and finite")
  }
  for elements in others where !elements.isFinite {
    let place = elements.scalars.firstIndex { !$0.isFinite }!
    stop(
      "\(name) got the element \(elements.scalars[place]) in its factor of shape "
        + "\(elements.shape) at \(place); all elements must be finite")
  }
}

/// The elements of symmetric matrices, `[batch…, k, k]`, on a graph.
func symmetricElements<Scalar>(
  of matrix: Tensor<Scalar>, on graph: UndirectedGraph
) -> SymmetricElements<Scalar> {
  let k = graph.dimension
  let all = matrix.reshaped(to: matrix.shape.dropLast(2) + [k * k])
  return SymmetricElements(
    graph, all.gathered(at: (0..<k).map { $0 * (k + 1) }),
    all.gathered(at: graph.edges.map { $0.first * k + $0.second }))
}
