import Tensors

/// A directed acyclic graph with numbered nodes, in layers.
struct IndexedGraph {
  struct Edge: Hashable {
    let from: Int
    let to: Int
  }

  let nodeCount: Int
  let edges: [Edge]
  /// The length of the longest path from a root to each node.
  let layers: [Int]

  /// The graph of named nodes; stops for invalid names and cycles.
  init(nodes: [DirectedGraphPlot.Node], edges: [DirectedGraphPlot.Edge]) {
    var numbers: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      require(numbers[node.name] == nil, "two nodes of the graph have the name \"\(node.name)\"")
      numbers[node.name] = index
    }
    func number(_ name: String, of edge: DirectedGraphPlot.Edge) -> Int {
      guard let number = numbers[name] else {
        stop(
          "the edge \(edge.from) → \(edge.to) names \"\(name)\", which is not a node of the graph")
      }
      return number
    }
    var seen: Set<Edge> = []
    self.edges = edges.map { edge in
      let pair = Edge(from: number(edge.from, of: edge), to: number(edge.to, of: edge))
      require(
        seen.insert(pair).inserted, "the edge \(edge.from) → \(edge.to) is in the graph twice")
      return pair
    }
    nodeCount = nodes.count
    layers = IndexedGraph.layers(self.edges, names: nodes.map(\.name))
  }

  private static func layers(_ edges: [Edge], names: [String]) -> [Int] {
    var layers = [Int](repeating: 0, count: names.count)
    var openParents = layers
    var children = [[Int]](repeating: [], count: names.count)
    for edge in edges {
      openParents[edge.to] += 1
      children[edge.from].append(edge.to)
    }
    var ready = names.indices.filter { openParents[$0] == 0 }
    var next = 0
    while next < ready.count {
      let node = ready[next]
      next += 1
      for child in children[node] {
        layers[child] = max(layers[child], layers[node] + 1)
        openParents[child] -= 1
        if openParents[child] == 0 { ready.append(child) }
      }
    }
    if let first = names.indices.first(where: { openParents[$0] > 0 }) {
      let cycle = cycle(above: first, edges, isOpen: { openParents[$0] > 0 })
      let path = (cycle + cycle.prefix(1)).map { names[$0] }.joined(separator: " → ")
      stop("the graph has a cycle, \(path)")
    }
    return layers
  }

  /// The nodes of a cycle, in the direction of its edges, found by following parents.
  private static func cycle(above node: Int, _ edges: [Edge], isOpen: (Int) -> Bool) -> [Int] {
    var path = [node]
    while let parent = edges.first(where: { $0.to == path[path.count - 1] && isOpen($0.from) })?
      .from
    {
      if let start = path.firstIndex(of: parent) { return path[start...].reversed() }
      path.append(parent)
    }
    return path
  }

  /// The connected components, ignoring directions: each in the order of its nodes, and ordered by
  /// their first nodes.
  var components: [[Int]] {
    var leader = Array(0..<nodeCount)
    func root(_ node: Int) -> Int {
      var node = node
      while leader[node] != node { node = leader[node] }
      return node
    }
    for edge in edges {
      let (a, b) = (root(edge.from), root(edge.to))
      leader[max(a, b)] = min(a, b)
    }
    let groups = Dictionary(grouping: 0..<nodeCount, by: root)
    return groups.keys.sorted().compactMap { groups[$0] }
  }
}
