import LatentGraphs
import Synchronization
import Tensors

extension PrecisionExample {
  /// The graph of a tree or of a sparse example, the same one for the same size, so that it is
  /// analysed once: each variable of a tree hangs on one drawn from those before it; each of a sparse
  /// graph is joined with three drawn from the 64 before it.
  var graph: UndirectedGraph {
    let key = Key(family: family, dimension: dimension)
    if let known = graphs.withLock({ $0[key] }) { return known }
    let graph = drawnGraph()
    graphs.withLock { $0[key] = graph }
    return graph
  }

  private func drawnGraph() -> UndirectedGraph {
    var generator = Philox(seed: 1)
    var edges: [UndirectedGraph.Edge] = []
    for i in 1..<max(dimension, 1) {
      let reach = family == .tree ? i : min(i, 64)
      let others = (0..<(family == .tree ? 1 : 3)).map { _ in
        i - 1 - Int.random(in: 0..<reach, using: &generator)
      }
      edges += Set(others).map { UndirectedGraph.Edge($0, i) }
    }
    do { return try UndirectedGraph(dimension: dimension, edges: edges) } catch {
      fatalError("an example's graph is not one: \(error)")
    }
  }
}

private struct Key: Hashable {
  let family: PrecisionFamily
  let dimension: Int
}

private let graphs = Mutex<[Key: UndirectedGraph]>([:])
