import Tensors

/// A positive definite precision matrix `P = L Lᵀ` of a known graph, or a batch of them.
///
/// `L` is lower triangular in some order of the variables, with a positive diagonal; where it is not
/// their own order, vectors are still in theirs. A structure answers a few questions at the cost
/// that its graph allows; `GaussianGraphicalModel` asks nothing else. Vectors have the shape
/// `[draws…, batch…, k]`. All answers are differentiable in the structure's parameters and in the
/// vectors.
public protocol PrecisionStructure<Scalar>: Sendable {
  /// The type of its numbers.
  associatedtype Scalar: TensorScalar

  /// The number of variables, `k`.
  var dimension: Int { get }

  /// The shape of the batch, `[]` for a single matrix.
  var batchShape: Shape { get }

  /// Where `P` may differ from zero off its diagonal.
  var graph: UndirectedGraph { get }

  /// `P` on its graph.
  var elements: SymmetricElements<Scalar> { get }

  /// The diagonal of `P`, `[batch…, k]`: that of `elements`, or less work where the structure knows
  /// how.
  var diagonal: Tensor<Scalar> { get }

  /// `log det L = Σ log Lᵢᵢ`, half of `log det P`: `[batch…]`.
  var logDeterminantOfFactor: Tensor<Scalar> { get }

  /// `Lᵀ r`: of a residual of this Gaussian it makes white noise.
  func whiten(_ residual: Tensor<Scalar>) -> Tensor<Scalar>

  /// `L⁻ᵀ ε`: of white noise it makes a residual of this Gaussian.
  func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar>

  /// `L x`.
  func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar>

  /// `L⁻¹ x`.
  func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar>

  /// An estimate of the condition number of `P` when it is scaled to a unit diagonal, `[batch…]`.
  var conditionEstimate: Tensor<Scalar> { get }

  /// What of `Σ = P⁻¹` lies on a graph, where the structure knows it by itself; `nil`, the default,
  /// where it does not, and `covariances(on:)` takes another way.
  func ownCovariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar>?
}

extension PrecisionStructure {
  /// That of `elements`.
  public var diagonal: Tensor<Scalar> { elements.diagonal }

  /// `nil`: covariances are had by a way that all structures share.
  public func ownCovariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar>? { nil }

  /// `P x`.
  public func multiply(_ x: Tensor<Scalar>) -> Tensor<Scalar> { multiplyFactor(whiten(x)) }

  /// `P⁻¹ x = Σ x`.
  public func solve(_ x: Tensor<Scalar>) -> Tensor<Scalar> { unwhiten(solveFactor(x)) }

  /// `log det P`: `[batch…]`.
  public var logDeterminant: Tensor<Scalar> { 2 * logDeterminantOfFactor }

  /// The covariances of the pairs that a graph joins, and all variances, exact.
  ///
  /// - Complexity: that of the structure where it knows them by itself; else that of a selected
  ///   inverse on the union of its graph and the given one.
  public func covariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar> {
    require(
      graph.dimension == dimension,
      "covariances of \(dimension) variables on a graph of \(graph.dimension)")
    if let known = ownCovariances(on: graph) { return known }
    let union = self.graph.union(graph)
    // Where all is joined with all, solves cost the same and need no analysis.
    if union.edges.count == dimension * (dimension - 1) / 2 {
      return covariancesBySolves(on: graph)
    }
    let sparse = SparsePrecision(positiveDefinite: elements.spread(to: union))
    return sparse.covariances(on: graph)
  }

  /// The variances and the covariances of neighbours: `Σ` on the graph of `P`.
  public var neighbourCovariances: SymmetricElements<Scalar> { covariances(on: graph) }

  /// The variances, the diagonal of `Σ = P⁻¹`: `[batch…, k]`, exact.
  ///
  /// - Complexity: that of `covariances(on:)` for a graph without edges.
  public var marginalVariances: Tensor<Scalar> { covariances(on: .diagonal(dimension)).diagonal }

  /// `tr Σ`, exact: `[batch…]`.
  public var covarianceTrace: Tensor<Scalar> { marginalVariances.sum(axis: -1) }

  /// The dense precision matrix, `[batch…, k, k]`. For small `k`: it takes `k` products.
  public var matrix: Tensor<Scalar> {
    multiply(unitVectors).permuted(Array(1..<batchShape.rank + 1) + [0, batchShape.rank + 1])
  }

  /// The dense covariance matrix, `[batch…, k, k]`. For small `k`: it takes `k` solves.
  public var covarianceMatrix: Tensor<Scalar> {
    // Row j of `covarianceFactor` is L⁻ᵀ eⱼ, and Σ = L⁻ᵀ L⁻¹ = Σⱼ (L⁻ᵀ eⱼ)(L⁻ᵀ eⱼ)ᵀ.
    let rows = covarianceFactor.permuted(
      Array(1..<batchShape.rank + 1) + [0, batchShape.rank + 1])
    return matrixProduct(rows, rows, transposingLeft: true)
  }

  /// `L⁻ᵀ eⱼ` for each unit vector: `[k, batch…, k]`.
  var covarianceFactor: Tensor<Scalar> { unwhiten(unitVectors) }

  /// The unit vectors as draws: `[k, batch…, k]`.
  var unitVectors: Tensor<Scalar> {
    let ones = [Int](repeating: 1, count: batchShape.rank)
    return Tensor<Scalar>.identity(dimension)
      .reshaped(to: Shape([dimension] + ones + [dimension]))
      .broadcast(to: [dimension] + batchShape + [dimension])
  }

  /// By `k` solves, for small `k`.
  func covariancesBySolves(on graph: UndirectedGraph) -> SymmetricElements<Scalar> {
    guard graph.edges.isEmpty else { return symmetricElements(of: covarianceMatrix, on: graph) }
    return SymmetricElements(
      graph, covarianceFactor.squared().sum(axis: 0), .zeros(batchShape + [0]))
  }
}
