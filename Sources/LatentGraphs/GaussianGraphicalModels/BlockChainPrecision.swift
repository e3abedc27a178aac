import Tensors

/// A block chain: `P` is block-tridiagonal with `T` blocks of `d` variables, and `L` is lower
/// block-bidiagonal. The states of a linear-Gaussian time series have such a precision.
///
///         ⎡ D₀  E₀ᵀ      ⎤             ⎡ A₀         ⎤
///     P = ⎢ E₀  D₁   E₁ᵀ ⎥ = L Lᵀ, L = ⎢ C₀  A₁     ⎥
///         ⎣     E₁   D₂  ⎦             ⎣     C₁  A₂ ⎦
///
/// Variable `t·d + a` is element `a` of block `t`. The recursion on the blocks is
/// `A_t A_tᵀ = D_t − C_{t−1} C_{t−1}ᵀ`, `C_t = E_t A_t⁻ᵀ`.
/// ```swift
/// let diagonal = Tensor<Double>.identity(2).broadcast(to: [100, 2, 2])
/// let lower = Tensor<Double>.full(-0.2, [99, 2, 2])
/// let precision = try BlockChainPrecision(diagonalBlocks: diagonal, lowerBlocks: lower)
/// let covariances = precision.blockCovariances.marginals  // [100, 2, 2]
/// ```
/// Conditioning on noisy evidence, or on exact values that leave blocks of equal size, gives a block
/// chain. Other exact evidence, in general, gives a `SparsePrecision`.
/// - Complexity: `O(T d²)` for products and solves with vectors, `O(T d)` for determinants,
///   `O(T d³)` for the factorization of `P` and for the covariances within blocks and of
///   neighbouring blocks. All are linear in the length of the chain.
///
/// H. E. Rauch, F. Tung and C. T. Striebel, Maximum likelihood estimates of linear dynamic systems,
/// AIAA Journal 3 (1965).
public struct BlockChainPrecision<Scalar: TensorScalar>: PrecisionStructure {
  /// The diagonal blocks of `L`, `A_t`, lower triangular with a positive diagonal:
  /// `[batch…, T, d, d]`.
  public let factorDiagonalBlocks: Tensor<Scalar>
  /// The blocks of `L` below the diagonal, `C_t` at the place `(t + 1, t)`:
  /// `[batch…, T − 1, d, d]`.
  public let factorLowerBlocks: Tensor<Scalar>
  private let operations: FactorOperations<Scalar>

  /// The precision `L Lᵀ`, given the blocks of `L`: the diagonal blocks, `[batch…, T, d, d]`, and
  /// the blocks below them, `[batch…, T − 1, d, d]`. Only the lower triangles of the diagonal
  /// blocks are read, and their diagonals must be positive.
  public init(factorDiagonalBlocks: Tensor<Scalar>, factorLowerBlocks: Tensor<Scalar>) {
    requireBlockChain(factorDiagonalBlocks, factorLowerBlocks)
    let lower = lowerBlocks(factorDiagonalBlocks)
    requireFactor(
      diagonal: lower.detached.diagonal(), lower, factorLowerBlocks, name: "a block chain")
    self.init(cleanDiagonalBlocks: lower, factorLowerBlocks)
  }

  /// The precision with symmetric diagonal blocks, `[batch…, T, d, d]`, and lower blocks, at the
  /// places `(t + 1, t)` of `P`, `[batch…, T − 1, d, d]`.
  ///
  /// The two elements of a symmetric pair in a diagonal block may differ by rounding errors of
  /// matrix products, `8 d ε √(Pᵢᵢ Pⱼⱼ)`. The lower one is read.
  ///
  /// The gradient of a diagonal block is that of a symmetric matrix: the two elements of a pair
  /// have equal gradients.
  /// - Throws: `GraphicalModelError.blockNotSymmetric`, with the block and the element;
  ///   `NotPositiveDefinite`, with the pivot among the `T·d` variables, also if the precision is so
  ///   nearly singular that no digit of the variances would be correct (`conditionEstimate`).
  /// - Complexity: `O(T d³)`; the rows of a batch are factored in parallel.
  public init(diagonalBlocks: Tensor<Scalar>, lowerBlocks: Tensor<Scalar>) throws {
    try self.init(diagonalBlocks: diagonalBlocks, lowerBlocks: lowerBlocks, isDominant: false)
  }

  /// - Parameter isDominant: Whether the precision is known to be far from singular.
  init(diagonalBlocks: Tensor<Scalar>, lowerBlocks: Tensor<Scalar>, isDominant: Bool) throws {
    requireBlockChain(diagonalBlocks, lowerBlocks)
    let (a, c, isFound) = try blockChainFactor(diagonal: diagonalBlocks, lower: lowerBlocks)
    self.init(cleanDiagonalBlocks: a, c)
    if isDominant || isFound { return }
    let shape = batchShape + [dimension]
    try checkCondition(of: self, diagonal: diagonalBlocks.diagonal().reshaped(to: shape)) {
      a.diagonal().reshaped(to: shape)
    }
  }

  /// A precision given by factor blocks whose elements above the diagonal are zero.
  init(cleanDiagonalBlocks: Tensor<Scalar>, _ factorLowerBlocks: Tensor<Scalar>) {
    self.factorDiagonalBlocks = cleanDiagonalBlocks
    self.factorLowerBlocks = factorLowerBlocks
    operations = blockChainOperations(cleanDiagonalBlocks, factorLowerBlocks)
  }

  /// The number of blocks, `T`.
  public var blockCount: Int { factorDiagonalBlocks.shape[-3] }

  /// The number of variables of a block, `d`.
  public var blockSize: Int { factorDiagonalBlocks.shape[-1] }

  /// The number of variables, `T·d`.
  public var dimension: Int { blockCount * blockSize }

  /// The shape of the batch.
  public var batchShape: Shape { factorDiagonalBlocks.shape.dropLast(3) }

  /// The graph in which each variable is joined with those of its block and of the next block.
  public var graph: UndirectedGraph { .blockChain(blocks: blockCount, size: blockSize) }

  /// `Σ log Lᵢᵢ`.
  public var logDeterminantOfFactor: Tensor<Scalar> {
    factorDiagonalBlocks.diagonal().reshaped(to: batchShape + [dimension]).log().sum(axis: -1)
  }

  /// `Lᵀ r`, `O(T d²)`.
  public func whiten(_ residual: Tensor<Scalar>) -> Tensor<Scalar> { operations.whiten(residual) }

  /// `L⁻ᵀ ε`, `O(T d²)`.
  public func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar> { operations.unwhiten(noise) }

  /// `L x`, `O(T d²)`.
  public func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    operations.multiplyFactor(x)
  }

  /// `L⁻¹ x`, `O(T d²)`.
  public func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> { operations.solveFactor(x) }

  /// The blocks of `P`: on the diagonal, `A_t A_tᵀ + C_{t−1} C_{t−1}ᵀ`, `[batch…, T, d, d]`, and
  /// below it, `C_t A_tᵀ`, `[batch…, T − 1, d, d]`. `O(T d³)`.
  public var blocks: (diagonal: Tensor<Scalar>, lower: Tensor<Scalar>) {
    let (a, c) = (factorDiagonalBlocks, factorLowerBlocks)
    let own = matrixProduct(a, a, transposingRight: true)
    guard blockCount > 1 else { return (own, c) }
    let links = matrixProduct(c, c, transposingRight: true)
    let first = Tensor<Scalar>.zeros(links.shape.replacing(axis: -3, with: 1))
    return (
      own + .concatenated([first, links], axis: -3),
      matrixProduct(c, a.slice(0..<blockCount - 1, axis: -3), transposingRight: true)
    )
  }

  /// The exact covariances within each block, `Σ_tt`, `[batch…, T, d, d]`, and of each block with
  /// the previous one, `Σ_{t+1,t}`, `[batch…, T − 1, d, d]`.
  ///
  /// `Σ_tt = A⁻ᵀA⁻¹ + Gᵀ Σ_{t+1,t+1} G` and `Σ_{t+1,t} = −Σ_{t+1,t+1} G` with `G = C A⁻¹`, from the
  /// last block to the first. This is the smoother of Rauch, Tung and Striebel (1965), and the
  /// selected inverse of Takahashi (1973).
  /// - Complexity: `O(T d³)`.
  public var blockCovariances: (marginals: Tensor<Scalar>, lagOne: Tensor<Scalar>) {
    blockChainCovariance(factorDiagonalBlocks, factorLowerBlocks)
  }

  /// The covariances within each block, `[batch…, T, d, d]`. `O(T d³)`.
  public var marginalCovariances: Tensor<Scalar> {
    blockChainMarginals(factorDiagonalBlocks, factorLowerBlocks)
  }

  /// `P` on its graph, gathered from its blocks.
  public var elements: SymmetricElements<Scalar> {
    let (diagonal, lower) = blocks
    return elements(of: diagonal, lower, on: graph)!
  }

  /// The diagonal of `P`, `Σⱼ Lᵢⱼ²`, `O(T d²)`.
  public var diagonal: Tensor<Scalar> {
    let own = factorDiagonalBlocks.squared().sum(axis: -1)
    let links = factorLowerBlocks.squared().sum(axis: -1)
    let first = Tensor<Scalar>.zeros(links.shape.replacing(axis: -2, with: 1))
    return (own + .concatenated([first, links], axis: -2)).reshaped(to: batchShape + [dimension])
  }

  /// The covariances on a graph, gathered from the blocks; `nil` if the graph has an edge between
  /// blocks that are not neighbours.
  public func ownCovariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar>? {
    if graph.edges.isEmpty {
      let variances = marginalCovariances.diagonal().reshaped(to: batchShape + [dimension])
      return SymmetricElements(graph, variances, .zeros(batchShape + [0]))
    }
    guard places(on: graph) != nil else { return nil }
    let (marginals, lagOne) = blockCovariances
    return elements(of: marginals, lagOne, on: graph)
  }

  /// The elements on a graph of a symmetric matrix with these blocks.
  private func elements(
    of diagonal: Tensor<Scalar>, _ lower: Tensor<Scalar>, on graph: UndirectedGraph
  ) -> SymmetricElements<Scalar>? {
    guard let places = places(on: graph) else { return nil }
    let joined = Tensor.concatenated(
      [diagonal, lower].map { $0.reshaped(to: batchShape + [$0.shape.last(3).count]) }, axis: -1)
    return SymmetricElements(
      graph, diagonal.diagonal().reshaped(to: batchShape + [dimension]),
      joined.gathered(at: places))
  }

  /// The places of the edges among the elements of the diagonal blocks, followed by the lower
  /// blocks; `nil` if an edge lies outside the blocks.
  private func places(on graph: UndirectedGraph) -> [Int]? {
    let (d, size) = (blockSize, blockSize * blockSize)
    var result: [Int] = []
    result.reserveCapacity(graph.edges.count)
    for edge in graph.edges {
      let (block, next) = (edge.first / d, edge.second / d)
      guard next - block <= 1 else { return nil }
      let start = next == block ? block * size : (blockCount + block) * size
      result.append(start + edge.second % d * d + edge.first % d)
    }
    return result
  }
}

private func requireBlockChain<Scalar>(_ diagonal: Tensor<Scalar>, _ lower: Tensor<Scalar>) {
  require(
    diagonal.rank >= 3 && diagonal.shape[-3] >= 1 && diagonal.shape[-1] >= 1
      && diagonal.shape[-2] == diagonal.shape[-1]
      && lower.shape == diagonal.shape.replacing(axis: -3, with: diagonal.shape[-3] - 1),
    "a block chain got diagonal blocks of shape \(diagonal.shape) and lower blocks of shape "
      + "\(lower.shape); it takes [batch…, T, d, d] and [batch…, T − 1, d, d]")
}
