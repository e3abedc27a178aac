import LatentGraphs
import Testing

extension GraphTests {
  @Suite("Latent graphs") struct LatentGraphTests {
    @Test("Nodes may be listed in any order, and edges are numbered child by child")
    func anyOrder() throws {
      let graph = try LatentGraph([
        .init("c", dimension: 2, parents: ["b", "a"]), .init("a", dimension: 3),
        .init("d", dimension: 1, parents: ["c"]), .init("b", dimension: 4, parents: ["a"]),
      ])
      #expect(graph.edgeNames == ["b → c", "a → c", "c → d", "a → b"])
      #expect(graph.edges.map(\.child) == [0, 0, 2, 3])
      #expect(graph.parents(of: 0) == [3, 1] && graph.parents(of: 1) == [])
      #expect(graph.parentDimension(of: 0) == 7 && graph.parentDimension(of: 1) == 0)
      #expect(graph.dimension == 10)
      #expect(graph.nodes.indices.map { graph.range(of: $0) } == [0..<2, 2..<5, 5..<6, 6..<10])
      #expect(graph.index(of: "d") == 2 && graph.index(of: "e") == nil)
      #expect(graph.order == [1, 3, 0, 2])
    }

    @Test("The order of a graph places every node after its parents")
    func order() throws {
      // The parents of a node are a random choice among the nodes with larger numbers. The nodes
      // are then shuffled.
      for seed in 0..<20 {
        var generator = Philox(seed: UInt64(seed))
        let count = 9
        let nodes = (0..<count).map { n in
          LatentGraph.Node(
            "\(n)", dimension: 1,
            parents: (n + 1..<count).filter { _ in Bool.random(using: &generator) }.map { "\($0)" })
        }
        let graph = try LatentGraph(nodes.shuffled(using: &generator))
        #expect(graph.order.sorted() == Array(0..<count))
        for (place, node) in graph.order.enumerated() {
          #expect(graph.parents(of: node).allSatisfy { graph.order[..<place].contains($0) })
        }
      }
    }

    @Test(
      "The graphs of the Graph VAE, the Ladder VAE and the VAE have the expected nodes and edges")
    func layers() {
      let full = LatentGraph.fullyConnected(nodes: 3, dimension: 2)
      #expect(full.nodes.map(\.name) == ["z3", "z2", "z1"])
      #expect(full.edgeNames == ["z3 → z2", "z3 → z1", "z2 → z1"])
      let chain = LatentGraph.chain(nodes: 3, dimension: 2)
      #expect(chain.edgeNames == ["z3 → z2", "z2 → z1"] && chain.dimension == 6)
      let single = LatentGraph.single(dimension: 5)
      #expect(single.edges.isEmpty && single.dimension == 5 && single.order == [0])
      #expect(LatentGraph.fullyConnected(nodes: 20, dimension: 1).edges.count == 190)
    }

    private func expect(
      _ error: LatentGraphError, _ message: String, _ nodes: LatentGraph.Node...,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      #expect(throws: error, sourceLocation: sourceLocation) { try LatentGraph(nodes) }
      #expect("\(error)" == message, sourceLocation: sourceLocation)
    }

    @Test("An error names what makes a list of nodes invalid")
    func errors() {
      expect(.noNodes, "the graph has no nodes; it needs at least one")
      expect(
        .repeatedName("a"), "two nodes are named a; names must differ",
        .init("a", dimension: 1), .init("b", dimension: 1), .init("a", dimension: 2))
      expect(
        .unknownParent(node: "b", parent: "styel"),
        "the node b has the parent styel, which is not a node of the graph; add it, or "
          + "correct its name",
        .init("style", dimension: 1), .init("b", dimension: 1, parents: ["style", "styel"]))
      expect(
        .repeatedParent(node: "b", parent: "a"),
        "the node b lists the parent a twice; list it once",
        .init("a", dimension: 1), .init("b", dimension: 1, parents: ["a", "a"]))
      expect(
        .dimension(node: "b", dimension: 0), "the node b has 0 variables; it needs at least one",
        .init("a", dimension: 1), .init("b", dimension: 0))
    }

    @Test("The error for a cycle names only its nodes, in the direction of the edges")
    func cycles() {
      expect(
        .cycle(["a"]), "the edges form a cycle, a → a; remove one of them",
        .init("a", dimension: 1, parents: ["a"]))
      // The edges are r → a → b → c → a, and c → d.
      let nodes: [LatentGraph.Node] = [
        .init("d", dimension: 1, parents: ["c"]), .init("r", dimension: 1),
        .init("a", dimension: 1, parents: ["r", "c"]), .init("b", dimension: 1, parents: ["a"]),
        .init("c", dimension: 1, parents: ["b"]),
      ]
      let error = #expect(throws: LatentGraphError.self) { try LatentGraph(nodes) }
      guard case .cycle(let names) = error else {
        Issue.record("\(String(describing: error)) is not an error for a cycle")
        return
      }
      #expect(names.sorted() == ["a", "b", "c"])
      for (name, next) in zip(names, names.dropFirst() + names.prefix(1)) {
        #expect(nodes.first { $0.name == next }!.parents.contains(name), "\(name) → \(next)")
      }
    }
  }
}
