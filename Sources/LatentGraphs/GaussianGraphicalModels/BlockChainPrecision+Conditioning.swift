import Tensors

extension BlockChainPrecision {
  /// The precision of these variables. It is a block chain if an equal number of variables, two or
  /// more, of each block remain, apart from blocks of which none remains; blocks that are not
  /// neighbours are joined by links of zero. Other variables, in general, have a `SparsePrecision`:
  /// the cheapest structure for the induced graph.
  public func submatrix(of variables: [Int]) throws -> any PrecisionStructure<Scalar> {
    requireIncreasing(variables, below: dimension)
    if variables.count == dimension { return self }
    let key = KeptBlocks.Key(variables: variables, blockSize: blockSize)
    guard let kept = graph.derived(key, { _ in KeptBlocks(key) }), kept.size > 1 else {
      return try cheapestSubmatrix(of: variables)
    }
    let (diagonal, lower) = blocks
    // The links of blocks that are not neighbours are gathered from a zero after the others.
    let zero = Tensor<Scalar>.zeros(batchShape + [1])
    let links = lower.reshaped(to: batchShape + [lower.shape.last(3).count])
    let (count, size) = (kept.count, kept.size)
    return try BlockChainPrecision(
      diagonalBlocks: diagonal.reshaped(to: batchShape + [diagonal.shape.last(3).count])
        .gathered(at: kept.diagonal).reshaped(to: batchShape + [count, size, size]),
      lowerBlocks: Tensor.concatenated([links, zero], axis: -1)
        .gathered(at: kept.links.map { $0 ?? links.shape[-1] })
        .reshaped(to: batchShape + [count - 1, size, size]))
  }

  /// A block chain with blocks of the same size. `O(T d³)`.
  public func adding(toDiagonal added: Tensor<Scalar>) throws -> any PrecisionStructure<Scalar> {
    requireSum(withDiagonal: added)
    let (t, d) = (blockCount, blockSize)
    let (diagonal, lower) = blocks
    let terms = added.scatterAdded(
      to: (0..<dimension).map { $0 * d + $0 % d }, count: dimension * d
    ).reshaped(to: added.shape.dropLast() + [t, d, d])
    let sum = diagonal + terms
    return try BlockChainPrecision(
      diagonalBlocks: sum,
      lowerBlocks: lower.broadcast(to: sum.shape.replacing(axis: -3, with: t - 1)))
  }

  /// A block chain with blocks of the same size, if the matrices have elements within blocks and
  /// between neighbouring blocks only; otherwise the cheapest structure for the union of both
  /// graphs.
  public func adding(
    _ elements: SymmetricElements<Scalar>
  ) throws -> any PrecisionStructure<Scalar> {
    guard elements.graph.isSubgraph(of: graph) else { return try cheapestSum(with: elements) }
    requireSum(with: elements)
    return try BlockChainPrecision(
      elements: self.elements.adding(elements), blockSize: blockSize)
  }

  /// The conditioning, `O(T d³)` and `O(T d²)` for each vector of values, if the result is a block
  /// chain.
  public func conditioned(
    on deviations: Evidence<Scalar>
  ) throws -> ConditionedPrecision<Scalar> {
    try conditionedByProducts(deviations)
  }

  /// `factorDiagonalBlocks` and `factorLowerBlocks`.
  public var parameters: [Tensor<Scalar>] { [factorDiagonalBlocks, factorLowerBlocks] }

  /// The block chain with these blocks of the factor.
  public func withParameters<Other: TensorScalar>(
    _ parameters: [Tensor<Other>]
  ) throws -> any PrecisionStructure<Other> {
    BlockChainPrecision<Other>(cleanDiagonalBlocks: parameters[0], parameters[1])
  }
}

/// The blocks that remain of a block chain if an equal number of variables of each of them is kept.
private struct KeptBlocks: Sendable {
  /// The number of the blocks, and of the variables of each.
  let count, size: Int
  /// The places of their elements among those of the diagonal blocks, and of the blocks that link
  /// each with the one before it; `nil` for links between blocks that were not neighbours.
  let diagonal: [Int], links: [Int?]

  /// The kept variables, in increasing order, and the size of the blocks.
  struct Key: Hashable, Sendable {
    let variables: [Int]
    let blockSize: Int
  }

  /// The kept blocks; `nil` if different numbers of variables of them are kept, or none at all.
  init?(_ key: Key) {
    let d = key.blockSize
    var blocks: [(index: Int, variables: [Int])] = []
    for variable in key.variables {
      if blocks.last?.index != variable / d { blocks.append((variable / d, [])) }
      blocks[blocks.count - 1].variables.append(variable % d)
    }
    guard let first = blocks.first,
      blocks.allSatisfy({ $0.variables.count == first.variables.count })
    else { return nil }
    (count, size) = (blocks.count, first.variables.count)
    var (diagonal, links): ([Int], [Int?]) = ([], [])
    for (place, block) in blocks.enumerated() {
      for row in block.variables {
        for column in block.variables { diagonal.append((block.index * d + row) * d + column) }
      }
      guard place > 0 else { continue }
      let before = blocks[place - 1]
      for row in block.variables {
        for column in before.variables {
          links.append(
            before.index + 1 == block.index ? (before.index * d + row) * d + column : nil)
        }
      }
    }
    (self.diagonal, self.links) = (diagonal, links)
  }
}
