/// The supernodes of a factor. A supernode is a range of consecutive columns with common rows below
/// them, which is computed as one dense matrix.
struct Supernodes {
  /// The variables in elimination order.
  var order: [Int32]
  /// The position of each variable in this order.
  var position: [Int32]
  /// The first column of each supernode, followed by the number of columns.
  var first: [Int32]
  /// The supernode of the first row below each supernode, or −1 for a root.
  var parent: [Int32]
  /// The index of the first row of each supernode, followed by the number of all rows.
  var rowStarts: [Int]
  /// The rows below the columns of each supernode, in increasing order.
  var rows: [Int32]
  /// The number of elements on and below the diagonal, including explicit zeros.
  private(set) var fill = 0

  var count: Int { parent.count }
  func columns(_ s: Int) -> Int { Int(first[s + 1] - first[s]) }
  func rowCount(_ s: Int) -> Int { rowStarts[s + 1] - rowStarts[s] }
  func rowRange(_ s: Int) -> Range<Int> { rowStarts[s]..<rowStarts[s + 1] }

  /// Whether each supernode is a single column with at most one element below the diagonal.
  var isForest: Bool {
    count == order.count && (0..<count).allSatisfy { rowCount($0) <= 1 }
  }
}

extension Supernodes {
  /// The supernodes of a graph that is eliminated in the given order, or in an equivalent order.
  init(_ graph: UndirectedGraph, order proposed: [Int32]) {
    let proposedPosition = inverse(proposed)
    let tree = eliminationTree(
      Adjacency(dimension: graph.dimension, edges: graph.edges) { proposedPosition[Int($0)] })
    order = postorder(tree).map { proposed[Int($0)] }
    position = inverse(order)
    var adjacency = Adjacency(dimension: graph.dimension, edges: graph.edges) {
      [position] in position[Int($0)]
    }
    let columnParent = eliminationTree(adjacency)
    let counts = columnCounts(adjacency, parent: columnParent)
    if counts.allSatisfy({ $0 <= 2 }) {
      // In a forest without fill, merging columns would only add zeros.
      first = (0...Int32(graph.dimension)).map { $0 }
      parent = columnParent
      rowStarts = [0]
      rowStarts.reserveCapacity(graph.dimension + 1)
      for count in counts { rowStarts.append(rowStarts[rowStarts.count - 1] + Int(count) - 1) }
      rows = columnParent.filter { $0 >= 0 }
      fill = graph.dimension + rows.count
      return
    }

    let (groups, groupParent) = amalgamated(columnParent, counts)
    // The groups, and the columns within each of them, in a postorder of the tree of groups.
    let groupOrder = postorder(groupParent)
    let groupPosition = inverse(groupOrder)
    var columns: [Int32] = []
    columns.reserveCapacity(order.count)
    first = [0]
    for group in groupOrder {
      columns += groups[Int(group)]
      first.append(Int32(columns.count))
    }
    parent = groupOrder.map {
      groupParent[Int($0)] < 0 ? -1 : groupPosition[Int(groupParent[Int($0)])]
    }
    let old = order
    order = columns.map { old[Int($0)] }
    position = inverse(order)
    adjacency = Adjacency(dimension: graph.dimension, edges: graph.edges) {
      [position] in position[Int($0)]
    }
    (rowStarts, rows) = ([], [])
    findRows(adjacency)
    fill = (0..<count).reduce(0) {
      let (n, m) = (self.columns($1), rowCount($1))
      return $0 + n * (n + 1) / 2 + n * m
    }
  }

  /// Computes the rows below each supernode, as the union of those of the matrix and of the
  /// children.
  private mutating func findRows(_ graph: Adjacency) {
    let children = Children(parent)
    var mark = [Int32](repeating: -1, count: graph.count)
    rowStarts = [0]
    rowStarts.reserveCapacity(count + 1)
    for s in 0..<count {
      let end = first[s + 1]
      let start = rows.count
      for column in Int(first[s])..<Int(end) {
        for row in graph[column] where row >= end && mark[Int(row)] != Int32(s) {
          mark[Int(row)] = Int32(s)
          rows.append(row)
        }
      }
      for child in children[s] {
        for place in rowRange(Int(child)) {
          let row = rows[place]
          if row >= end, mark[Int(row)] != Int32(s) {
            mark[Int(row)] = Int32(s)
            rows.append(row)
          }
        }
      }
      rows[start...].sort()
      rowStarts.append(rows.count)
    }
  }
}

/// The inverse of a permutation: the position of each element.
func inverse(_ order: [Int32]) -> [Int32] {
  var result = [Int32](repeating: 0, count: order.count)
  for (place, element) in order.enumerated() { result[Int(element)] = Int32(place) }
  return result
}

/// Groups of columns, each of which becomes a supernode, and the tree of the groups.
///
/// First, a column is grouped with the next one if its structure has exactly one element more. Then
/// children are merged with their parents if one larger matrix with some zeros takes less time than
/// two matrices.
/// - Parameter parent: A postordered elimination tree.
private func amalgamated(
  _ parent: [Int32], _ counts: [Int32]
) -> (groups: [[Int32]], parent: [Int32]) {
  // Groups without zeros are runs of consecutive columns.
  var (starts, groupOf): ([Int32], [Int32]) = ([], [])
  groupOf.reserveCapacity(parent.count)
  for column in parent.indices {
    let joins =
      column > 0 && parent[column - 1] == column && counts[column - 1] == counts[column] + 1
    if !joins { starts.append(Int32(column)) }
    groupOf.append(Int32(starts.count - 1))
  }
  let count = starts.count
  starts.append(Int32(parent.count))
  var columns = (0..<count).map { Int(starts[$0 + 1] - starts[$0]) }
  let rows = (0..<count).map { Int(counts[Int(starts[$0 + 1]) - 1]) - 1 }
  var tree: [Int32] = (0..<count).map {
    let above = parent[Int(starts[$0 + 1]) - 1]
    return above < 0 ? -1 : groupOf[Int(above)]
  }

  // From the leaves to the roots. A child that is merged into its parent passes its own children
  // on.
  var joined = (0..<Int32(count)).map { $0 }
  var children = [[Int32]](repeating: [], count: count)
  for group in 0..<count {
    var kept: [Int32] = []
    // Children with more rows come first, because merging them adds fewer zeros.
    for child in children[group].sorted(by: { (rows[Int($0)], $0) > (rows[Int($1)], $1) }) {
      let c = Int(child)
      let separate =
        frontCost(columns: columns[c], rows: rows[c])
        + frontCost(columns: columns[group], rows: rows[group])
      let together = frontCost(columns: columns[c] + columns[group], rows: rows[group])
      if together < separate {
        columns[group] += columns[c]
        joined[c] = Int32(group)
        kept += children[c]
        children[c] = []
      } else {
        kept.append(child)
      }
    }
    children[group] = kept
    if tree[group] >= 0 { children[Int(tree[group])].append(Int32(group)) }
  }
  for group in (0..<count).reversed() where joined[group] != group {
    joined[group] = joined[Int(joined[group])]
  }

  // The remaining groups, renumbered in their order.
  var (number, left) = ([Int32](repeating: -1, count: count), Int32(0))
  for group in 0..<count where joined[group] == group {
    number[group] = left
    left += 1
  }
  var groups = [[Int32]](repeating: [], count: Int(left))
  for group in 0..<count {
    groups[Int(number[Int(joined[group])])] += starts[group]..<starts[group + 1]
  }
  for group in 0..<count where tree[group] >= 0 { tree[group] = joined[Int(tree[group])] }
  let remaining = (0..<count).filter { joined[$0] == $0 }
  let treeLeft: [Int32] = remaining.map { tree[$0] < 0 ? -1 : number[Int(tree[$0])] }
  return (groups, treeLeft)
}

/// A rough estimate, in nanoseconds, of the time for a dense matrix with these columns and rows
/// below them: overhead, arithmetic, and the update of its parent. It is only used to decide which
/// columns are merged.
private func frontCost(columns: Int, rows: Int) -> Double {
  if columns == 1, rows <= 2 { return 12 }
  let (n, m) = (Double(columns), Double(rows))
  let arithmetic = n * n * n / 6 + n * n * m / 2 + n * m * m / 2
  return 60 + 2 * n + 0.05 * arithmetic + 0.1 * n * (n + m) + 0.5 * m * m
}
