import Tensors

/// A block chain: `P` is block-tridiagonal with `T` blocks of `d` variables, as a linear-Gaussian time
/// series has it, and `L` lower block-bidiagonal.
///
/// Variable `t·d + a` is the element `a` of the block `t`. Vectors take `O(T d²)`; determinants
/// `O(T d)`; the factor of a `P`, and the covariances within blocks and of neighbouring blocks,
/// `O(T d³)`: everything is linear in the length of the chain.
///
/// Conditioned on noisy evidence it stays a block chain; on exact values, where what remains is blocks
/// of one size again, as where whole blocks are given. Else what remains is a `SparsePrecision`.
public struct BlockChainPrecision<Scalar: TensorScalar>: PrecisionStructure {
  /// The blocks on the diagonal of `L`, lower triangular with a positive diagonal:
  /// `[batch…, T, d, d]`.
  public let factorDiagonalBlocks: Tensor<Scalar>
  /// The blocks below it, `L`'s block `(t + 1, t)`: `[batch…, T − 1, d, d]`.
  public let factorLowerBlocks: Tensor<Scalar>
  private let operations: FactorOperations<Scalar>

  /// The precision `L Lᵀ` of a factor with these blocks on its diagonal, `[batch…, T, d, d]`, of
  /// which the lower triangles are read and have positive diagonals, and these below it,
  /// `[batch…, T − 1, d, d]`.
  public init(factorDiagonalBlocks: Tensor<Scalar>, factorLowerBlocks: Tensor<Scalar>) {
    requireBlockChain(factorDiagonalBlocks, factorLowerBlocks)
    let lower = lowerBlocks(factorDiagonalBlocks)
    requireFactor(
      diagonal: lower.detached.diagonal(), lower, factorLowerBlocks, name: "a block chain")
    self.init(cleanDiagonalBlocks: lower, factorLowerBlocks)
  }

  /// The precision with these blocks on its diagonal, `[batch…, T, d, d]`, symmetric, and these below it,
  /// `P`'s block `(t + 1, t)`: `[batch…, T − 1, d, d]`.
  ///
  /// The elements of a pair within a block on the diagonal may differ by what products of matrices round,
  /// `8 d ε √(Pᵢᵢ Pⱼⱼ)`; of those the lower one is read.
  ///
  /// The gradient of a block on the diagonal is that of a symmetric matrix: the elements of a pair
  /// share it evenly.
  /// - Throws: `GraphicalModelError.blockNotSymmetric`, with the block and the element;
  ///   `NotPositiveDefinite`, with the pivot among the `T·d` variables, also where the precision is so
  ///   nearly singular that no digit of the variances is right (`conditionEstimate`).
  /// - Complexity: `O(T d³)`; the rows of a batch are factored side by side.
  public init(diagonalBlocks: Tensor<Scalar>, lowerBlocks: Tensor<Scalar>) throws {
    try self.init(diagonalBlocks: diagonalBlocks, lowerBlocks: lowerBlocks, isTame: false)
  }

  /// - Parameter isTame: Whether the precision is known to be far from singular.
  init(diagonalBlocks: Tensor<Scalar>, lowerBlocks: Tensor<Scalar>, isTame: Bool) throws {
    requireBlockChain(diagonalBlocks, lowerBlocks)
    let (a, c, isFound) = try blockChainFactor(diagonal: diagonalBlocks, lower: lowerBlocks)
    self.init(cleanDiagonalBlocks: a, c)
    if isTame || isFound { return }
    let shape = batchShape + [dimension]
    try checkCondition(of: self, diagonal: diagonalBlocks.diagonal().reshaped(to: shape)) {
      a.diagonal().reshaped(to: shape)
    }
  }

  /// From blocks without elements above their diagonals.
  private init(cleanDiagonalBlocks: Tensor<Scalar>, _ factorLowerBlocks: Tensor<Scalar>) {
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
  public var batchShape: Shape { factorDiagonalBlocks.shape.droppingLast(3) }

  /// Each variable with those of its block and of the next.
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

  /// The blocks of `P` on the diagonal, `A_t A_tᵀ + C_{t−1} C_{t−1}ᵀ`: `[batch…, T, d, d]`, and below
  /// it, `C_t A_tᵀ`: `[batch…, T − 1, d, d]`. `O(T d³)`.
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

  /// The covariances within each block, `Σ_tt`: `[batch…, T, d, d]`, and of each with the one before
  /// it, `Σ_{t+1,t}`: `[batch…, T − 1, d, d]`; exact.
  ///
  /// `Σ_tt = A⁻ᵀA⁻¹ + Gᵀ Σ_{t+1,t+1} G`, `Σ_{t+1,t} = −Σ_{t+1,t+1} G`, `G = C A⁻¹`, from the last
  /// block to the first: the smoother of Rauch, Tung and Striebel (1965), and the selected inverse of
  /// Takahashi (1973).
  /// - Complexity: `O(T d³)`.
  public var blockCovariances: (marginals: Tensor<Scalar>, lagOne: Tensor<Scalar>) {
    blockChainCovariance(factorDiagonalBlocks, factorLowerBlocks)
  }

  /// The covariances within each block alone: `[batch…, T, d, d]`, `O(T d³)`.
  public var marginalCovariances: Tensor<Scalar> {
    blockChainMarginals(factorDiagonalBlocks, factorLowerBlocks)
  }

  /// The elements of its blocks.
  public var elements: SymmetricElements<Scalar> {
    let (diagonal, lower) = blocks
    return elements(of: diagonal, lower, on: graph)!
  }

  /// `Σⱼ Lᵢⱼ²`, `O(T d²)`.
  public var diagonal: Tensor<Scalar> {
    let own = factorDiagonalBlocks.squared().sum(axis: -1)
    let links = factorLowerBlocks.squared().sum(axis: -1)
    let first = Tensor<Scalar>.zeros(links.shape.replacing(axis: -2, with: 1))
    return (own + .concatenated([first, links], axis: -2)).reshaped(to: batchShape + [dimension])
  }

  /// The elements of the covariance's blocks; `nil` for a graph that joins others than neighbours.
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

  /// Where the edges stand among the elements of the diagonal blocks, followed by the lower ones.
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
