import LatentGraphs
import Tensors

extension PrecisionExample {
  /// The graph of a tree or a sparse example. It is cached for each size, so that it is analysed
  /// once.
  ///
  /// In a tree, each variable is attached to a random variable with a larger index, so that
  /// neighbours are anywhere in memory. An ordered tree is the same tree numbered along its
  /// branches, with the root last. In a sparse graph, each variable is joined to three random ones
  /// among the 64 before it.
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
      // Reversed: a factor has one element in each column if children come before their parents.
      edges = parents.enumerated().map { index, parent in
        UndirectedGraph.Edge(dimension - 1 - numbers[index + 1], dimension - 1 - numbers[parent])
      }
    }
    do { return try UndirectedGraph(dimension: dimension, edges: edges) } catch {
      fatalError("an example's graph is invalid: \(error)")
    }
  }
}

/// A numbering of a tree's variables in which each is followed by all of its descendants, given the
/// parents of all but the first variable; parents come before their children.
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
