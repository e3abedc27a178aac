import Synchronization
import Tensors

/// The moral graph of a directed graph of nodes, by variables: each variable of a node is joined with
/// those of its parents, and the parents' variables with each other.
///
/// It is the graph of the precision `(I − B)ᵀ D⁻¹ (I − B)`. Beside it, where on it the terms of each
/// node go.
struct MoralizedNet: Sendable {
  let graph: UndirectedGraph
  let nodes: [Places]

  /// Where the terms of one node go, in the order in which they are listed.
  struct Places: Sendable {
    /// Its variables.
    let own: [Int]
    /// Those of its parents over open edges, and their places among all parents' variables.
    let parents: [Int]
    let openParents: [Int]
    /// The edges of each parent's variable with each of its own, row by row.
    let crossing: [Int]
    /// The edges of pairs of parents' variables, the first before the second.
    let pairs: [Int]
  }

  /// The moral graph over the edges that are open.
  static func of(_ graph: LatentGraph, isOpen: [Bool]) -> MoralizedNet {
    let known = recent.withLock { $0.first { $0.graph == graph && $0.isOpen == isOpen }?.moral }
    if let known { return known }
    let moral = MoralizedNet(graph, isOpen: isOpen)
    recent.withLock {
      $0.insert((graph, isOpen, moral), at: 0)
      if $0.count > 8 { $0.removeLast() }
    }
    return moral
  }

  /// The last ones: a training run compiles the same net at each step, and its graph is analysed once.
  private static let recent = Mutex<[(graph: LatentGraph, isOpen: [Bool], moral: MoralizedNet)]>([])

  private init(_ directed: LatentGraph, isOpen: [Bool]) {
    typealias Edge = UndirectedGraph.Edge
    var lists: [(own: [Int], parents: [Int], open: [Int], crossing: [Edge], pairs: [Edge])] = []
    for index in directed.nodes.indices {
      let own = Array(directed.range(of: index))
      var (parents, open, position): ([Int], [Int], Int) = ([], [], 0)
      for (edge, parent) in zip(directed.incoming[index], directed.parents(of: index)) {
        let range = directed.range(of: parent)
        if isOpen[edge] {
          parents += range
          open += position..<position + range.count
        }
        position += range.count
      }
      let crossing = parents.flatMap { parent in own.map { Edge(parent, $0) } }
      let pairs = parents.indices.flatMap { i in
        parents[(i + 1)...].map { Edge(parents[i], $0) }
      }
      lists.append((own, parents, open, crossing, pairs))
    }
    let edges = Set(lists.flatMap { $0.crossing + $0.pairs }).sorted()
    graph = UndirectedGraph(dimension: directed.dimension, sorted: edges)
    let number = Dictionary(uniqueKeysWithValues: zip(edges, edges.indices))
    nodes = lists.map { list in
      Places(
        own: list.own, parents: list.parents, openParents: list.open,
        crossing: list.crossing.map { number[$0]! }, pairs: list.pairs.map { number[$0]! })
    }
  }
}
