import LatentGraphs
import TestSupport
import Testing

private let large = Int.max

private let mistakes: [Mistake] = [
  .init("a graph of -1 variables") { _ = UndirectedGraph.diagonal(-1) },
  .init("a chain of -1 variables") { _ = UndirectedGraph.chain(-1) },
  .init("a chain of \(large) variables") { _ = UndirectedGraph.chain(large) },
  .init("an arrow of -1 variables") { _ = UndirectedGraph.arrow(-1) },
  .init("an arrow of \(large) variables") { _ = UndirectedGraph.arrow(large) },
  .init("a complete graph of -1 variables") { _ = UndirectedGraph.complete(-1) },
  .init("a complete graph of 65536 variables") { _ = UndirectedGraph.complete(65_536) },
  .init("a complete graph of \(large) variables") { _ = UndirectedGraph.complete(large) },
  .init("a banded graph of -1 variables") { _ = UndirectedGraph.banded(-1, offsets: [1]) },
  .init("a banded graph of \(large) variables") {
    _ = UndirectedGraph.banded(large, offsets: [1, 2])
  },
  .init("a chain of -1 blocks of 3 variables") {
    _ = UndirectedGraph.blockChain(blocks: -1, size: 3)
  },
  .init("a chain of 3 blocks of -1 variables") {
    _ = UndirectedGraph.blockChain(blocks: 3, size: -1)
  },
  .init("a chain of -2 blocks of -2 variables") {
    _ = UndirectedGraph.blockChain(blocks: -2, size: -2)
  },
  .init("a chain of 4294967296 blocks of") {
    _ = UndirectedGraph.blockChain(blocks: 1 << 32, size: 1 << 32)
  },
  .init("a chain of 1 blocks of 100000 variables") {
    _ = UndirectedGraph.blockChain(blocks: 1, size: 100_000)
  },
  .init("a grid of -2×-2") { _ = UndirectedGraph.grid(height: -2, width: -2) },
  .init("a grid of 4294967296×4294967296") {
    _ = UndirectedGraph.grid(height: 1 << 32, width: 1 << 32)
  },
  .init("a grid of 0×3") { _ = UndirectedGraph.extendedGrid(height: 0, width: 3) },
  .init("dense of -1 variables") { _ = GraphStructure.dense(-1).elementCount },
  .init("dense of \(large) variables") { _ = GraphStructure.dense(large).elementCount },
  .init("chain of -1 variables") { _ = GraphStructure.chain(-1).offDiagonalCount },
  .init("grid of -2×-2 variables") {
    _ = GraphStructure.grid(height: -2, width: -2).dimension
  },
  .init("extended-grid of 4294967296×4294967296 variables") {
    _ = GraphStructure.extendedGrid(height: 1 << 32, width: 1 << 32).dimension
  },
  .init("node 9 in a graph of 2 nodes") { _ = try graph().parents(of: 9) },
  .init("node -1 in a graph of 2 nodes") { _ = try graph().parents(of: -1) },
  .init("node -1 in a graph of 2 nodes") { _ = try graph().range(of: -1) },
  .init("node 2 in a graph of 2 nodes") { _ = try graph().range(of: 2) },
  .init("node 2 in a graph of 2 nodes") { _ = try graph().parentDimension(of: 2) },
  .init("a pattern of bands of a matrix of -1 rows") {
    _ = BandPattern(dimension: -1, offsets: [0])
  },
  .init("a normal of \(large) variables") { _ = Normal<Float>.standard(large) },
  .init("a normal of -1 variables") { _ = Normal<Float>.standard(-1) },
  .init("a graph of 2 nodes of dimension \(large)") {
    _ = LatentGraph.chain(nodes: 2, dimension: large)
  },
  .init("a graph of 4294967296 nodes and") {
    SystemMemory.$stated.withValue(1 << 40) {
      _ = LatentGraph.fullyConnected(nodes: 1 << 32, dimension: 1)
    }
  },
  .init("a graph of 4294967296 nodes and 4294967295 edges takes more memory than the 1.0 GiB") {
    SystemMemory.$stated.withValue(1 << 30) {
      _ = LatentGraph.chain(nodes: 1 << 32, dimension: 1)
    }
  },
]

private func graph() throws -> LatentGraph {
  try LatentGraph([.init("a", dimension: 2), .init("b", dimension: 1, parents: ["a"])])
}

extension GraphTests {
  @Suite("Invalid sizes of graphs") struct SizeMistakes {
    @Test(
      "An invalid size of a graph stops the program with its values", arguments: mistakes.indices
    )
    func stops(index: Int) async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        [index] in
        try mistakes[index].commit()
      }
      expectMessage(result, mistakes[index])
    }

    @Test("Graphs of zero or one variables can be made")
    func smallest() throws {
      #expect(UndirectedGraph.chain(0).edges.isEmpty && UndirectedGraph.chain(1).edges.isEmpty)
      #expect(UndirectedGraph.complete(0).dimension == 0)
      #expect(UndirectedGraph.blockChain(blocks: 0, size: 3).dimension == 0)
      #expect(UndirectedGraph.blockChain(blocks: 2, size: 1).edges.count == 1)
      #expect(UndirectedGraph.banded(3, offsets: [2, .max, 0, -1]).edges == [.init(0, 2)])
      #expect(
        GraphStructure.chain(0).elementCount == 0 && GraphStructure.dense(0).elementCount == 0)
      #expect(GraphStructure.dense(5).offDiagonalCount == 10)
      #expect(GraphStructure.dense(4).offDiagonalCount == 6)
      #expect(GraphStructure.grid(height: 0, width: 3).elementCount == 0)
    }

    @Test("A graph with too many variables to count is refused with the node's name")
    func variables() {
      #expect(throws: LatentGraphError.dimension(node: "b", dimension: .max)) {
        try LatentGraph([.init("a", dimension: 1), .init("b", dimension: .max)])
      }
    }
  }
}
