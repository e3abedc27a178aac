import Tensors

/// A positive definite precision matrix `P = L Lᵀ` with a known graph, or a batch of such matrices.
///
/// `L` is lower triangular with a positive diagonal, in an order of the variables that the
/// structure chooses. Vectors are always in the original order of the variables. Vectors have the
/// shape `[draws…, batch…, k]`. All results except `conditionEstimate` are differentiable in the
/// parameters of the structure and in the vectors.
///
/// `GaussianGraphicalModel` computes densities, samples, entropies, covariances and divergences
/// from these requirements.
public protocol PrecisionStructure<Scalar>: Sendable {
  /// The type of the elements.
  associatedtype Scalar: TensorScalar

  /// The number of variables, `k`.
  var dimension: Int { get }

  /// The shape of the batch, `[]` for a single matrix.
  var batchShape: Shape { get }

  /// The graph of `P`: an edge for each pair of variables whose element of `P` may be nonzero.
  var graph: UndirectedGraph { get }

  /// The diagonal of `P` and its elements on the edges of `graph`.
  var elements: SymmetricElements<Scalar> { get }

  /// The diagonal of `P`, `[batch…, k]`. The default is that of `elements`; a structure may compute
  /// it at a lower cost.
  var diagonal: Tensor<Scalar> { get }

  /// `log det L = Σ log Lᵢᵢ`, half of `log det P`: `[batch…]`.
  var logDeterminantOfFactor: Tensor<Scalar> { get }

  /// `Lᵀ r`. It maps a residual `z − μ` of this Gaussian to white noise.
  func whiten(_ residual: Tensor<Scalar>) -> Tensor<Scalar>

  /// `L⁻ᵀ ε`. It maps white noise to a residual `z − μ` of this Gaussian.
  func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar>

  /// `L x`.
  func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar>

  /// `L⁻¹ x`.
  func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar>

  /// An estimate of the condition number of `P` after scaling to a unit diagonal, `[batch…]`, not
  /// differentiable.
  var conditionEstimate: Tensor<Scalar> { get }

  /// `Σ = P⁻¹` on a graph, if the structure has its own algorithm for it. The default is `nil`;
  /// then `covariances(on:)` uses a general algorithm.
  func ownCovariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar>?
}

extension PrecisionStructure {
  /// The diagonal of `elements`.
  public var diagonal: Tensor<Scalar> { elements.diagonal }

  /// `nil`: the covariances are computed by an algorithm for all structures.
  public func ownCovariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar>? { nil }

  /// `P x`.
  public func multiply(_ x: Tensor<Scalar>) -> Tensor<Scalar> { multiplyFactor(whiten(x)) }

  /// `P⁻¹ x = Σ x`.
  public func solve(_ x: Tensor<Scalar>) -> Tensor<Scalar> { unwhiten(solveFactor(x)) }

  /// `log det P`: `[batch…]`.
  public var logDeterminant: Tensor<Scalar> { 2 * logDeterminantOfFactor }

  /// All variances, and the covariances of the pairs that are joined in `graph`, exact.
  ///
  /// - Complexity: that of the structure's own algorithm, if it has one for this graph
  ///   (`ownCovariances(on:)`); otherwise that of a selected inverse on the union of the two
  ///   graphs.
  public func covariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar> {
    require(
      graph.dimension == dimension,
      "a precision of \(dimension) variables got a graph of \(graph.dimension) for its covariances")
    if let known = ownCovariances(on: graph) { return known }
    let union = self.graph.union(graph)
    // On a complete graph, solves have the same cost and need no symbolic analysis.
    if union.edges.count == dimension * (dimension - 1) / 2 {
      return covariancesBySolves(on: graph)
    }
    let sparse = SparsePrecision(positiveDefinite: elements.spread(to: union))
    return sparse.covariances(on: graph)
  }

  /// `Σ` on the graph of `P`: the variances and the covariances of neighbours.
  public var neighbourCovariances: SymmetricElements<Scalar> { covariances(on: graph) }

  /// The exact variances, that is, the diagonal of `Σ = P⁻¹`: `[batch…, k]`.
  ///
  /// - Complexity: that of `covariances(on:)` for a graph without edges.
  public var marginalVariances: Tensor<Scalar> { covariances(on: .diagonal(dimension)).diagonal }

  /// `tr Σ`, exact: `[batch…]`.
  public var covarianceTrace: Tensor<Scalar> { marginalVariances.sum(axis: -1) }

  /// The dense precision matrix, `[batch…, k, k]`. This takes `k` products and is meant for small
  /// `k`.
  public var matrix: Tensor<Scalar> {
    multiply(unitVectors).permuted(Array(1..<batchShape.rank + 1) + [0, batchShape.rank + 1])
  }

  /// The dense covariance matrix, `[batch…, k, k]`. This takes `k` solves and is meant for small
  /// `k`.
  public var covarianceMatrix: Tensor<Scalar> {
    // Row j of `covarianceFactor` is L⁻ᵀ eⱼ, and Σ = L⁻ᵀ L⁻¹ = Σⱼ (L⁻ᵀ eⱼ)(L⁻ᵀ eⱼ)ᵀ.
    let rows = covarianceFactor.permuted(
      Array(1..<batchShape.rank + 1) + [0, batchShape.rank + 1])
    return matrixProduct(rows, rows, transposingLeft: true)
  }

  /// `L⁻ᵀ eⱼ` for each unit vector `eⱼ`: `[k, batch…, k]`.
  var covarianceFactor: Tensor<Scalar> { unwhiten(unitVectors) }

  /// The unit vectors: `[k, batch…, k]`.
  var unitVectors: Tensor<Scalar> {
    let ones = [Int](repeating: 1, count: batchShape.rank)
    return Tensor<Scalar>.identity(dimension)
      .reshaped(to: Shape([dimension] + ones + [dimension]))
      .broadcast(to: [dimension] + batchShape + [dimension])
  }

  /// The covariances on a graph by `k` solves, for small `k`.
  func covariancesBySolves(on graph: UndirectedGraph) -> SymmetricElements<Scalar> {
    guard graph.edges.isEmpty else { return symmetricElements(of: covarianceMatrix, on: graph) }
    return SymmetricElements(
      graph, covarianceFactor.squared().sum(axis: 0), .zeros(batchShape + [0]))
  }
}
