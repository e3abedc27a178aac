import LatentGraphs

extension UndirectedGraph {
  /// A tree in which the parent of each variable is one of the 16 variables before it.
  static func nearTree(_ k: Int) -> UndirectedGraph {
    var generator = Philox(seed: 31)
    return try! UndirectedGraph(
      dimension: k,
      edges: (1..<k).map {
        Edge(Int.random(in: max(0, $0 - 16)..<$0, using: &generator), $0)
      })
  }

  /// The largest difference between the indices of two joined variables.
  var longestEdge: Int { edges.map { abs($0.first - $0.second) }.max() ?? 0 }

  /// The number of operations of a factorization on this graph, which is also that of the selected
  /// inverse: the sum of the squared column counts. The variables are eliminated in the library's
  /// order by the textbook algorithm on sets.
  func eliminationWork() throws -> Int {
    let precision = try SparsePrecision<Double>(
      graph: self, diagonal: .full(Double(dimension), [dimension]),
      offDiagonal: .full(-0.5, [edges.count]))
    var place = [Int](repeating: 0, count: dimension)
    for (step, variable) in precision.eliminationOrder.enumerated() { place[variable] = step }
    // The rows below the diagonal in the column of each step.
    var columns = [Set<Int>](repeating: [], count: dimension)
    for edge in edges {
      let ends = [place[edge.first], place[edge.second]].sorted()
      columns[ends[0]].insert(ends[1])
    }
    var operations = 0
    for step in 0..<dimension {
      let column = columns[step]
      operations += (column.count + 1) * (column.count + 1)
      columns[step] = []
      guard let next = column.min() else { continue }
      columns[next].formUnion(column)
      columns[next].remove(next)
    }
    return operations
  }
}
