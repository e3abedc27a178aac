import LatentGraphs
import Tensors

extension PrecisionExample {
  /// The graph of a tree or of a sparse example, the same one for the same size, so that it is
  /// analysed once: each variable of a tree hangs on one drawn from those behind it, so that
  /// neighbours lie anywhere, and an ordered tree is the same one numbered along its branches to the
  /// root, which is last; each of a sparse graph is joined with three drawn from the 64 before it.
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
    if family == .sparse {
      for i in 1..<max(dimension, 1) {
        let others = (0..<3).map { _ in i - 1 - Int.random(in: 0..<min(i, 64), using: &generator) }
        edges += Set(others).map { UndirectedGraph.Edge($0, i) }
      }
    } else {
      let parents = (1..<max(dimension, 1)).map { Int.random(in: 0..<$0, using: &generator) }
      let numbers = family == .tree ? Array(0..<dimension) : preorder(parents)
      // From the last: a factor has one element in each column where children come before parents.
      edges = parents.enumerated().map { index, parent in
        UndirectedGraph.Edge(dimension - 1 - numbers[index + 1], dimension - 1 - numbers[parent])
      }
    }
    do { return try UndirectedGraph(dimension: dimension, edges: edges) } catch {
      fatalError("an example's graph is not one: \(error)")
    }
  }
}

/// The numbers of a tree's variables for which each is followed by all that hang on it, given the
/// parents of all but the first, which come before their children.
private func preorder(_ parents: [Int]) -> [Int] {
  var sizes = [Int](repeating: 1, count: parents.count + 1)
  for i in parents.indices.reversed() { sizes[parents[i]] += sizes[i + 1] }
  var (numbers, next) = (sizes.map { _ in 0 }, sizes.map { _ in 1 })
  for (i, parent) in parents.enumerated() {
    numbers[i + 1] = next[parent]
    next[parent] += sizes[i + 1]
    next[i + 1] = numbers[i + 1] + 1
  }
  return numbers
}

private struct Key: Hashable {
  let family: PrecisionFamily
  let dimension: Int
}

private let graphs = Lock<[Key: UndirectedGraph]>([:])
