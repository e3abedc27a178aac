/// The indices of the nodes, each after its parents, computed by Kahn's algorithm (Kahn, 1962): a
/// node is appended as soon as all its parents have been.
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
  // Every remaining node has a remaining parent. Going from parent to parent therefore returns to a
  // node of the path, which closes a cycle.
  var path: [Int] = []
  var node = missing.firstIndex { $0 > 0 }!
  while !path.contains(node) {
    path.append(node)
    node = edges[incoming[node]].first { missing[$0.parent] > 0 }!.parent
  }
  let cycle = path[path.firstIndex(of: node)!...].reversed()
  throw LatentGraphError.cycle(cycle.map { nodes[$0].name })
}
