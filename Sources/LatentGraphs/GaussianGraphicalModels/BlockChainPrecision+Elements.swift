import Tensors

extension BlockChainPrecision {
  /// The block chain of blocks of `blockSize` variables with these elements, whose graph joins
  /// variables of the same and of neighbouring blocks alone.
  /// - Throws: `NotPositiveDefinite`, with the pivot.
  public init(elements: SymmetricElements<Scalar>, blockSize d: Int) throws {
    let (k, edges) = (elements.dimension, elements.graph.edges)
    require(
      d > 0 && k % d == 0 && edges.allSatisfy { $0.second / d - $0.first / d <= 1 },
      "a graph of \(k) variables is no chain of blocks of \(d)")
    // Within a block an element has two places; below the diagonal only one is kept.
    let inner = edges.indices.filter { edges[$0].first / d == edges[$0].second / d }
    let outer = edges.indices.filter { edges[$0].first / d != edges[$0].second / d }
    func place(_ row: Int, _ column: Int) -> Int { (column / d * d + row % d) * d + column % d }
    let within = elements.offDiagonal.gathered(at: inner)
    let diagonal =
      elements.diagonal.scattered(to: (0..<k).map { place($0, $0) }, count: k * d)
      + within.scattered(
        to: inner.map { place(edges[$0].second, edges[$0].first) }, count: k * d)
      + within.scattered(
        to: inner.map { place(edges[$0].first, edges[$0].second) }, count: k * d)
    let lower = elements.offDiagonal.gathered(at: outer).scattered(
      to: outer.map { place(edges[$0].second, edges[$0].first) }, count: (k - d) * d)
    let batch = elements.batchShape
    try self.init(
      diagonalBlocks: diagonal.reshaped(to: batch + [k / d, d, d]),
      lowerBlocks: lower.reshaped(to: batch + [k / d - 1, d, d]))
  }
}

extension UndirectedGraph {
  /// The size of the blocks, at least 2, with which this is the graph of a block chain of three blocks
  /// or more that are at least half full.
  var blockSize: Int? {
    guard let reach = edges.lazy.map(\.offset).max(), reach > 1 else { return nil }
    // Neighbouring blocks of d reach 2d − 1 at most; blocks larger than the reach would be less full.
    return ((reach + 2) / 2...reach).first { d in
      dimension % d == 0 && dimension >= 3 * d
        && edges.allSatisfy { $0.second / d - $0.first / d <= 1 }
        && 2 * edges.count >= dimension / d * (d * (d - 1) / 2) + (dimension / d - 1) * d * d
    }
  }
}
