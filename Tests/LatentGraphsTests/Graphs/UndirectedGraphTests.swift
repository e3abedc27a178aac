import LatentGraphs
import Measurements
import TestSupport
import Testing

extension GraphTests {
  @Suite("Undirected graphs") struct UndirectedGraphs {
    typealias Edge = UndirectedGraph.Edge

    static func pairs(_ graph: UndirectedGraph) -> [[Int]] {
      graph.edges.map { [$0.first, $0.second] }
    }

    @Test("The edges of a graph are sorted, in whatever order they are given")
    func order() throws {
      let graph = try UndirectedGraph(dimension: 4, edges: [Edge(3, 1), Edge(2, 0), Edge(0, 1)])
      #expect(Self.pairs(graph) == [[0, 1], [0, 2], [1, 3]])
      #expect(try graph == UndirectedGraph(dimension: 4, edges: graph.edges.reversed()))
      #expect(try graph != UndirectedGraph(dimension: 5, edges: graph.edges))
    }

    @Test("Invalid edges cause a typed error that names the edge")
    func errors() {
      #expect(throws: GraphicalModelError.edgeOutOfRange(Edge(1, 4), dimension: 4)) {
        try UndirectedGraph(dimension: 4, edges: [Edge(0, 1), Edge(4, 1)])
      }
      #expect(throws: GraphicalModelError.edgeOutOfRange(Edge(-1, 2), dimension: 4)) {
        try UndirectedGraph(dimension: 4, edges: [Edge(2, -1)])
      }
      #expect(throws: GraphicalModelError.loop(variable: 2)) {
        try UndirectedGraph(dimension: 4, edges: [Edge(2, 2)])
      }
      #expect(throws: GraphicalModelError.repeatedEdge(Edge(0, 3))) {
        try UndirectedGraph(dimension: 4, edges: [Edge(0, 3), Edge(1, 2), Edge(3, 0)])
      }
    }

    @Test("An edge with a node number that is too large stops the program with the numbers")
    func wideEdges() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = UndirectedGraph.Edge(1 << 40, 3)
        }, "\(1 << 40)", "3", "2³¹")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = UndirectedGraph.Edge(7, -1 << 40)
        }, "7", "\(-1 << 40)", "2³¹")
    }

    /// Graphs of up to 4,194,304 variables and edges in total are kept, and the last graph of any
    /// size. Runs in a process of its own, because other tests would make graphs at the same time.
    @Test("Common graphs are cached up to a limit")
    func commonGraphs() async {
      await #expect(processExitsWith: .success) {
        let limit = 1 << 22
        for width in [2, 400, 300, 3] {
          let grid = UndirectedGraph.grid(height: 3001, width: width)
          let size = grid.dimension + grid.edges.count
          let kept = UndirectedGraph.commonSize
          require(kept >= size && kept <= max(size, limit), "\(kept) are kept after \(size)")
        }
      }
    }

    /// Runs in a process of its own, because other tests would allocate memory at the same time.
    @Test("Graphs that refer to each other or to themselves are released after use")
    func knownGraphs() async {
      await #expect(processExitsWith: .success) {
        /// Makes two graphs and their unions, and a factor whose covariances are asked for on its
        /// own graph.
        func work(_ seed: Int) throws {
          let k = 1 << 15
          let tree = try UndirectedGraph(
            dimension: k, edges: (1..<k).map { .init($0 - 1 - $0 % min(7 + seed, $0), $0) })
          let chain = try UndirectedGraph(
            dimension: k, edges: (1..<k).map { .init($0 - 1, $0) })
          require(tree.union(chain) == chain.union(tree), "a union depends on the order")
          let precision = try SparsePrecision(
            graph: chain, factorDiagonal: .full(2.0, [k]), factorOffDiagonal: .full(0.5, [k - 1]))
          _ = precision.covariances(on: chain)
        }
        for seed in 0..<5 { try work(seed) }
        let start = peakMemoryMiB()
        for seed in 5..<50 { try work(seed) }
        require(
          peakMemoryMiB() < start + 40,
          "\(peakMemoryMiB() - start) MiB more after 45 pairs of graphs")
      }
    }

    @Test("Values that do not fit a graph cause a typed error with both shapes")
    func values() {
      let graph = UndirectedGraph.chain(4)
      let diagonal = Tensor<Double>.full(2, [4])
      for (own, links) in [
        (diagonal, Tensor<Double>.zeros([4])), (.full(2, [3]), .zeros([3])),
        (diagonal, .zeros([2, 3])),
      ] {
        let expected = GraphicalModelError.valuesDoNotFit(
          dimension: 4, edges: 3, diagonal: own.shape, offDiagonal: links.shape)
        #expect(throws: expected) {
          try SparsePrecision(graph: graph, diagonal: own, offDiagonal: links)
        }
        #expect(throws: expected) {
          try SparsePrecision(graph: graph, factorDiagonal: own, factorOffDiagonal: links)
        }
      }
    }

    @Test("The messages of graph errors contain the values at fault")
    func messages() {
      let errors: [GraphicalModelError] = [
        .edgeOutOfRange(Edge(1, 4), dimension: 4), .loop(variable: 4), .repeatedEdge(Edge(1, 4)),
        .valuesDoNotFit(dimension: 4, edges: 3, diagonal: [4], offDiagonal: [4]),
        .evidenceOutOfRange(variable: 4, dimension: 4), .repeatedEvidence(variable: 4),
        .evidenceNotFinite(variable: 4),
      ]
      for error in errors { #expect(error.errorDescription!.contains("4")) }
      #expect(GraphicalModelError.nothingLeft.errorDescription!.contains("logDensity"))
    }

    @Test("Common graphs have the expected edges")
    func kinds() {
      #expect(Self.pairs(.chain(3)) == [[0, 1], [1, 2]])
      #expect(Self.pairs(.chain(1)) == [] && Self.pairs(.diagonal(3)) == [])
      #expect(Self.pairs(.grid(height: 2, width: 2)) == [[0, 1], [0, 2], [1, 3], [2, 3]])
      #expect(
        Self.pairs(.extendedGrid(height: 2, width: 2))
          == [[0, 1], [0, 2], [1, 2], [1, 3], [2, 3]])
      #expect(Self.pairs(.grid(height: 3, width: 1)) == Self.pairs(.chain(3)))
      #expect(Self.pairs(.banded(4, offsets: [2, 3])) == [[0, 2], [0, 3], [1, 3]])
      #expect(UndirectedGraph.blockChain(blocks: 3, size: 1) == .chain(3))
      #expect(UndirectedGraph.blockChain(blocks: 2, size: 2) == .complete(4))
      #expect(UndirectedGraph.blockChain(blocks: 3, size: 2).edges.count == 3 + 2 * 4)
    }

    @Test("A union has the edges of both graphs and does not depend on their order")
    func union() throws {
      let (chain, grid) = (UndirectedGraph.chain(6), UndirectedGraph.grid(height: 2, width: 3))
      let union = chain.union(grid)
      #expect(Set(union.edges) == Set(chain.edges).union(grid.edges))
      #expect(union.edges == union.edges.sorted())
      #expect(chain.isSubgraph(of: union) && grid.isSubgraph(of: union))
      #expect(!grid.isSubgraph(of: chain) && !chain.isSubgraph(of: grid))
      #expect(chain.union(grid) == union && union.union(chain) == union)
    }

    @Test("The cheapest structure is chosen by the edges of the graph")
    func cheapest() throws {
      func kind(_ graph: UndirectedGraph) throws -> String {
        let elements = try SymmetricElements(
          graph: graph, diagonal: Tensor<Double>.full(20, [graph.dimension]),
          offDiagonal: .full(-0.5, [graph.edges.count]))
        let precision = try cheapestPrecision(of: elements)
        expectClose(precision.matrix, elements.matrix.scalars, within: 1e-13)
        return String("\(type(of: precision))".prefix { $0 != "<" })
      }
      #expect(try kind(.diagonal(5)) == "DiagonalPrecision")
      #expect(try kind(.chain(5)) == "ChainPrecision")
      #expect(
        try kind(UndirectedGraph(dimension: 5, edges: [Edge(0, 1), Edge(3, 4)]))
          == "ChainPrecision")
      #expect(try kind(.grid(height: 3, width: 4)) == "GridPrecision")
      #expect(try kind(.complete(5)) == "DensePrecision")
      #expect(try kind(.blockChain(blocks: 4, size: 3)) == "BlockChainPrecision")
      #expect(try kind(.extendedGrid(height: 4, width: 4)) == "SparsePrecision")
      let star = (1..<9).map { Edge(0, $0) }
      #expect(try kind(UndirectedGraph(dimension: 9, edges: star)) == "SparsePrecision")
    }
  }
}
