import Tensors

extension Supernodes {
  /// The supernode of each column.
  var supernodeOf: [Int32] {
    var result: [Int32] = []
    result.reserveCapacity(order.count)
    for s in 0..<count { result += repeatElement(Int32(s), count: columns(s)) }
    return result
  }

  /// The rows below each supernode, as row indices of its parent's panel.
  func relativeRows() -> [Int32] {
    var result = [Int32](repeating: 0, count: rows.count)
    for s in 0..<count where parent[s] >= 0 {
      let p = Int(parent[s])
      let (start, end) = (first[p], first[p + 1])
      var below = rowStarts[p]
      for place in rowRange(s) {
        let row = rows[place]
        if row < end {
          result[place] = row - start
        } else {
          while rows[below] < row { below += 1 }
          result[place] = end - start + Int32(below - rowStarts[p])
        }
      }
    }
    return result
  }

  /// The places of the diagonal and of the elements on a graph's edges in the panels; `nil` if the
  /// factor lacks one of the edges.
  func entries(of graph: UndirectedGraph) -> PanelEntries? {
    let k = graph.dimension
    let supernodeOf = supernodeOf
    // A counting sort of the elements by column, which is the smaller of their two positions.
    var starts = [Int](repeating: 0, count: k + 1)
    for i in 0..<k { starts[i + 1] = 1 }
    func ends(_ edge: UndirectedGraph.Edge) -> (column: Int32, row: Int32) {
      let (a, b) = (position[Int(edge.low)], position[Int(edge.high)])
      return (min(a, b), max(a, b))
    }
    for edge in graph.edges { starts[Int(ends(edge).column) + 1] += 1 }
    for i in 0..<k { starts[i + 1] += starts[i] }
    let total = k + graph.edges.count
    var sources = [Int32](repeating: 0, count: total)
    var (panelRows, panelColumns) = (sources, sources)
    var next = starts
    for column in 0..<k {
      let at = next[column]
      next[column] += 1
      sources[at] = order[column]
      panelColumns[at] = Int32(column) - first[Int(supernodeOf[column])]
      panelRows[at] = panelColumns[at]
    }
    for (index, edge) in graph.edges.enumerated() {
      let (column, row) = ends(edge)
      let s = Int(supernodeOf[Int(column)])
      guard let panelRow = panelRow(of: row, in: s) else { return nil }
      let at = next[Int(column)]
      next[Int(column)] += 1
      sources[at] = Int32(k + index)
      panelColumns[at] = column - first[s]
      panelRows[at] = panelRow
    }
    return PanelEntries(
      starts: first.map { starts[Int($0)] }, sources: sources, rows: panelRows,
      columns: panelColumns)
  }

  /// The index of a position among the rows of a supernode's panel; `nil` if it is not among them.
  func panelRow(of row: Int32, in s: Int) -> Int32? {
    if row < first[s + 1] { return row - first[s] }
    var (low, high) = (rowStarts[s], rowStarts[s + 1])
    while low < high {
      let middle = (low + high) / 2
      if rows[middle] < row { low = middle + 1 } else { high = middle }
    }
    guard low < rowStarts[s + 1], rows[low] == row else { return nil }
    return first[s + 1] - first[s] + Int32(low - rowStarts[s])
  }
}

extension Supernodes {
  /// Disjoint subtrees of similar work, which can be computed in parallel, and the ranges between
  /// and above them. If the total work is small, there are no subtrees.
  ///
  /// The subtrees depend on the graph only, and not on the number of threads.
  func parts(_ children: Children) -> (subtrees: [Range<Int>], rest: [Range<Int>]) {
    var (work, start) = ([Double](repeating: 0, count: count), [Int](repeating: 0, count: count))
    for s in 0..<count {
      let (n, m) = (Double(columns(s)), Double(rowCount(s)))
      work[s] += 40 + n * n * n / 6 + n * n * m / 2 + n * m * m / 2 + m * m
      start[s] = children[s].first.map { start[Int($0)] } ?? s
      if parent[s] >= 0 { work[Int(parent[s])] += work[s] }
    }
    let roots = (0..<count).filter { parent[$0] < 0 }
    let total = roots.reduce(0) { $0 + work[$1] }
    guard total > 2e6 else { return ([], count > 0 ? [0..<count] : []) }
    // Parts that are too large are replaced by the subtrees of their children.
    var (pending, subtrees) = (roots, [Range<Int>]())
    while let s = pending.popLast() {
      if work[s] > total / 16 {
        pending += children[s].map { Int($0) }
      } else if work[s] > total / 1024 {
        subtrees.append(start[s]..<s + 1)
      }
    }
    subtrees.sort { $0.lowerBound < $1.lowerBound }
    guard subtrees.count > 1 else { return ([], [0..<count]) }
    return (subtrees, gaps(between: subtrees, count: count))
  }
}

/// The ranges of `0..<count` between sorted, disjoint ranges.
func gaps(between ranges: [Range<Int>], count: Int) -> [Range<Int>] {
  var (gaps, from) = ([Range<Int>](), 0)
  for range in ranges {
    if from < range.lowerBound { gaps.append(from..<range.lowerBound) }
    from = range.upperBound
  }
  if from < count { gaps.append(from..<count) }
  return gaps
}

/// The places of the update matrices, each of which is needed from the computation of its supernode
/// until that of the parent.
///
/// In a postorder these lifetimes are nested as on a stack, except that the update of a supernode
/// is computed while those of its children are still needed. Supernodes at even and odd depths
/// therefore use two stacks. A subtree that is computed in parallel has its own two stacks.
struct UpdateMemory {
  private(set) var places: [Int]
  private(set) var count = 0

  init(_ supernodes: Supernodes, subtrees: [Range<Int>]) {
    places = [Int](repeating: 0, count: supernodes.count)
    var isOdd = [Bool](repeating: false, count: supernodes.count)
    for s in (0..<supernodes.count).reversed() where supernodes.parent[s] >= 0 {
      isOdd[s] = !isOdd[Int(supernodes.parent[s])]
    }
    let children = Children(supernodes.parent)
    var isInSubtree = [Bool](repeating: false, count: supernodes.count)
    for subtree in subtrees {
      allot(Array(subtree), supernodes, children, isOdd) { _ in false }
      for s in subtree { isInSubtree[s] = true }
    }
    let rest = (0..<supernodes.count).filter { !isInSubtree[$0] }
    allot(rest, supernodes, children, isOdd) { isInSubtree[$0] }
  }

  private mutating func allot(
    _ range: [Int], _ supernodes: Supernodes, _ children: Children, _ isOdd: [Bool],
    elsewhere: (Int) -> Bool
  ) {
    var (tops, sizes) = ([0, 0], [0, 0])
    for s in range {
      for child in children[s] where !elsewhere(Int(child)) {
        tops[isOdd[s] ? 0 : 1] -= SupernodeTable.updateCount(rows: supernodes.rowCount(Int(child)))
      }
      let own = isOdd[s] ? 1 : 0
      places[s] = tops[own]
      tops[own] += SupernodeTable.updateCount(rows: supernodes.rowCount(s))
      sizes[own] = max(sizes[own], tops[own])
    }
    for s in range { places[s] += count + (isOdd[s] ? sizes[0] : 0) }
    count += sizes[0] + sizes[1]
  }
}
