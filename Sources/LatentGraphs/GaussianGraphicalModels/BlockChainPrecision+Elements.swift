import Tensors

extension BlockChainPrecision {
  /// The block chain with these elements and with blocks of `blockSize` variables. Each edge of the
  /// graph must join variables of the same block or of neighbouring blocks.
  /// - Throws: `NotPositiveDefinite`, with the pivot.
  public init(elements: SymmetricElements<Scalar>, blockSize d: Int) throws {
    let (k, edges) = (elements.dimension, elements.graph.edges)
    require(
      d > 0 && k % d == 0 && edges.allSatisfy { $0.second / d - $0.first / d <= 1 },
      "a graph of \(k) variables is not a chain of blocks of \(d)")
    // An element within a diagonal block is stored at two places; one in a lower block is stored
    // once.
    let inner = edges.indices.filter { edges[$0].first / d == edges[$0].second / d }
    let outer = edges.indices.filter { edges[$0].first / d != edges[$0].second / d }
    func place(_ row: Int, _ column: Int) -> Int { (column / d * d + row % d) * d + column % d }
    let within = elements.offDiagonal.gathered(at: inner)
    let diagonal =
      elements.diagonal.scatterAdded(to: (0..<k).map { place($0, $0) }, count: k * d)
      + within.scatterAdded(
        to: inner.map { place(edges[$0].second, edges[$0].first) }, count: k * d)
      + within.scatterAdded(
        to: inner.map { place(edges[$0].first, edges[$0].second) }, count: k * d)
    let lower = elements.offDiagonal.gathered(at: outer).scatterAdded(
      to: outer.map { place(edges[$0].second, edges[$0].first) }, count: (k - d) * d)
    let batch = elements.batchShape
    try self.init(
      diagonalBlocks: diagonal.reshaped(to: batch + [k / d, d, d]),
      lowerBlocks: lower.reshaped(to: batch + [k / d - 1, d, d]))
  }
}

extension UndirectedGraph {
  /// The smallest block size, at least 2, for which this is the graph of a block chain with at
  /// least three blocks and at least half of the possible edges; `nil` if there is none.
  var blockSize: Int? {
    guard let reach = edges.lazy.map(\.offset).max(), reach > 1 else { return nil }
    // Neighbouring blocks of size d have edges of offset 2d − 1 at most. Blocks larger than the
    // largest offset would have a smaller part of the possible edges.
    return ((reach + 2) / 2...reach).first { d in
      dimension % d == 0 && dimension >= 3 * d
        && edges.allSatisfy { $0.second / d - $0.first / d <= 1 }
        && 2 * edges.count >= dimension / d * (d * (d - 1) / 2) + (dimension / d - 1) * d * d
    }
  }
}
