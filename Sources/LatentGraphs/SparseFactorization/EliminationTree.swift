/// The elimination tree of a graph whose vertices are numbered in elimination order. The parent of
/// a column of the factor is the row of its first element below the diagonal, or −1 for a root.
///
/// J. Liu, The role of elimination trees in sparse factorization, SIAM J. Matrix Anal. Appl. 11
/// (1990).
/// - Complexity: nearly linear in the number of edges.
func eliminationTree(_ graph: Adjacency) -> [Int32] {
  var parent = [Int32](repeating: -1, count: graph.count)
  // Compressed paths to the roots of the trees found so far.
  var ancestor = parent
  for column in 0..<graph.count {
    for neighbour in graph[column] where neighbour < column {
      var vertex = Int(neighbour)
      while ancestor[vertex] != column {
        let next = ancestor[vertex]
        ancestor[vertex] = Int32(column)
        if next < 0 {
          parent[vertex] = Int32(column)
          break
        }
        vertex = Int(next)
      }
    }
  }
  return parent
}

/// A postorder of a forest: every subtree is a range of consecutive vertices that ends with its
/// root.
///
/// The order of siblings is preserved.
func postorder(_ parent: [Int32]) -> [Int32] {
  let children = Children(parent)
  var order: [Int32] = []
  order.reserveCapacity(parent.count)
  var path: [(vertex: Int32, next: Int)] = []
  for root in parent.indices where parent[root] < 0 {
    path.append((Int32(root), 0))
    while let (vertex, next) = path.last {
      let own = children[Int(vertex)]
      if next < own.count {
        path[path.count - 1].next += 1
        path.append((own[own.startIndex + next], 0))
      } else {
        order.append(vertex)
        path.removeLast()
      }
    }
  }
  return order
}

/// The children of each vertex of a forest, in increasing order.
struct Children {
  private(set) var starts: [Int32]
  private(set) var list: [Int32]

  init(_ parent: [Int32]) {
    starts = [Int32](repeating: 0, count: parent.count + 1)
    list = []
    for p in parent where p >= 0 { starts[Int(p) + 1] += 1 }
    for i in parent.indices { starts[i + 1] += starts[i] }
    list = [Int32](repeating: 0, count: Int(starts[parent.count]))
    var next = starts
    for (vertex, p) in parent.enumerated() where p >= 0 {
      list[Int(next[Int(p)])] = Int32(vertex)
      next[Int(p)] += 1
    }
  }

  subscript(_ vertex: Int) -> ArraySlice<Int32> {
    list[Int(starts[vertex])..<Int(starts[vertex + 1])]
  }
}

/// The number of elements in each column of the factor, including the diagonal, for a graph whose
/// vertices are numbered in a postorder of its elimination tree.
///
/// J. Gilbert, E. Ng and B. Peyton, An efficient algorithm to compute row and column counts for
/// sparse Cholesky factorization, SIAM J. Matrix Anal. Appl. 15 (1994).
/// - Complexity: nearly linear in the number of edges.
func columnCounts(_ graph: Adjacency, parent: [Int32]) -> [Int32] {
  let count = graph.count
  // The pattern of a row of the factor is a subtree of the elimination tree, which is determined by
  // its leaves. Each column first gets the number of rows in whose subtree it is a leaf, minus
  // corrections at the least common ancestors of successive leaves. The sum over the descendants of
  // a column is then its count.
  var counts = [Int32](repeating: 1, count: count)
  var first = [Int32](repeating: -1, count: count)
  for column in 0..<count {
    if first[column] < 0 { first[column] = Int32(column) } else { counts[column] = 0 }
    let p = Int(parent[column])
    if p >= 0, first[p] < 0 { first[p] = first[column] }
  }
  var latestFirst = [Int32](repeating: -1, count: count)
  var latestLeaf = latestFirst
  var ancestor = (0..<Int32(count)).map { $0 }
  for column in 0..<count {
    if parent[column] >= 0 { counts[Int(parent[column])] -= 1 }
    for neighbour in graph[column] where neighbour > column {
      let row = Int(neighbour)
      guard first[column] > latestFirst[row] else { continue }
      latestFirst[row] = first[column]
      counts[column] += 1
      let previous = latestLeaf[row]
      latestLeaf[row] = Int32(column)
      guard previous >= 0 else { continue }
      var meeting = previous
      while ancestor[Int(meeting)] != meeting { meeting = ancestor[Int(meeting)] }
      var vertex = previous
      while vertex != meeting {
        (ancestor[Int(vertex)], vertex) = (meeting, ancestor[Int(vertex)])
      }
      counts[Int(meeting)] -= 1
    }
    if parent[column] >= 0 { ancestor[column] = parent[column] }
  }
  for column in 0..<count where parent[column] >= 0 {
    counts[Int(parent[column])] += counts[column]
  }
  return counts
}
