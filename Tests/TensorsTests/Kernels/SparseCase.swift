import CKernels
import Tensors
import TestSupport
import Testing

/// A random graph, its elimination in a random order, and supernodes of random sizes: the tables of
/// `sparse.h`, made by dense elimination. Some supernodes hold elements that are zero.
final class SparseCase {
  /// What a case is drawn from.
  struct Size: CustomTestStringConvertible, Sendable {
    let dimension, edges: Int
    var testDescription: String { "\(dimension) variables, up to \(edges) edges" }

    static let all = [
      (0, 0), (1, 0), (2, 1), (7, 0), (12, 15), (33, 40), (40, 200), (64, 64), (75, 1500),
    ].map { Size(dimension: $0.0, edges: $0.1) }
  }

  let dimension: Int
  let edges: [(Int, Int)]
  /// The variable at each position.
  let order: [Int32]
  /// The position of each variable.
  let position: [Int]
  let starts: [Int]
  let rows: [[Int32]]
  let panelStarts: [Int]
  let panelCount, updateCount, scratchCount: Int
  /// The most elements in a row of `L`, which bounds the lengths of sums.
  let depth: Int
  let table: SupernodeTable
  let entries: PanelEntries
  private let ends: Buffer<Int32>

  /// A case with these edges, or with random ones.
  init(dimension n: Int, edges given: [(Int, Int)], numbers: inout SplitMix) {
    dimension = n
    edges = Set(given.map { [min($0.0, $0.1), max($0.0, $0.1)] }).map { ($0[0], $0[1]) }
      .sorted { $0 < $1 }
    let order = Array(0..<n).shuffled(using: &numbers)
    var position = order
    for (place, variable) in order.enumerated() { position[variable] = place }

    // Elimination: the rows below each column, with fill.
    var columns = [Set<Int>](repeating: [], count: n)
    for (a, b) in edges {
      columns[min(position[a], position[b])].insert(max(position[a], position[b]))
    }
    for j in 0..<n {
      guard let parent = columns[j].min() else { continue }
      columns[parent].formUnion(columns[j].subtracting([parent]))
    }
    depth = 1 + ((0..<n).map { i in columns.count { $0.contains(i) } }.max() ?? 0)

    // A column joins the supernode of the column before it if that is its child.
    var starts = [Int]()
    for j in 0..<n where j == 0 || columns[j - 1].min() != j || numbers.next() % 3 == 0 {
      starts.append(j)
    }
    starts.append(n)
    let count = starts.count - 1
    let rows = (0..<count).map { s in columns[starts[s + 1] - 1].sorted().map(Int32.init) }
    var supernodeOf = [Int32](repeating: 0, count: n)
    for s in 0..<count {
      for j in starts[s]..<starts[s + 1] { supernodeOf[j] = Int32(s) }
    }
    let parents = rows.map { $0.first.map { supernodeOf[Int($0)] } }
    let children = (0..<count).map { s in
      (0..<count).filter { parents[$0] == Int32(s) }.map(Int32.init)
    }
    func panelRow(_ row: Int32, in s: Int) -> Int32 {
      let columns = starts[s + 1] - starts[s]
      if row < starts[s + 1] { return row - Int32(starts[s]) }
      return Int32(columns + rows[s].firstIndex(of: row)!)
    }
    func sums(_ counts: [Int]) -> [Int] { counts.reduce(into: [0]) { $0.append($0.last! + $1) } }
    let widths = (0..<count).map { starts[$0 + 1] - starts[$0] }
    panelStarts = sums((0..<count).map { widths[$0] * (widths[$0] + rows[$0].count) })
    let updates = sums(rows.map { SupernodeTable.updateCount(rows: $0.count) })
    (panelCount, updateCount) = (panelStarts.last!, updates.last!)
    scratchCount = (0..<count).reduce(0) {
      max($0, SupernodeTable.scratchCount(columns: widths[$1], rows: rows[$1].count))
    }
    table = SupernodeTable(
      first: starts.map(Int32.init), rowStarts: sums(rows.map(\.count)), rows: rows.flatMap { $0 },
      relative: (0..<count).flatMap { s in rows[s].map { panelRow($0, in: Int(parents[s]!)) } },
      childStarts: sums(children.map(\.count)).map(Int32.init), children: children.flatMap { $0 },
      updates: Array(updates.dropLast()), order: order.map(Int32.init), supernodeOf: supernodeOf)

    // Each element of the matrix, in the supernode of its column.
    var own = [[(source: Int, row: Int32, column: Int32)]](repeating: [], count: count)
    let elements =
      (0..<n).map { ($0, $0, $0) } + edges.enumerated().map { (n + $0, $1.0, $1.1) }
    for (source, a, b) in elements {
      let (low, high) = (min(position[a], position[b]), max(position[a], position[b]))
      let s = Int(supernodeOf[low])
      own[s].append((source, panelRow(Int32(high), in: s), Int32(low - starts[s])))
    }
    let list = own.flatMap { $0 }
    entries = PanelEntries(
      starts: sums(own.map(\.count)), sources: list.map { Int32($0.source) }, rows: list.map(\.row),
      columns: list.map(\.column))
    (self.order, self.position, self.starts, self.rows) = (
      order.map(Int32.init), position, starts, rows
    )
    ends = Buffer(edges.flatMap { [Int32($0.0), Int32($0.1)] })
  }

  convenience init(_ size: Size, numbers: inout SplitMix) {
    let n = size.dimension
    let edges = (0..<size.edges).map { _ in
      (Int.random(in: 0..<n, using: &numbers), Int.random(in: 0..<n, using: &numbers))
    }
    self.init(dimension: n, edges: edges.filter { $0.0 != $0.1 }, numbers: &numbers)
  }

  var nodeCount: Int { starts.count - 1 }

  /// The row of a panel that belongs to a position.
  func panelRow(_ row: Int, in s: Int) -> Int {
    row < starts[s + 1]
      ? row - starts[s] : starts[s + 1] - starts[s] + rows[s].firstIndex(of: Int32(row))!
  }

  var graph: LGEdges {
    LGEdges(ends: ends.pointer, count: edges.count, dimension: dimension)
  }

  func work(
    _ updates: UnsafeMutableRawPointer?, _ scratch: UnsafeMutableRawPointer?
  ) -> LGSparseWork {
    LGSparseWork(
      pattern: table.pattern, entries: entries.entries, begin: 0, end: nodeCount, helpers: 0,
      updates: updates, scratch: scratch)
  }

  /// A matrix on the graph, rounded to `Float`. Its diagonal is between 1 and 2, and the absolute
  /// sum of the other elements of a row is at most half as large, so that by Gershgorin's theorem
  /// its eigenvalues are between ½ and 3.
  func elements(numbers: inout SplitMix, share: Double = 0.5) -> (diagonal: [Double], off: [Double])
  {
    let diagonal = numbers.array(dimension, 1...2).map { Double(Float($0)) }
    var degree = [Double](repeating: 0, count: dimension)
    for (a, b) in edges { (degree[a], degree[b]) = (degree[a] + 1, degree[b] + 1) }
    let off = edges.map { edge in
      let most = share / max(degree[edge.0], degree[edge.1])
      return Double(Float(numbers.uniform(-most...most)))
    }
    return (diagonal, off)
  }
}
