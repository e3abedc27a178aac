import Tensors

/// A positive definite precision matrix `P = L Lᵀ` with a known graph, or a batch of such matrices.
///
/// `L` is lower triangular with a positive diagonal, in an order of the variables that the
/// structure chooses. Vectors are always in the original order of the variables. Vectors have the
/// shape `[draws…, batch…, k]`. All results except `conditionEstimate` are differentiable in the
/// parameters of the structure and in the vectors.
///
/// `GaussianGraphicalModel` computes densities, samples, entropies, covariances and divergences
/// from these requirements. The requirements for conditioning, sums and marginals have defaults,
/// which take the elements of `P` and choose the cheapest structure for their graph
/// (`cheapestPrecision`). A structure implements one of them itself if it can keep its type, its
/// accuracy or its speed. `FactorOperations` helps to write a structure that is fast.
public protocol PrecisionStructure<Scalar>: Sendable {
  /// The type of the elements.
  associatedtype Scalar: TensorScalar

  // MARK: Size and elements

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

  // MARK: Products and solves with the factor

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

  // MARK: Covariances and condition

  /// An estimate of the condition number of `P` after scaling to a unit diagonal, `[batch…]`, not
  /// differentiable.
  var conditionEstimate: Tensor<Scalar> { get }

  /// `Σ = P⁻¹` on a graph, if the structure has its own algorithm for it. The default is `nil`;
  /// then `covariances(on:)` uses a general algorithm.
  func ownCovariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar>?

  // MARK: Conditioning, sums and marginals
  //
  // The variable that an error names is a row of the precision that is requested.

  /// `P_UU` for some variables `U`, in increasing order: their precision given exact values of all
  /// other variables. Its batch is that of `P`.
  ///
  /// The default is the cheapest structure for the graph that is induced on `U`.
  /// - Throws: `NotPositiveDefinite`, with the index of the variable among `U`, if rounding leaves
  ///   no correct digit of the variances.
  /// - Complexity: by default that of `elements` and of a factorization.
  func submatrix(of variables: [Int]) throws -> any PrecisionStructure<Scalar>

  /// `P + diag(d)` for `d` of shape `[batch…, k]`, whose batch broadcasts with that of `P`.
  ///
  /// This is the precision of all variables given independent noisy values of them, where `d` holds
  /// the inverses of the variances of the noise. Elements of `d` may be negative.
  ///
  /// The default is the cheapest structure for the graph of `P`.
  /// - Throws: `NotPositiveDefinite`, with the variable.
  /// - Complexity: by default that of `elements` and of a factorization.
  func adding(toDiagonal added: Tensor<Scalar>) throws -> any PrecisionStructure<Scalar>

  /// `P + M` for symmetric matrices `M` on any graph of the same variables, whose batch broadcasts
  /// with that of `P`. The graph of the sum is the union of both graphs.
  ///
  /// The default is the cheapest structure for this union.
  /// - Throws: `NotPositiveDefinite`, with the variable.
  /// - Complexity: by default that of `elements` and of a factorization on the union.
  func adding(_ elements: SymmetricElements<Scalar>) throws -> any PrecisionStructure<Scalar>

  /// The precision of the joint marginal distribution of `s` variables in the given order, with all
  /// others integrated out: the inverse of `Σ` on these variables. Its batch is that of `P`.
  ///
  /// The default is a dense `SquareRootPrecision`. With the columns `C = L⁻¹ E` for these
  /// variables, `Σ` on them is `CᵀC`, and an orthogonal factorization of `C` gives a square root of
  /// the inverse. Its relative error is that of the columns plus about `s ε √κ`, where `κ` is the
  /// condition number of `Σ` on these variables after scaling to a unit diagonal.
  /// - Throws: `NotPositiveDefinite`, with the index of the variable among the given ones and the
  ///   condition number, if rounding leaves no correct digit.
  /// - Complexity: by default a solve for each of the `s` variables, `O(s²·k)` and `O(s³)`.
  func marginal(of variables: [Int]) throws -> any PrecisionStructure<Scalar>

  /// The precision of the variables that evidence leaves, the shift of their means, and the minimum
  /// of the sum of squares that determines the density of the evidence (`ConditionedPrecision`).
  ///
  /// The values of the evidence are deviations from the means, `[draws…, batch…, n]`.
  ///
  /// By default, the precision is `submatrix(of:)` of the other variables for exact values, and
  /// `adding(toDiagonal:)` of the inverse variances for noisy values, so that a structure with own
  /// implementations of these needs none of this.
  /// - Throws: `GraphicalModelError` for a variable that is out of range or occurs twice, and if no
  ///   variable remains; `NotPositiveDefinite`, with the index of the variable among
  ///   `deviations.remainingVariables(of: dimension)`.
  /// - Complexity: by default that of `elements`, a factorization and a solve.
  func conditioned(on deviations: Evidence<Scalar>) throws -> ConditionedPrecision<Scalar>

  /// The columns of `L` for a single matrix, in an order in which the variables are eliminated.
  ///
  /// The default is a sparse factorization of `elements`, in an order with little fill.
  /// - Throws: `NotPositiveDefinite`, with the variable, if the factorization fails because of
  ///   rounding.
  /// - Complexity: by default a sparse factorization.
  func factorColumns() throws -> [FactorColumn<Scalar>]

  // MARK: Parameters

  /// The tensors from which `withParameters` makes this precision. The default is the diagonal and
  /// the off-diagonal elements of `P`. A structure implements both or neither.
  var parameters: [Tensor<Scalar>] { get }

  /// The precision of the same kind and graph with other parameters, maybe of another type: with
  /// `parameters` converted to `Double`, for example, this precision in `Double`.
  ///
  /// The default is the cheapest structure for the graph.
  /// - Throws: `NotPositiveDefinite`, with the variable.
  /// - Complexity: by default a factorization.
  func withParameters<Other: TensorScalar>(
    _ parameters: [Tensor<Other>]
  ) throws -> any PrecisionStructure<Other>
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
