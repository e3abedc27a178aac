/// The indices of nodes, each behind its parents, by Kahn's algorithm (Kahn, 1962): a node comes as
/// soon as all of its parents have.
///
/// - Throws: `LatentGraphError.cycle`, with the names in the direction of the edges.
func topologicalOrder(
  _ nodes: [LatentGraph.Node], _ edges: [LatentGraph.Edge], _ incoming: [Range<Int>]
) throws -> [Int] {
  var missing = incoming.map(\.count)
  var children: [[Int]] = Array(repeating: [], count: nodes.count)
  for edge in edges { children[edge.parent].append(edge.child) }
  var order = nodes.indices.filter { missing[$0] == 0 }
  var next = 0
  while next < order.count {
    for child in children[order[next]] {
      missing[child] -= 1
      if missing[child] == 0 { order.append(child) }
    }
    next += 1
  }
  guard order.count < nodes.count else { return order }
  // Every node that is left has a parent that is left: walking up meets a node again.
  var path: [Int] = []
  var node = missing.firstIndex { $0 > 0 }!
  while !path.contains(node) {
    path.append(node)
    node = edges[incoming[node]].first { missing[$0.parent] > 0 }!.parent
  }
  let cycle = path[path.firstIndex(of: node)!...].reversed()
  throw LatentGraphError.cycle(cycle.map { nodes[$0].name })
}
