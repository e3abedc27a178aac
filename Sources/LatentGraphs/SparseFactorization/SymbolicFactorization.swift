import Synchronization
import Tensors

/// What a sparse factorization needs to know of a graph, worked out once for it: the order of
/// elimination, the supernodes of the factor, and where everything lies in memory.
///
/// The graph holds it, so that it must not hold the graph.
final class SymbolicFactorization: Sendable {
  /// The number of variables.
  let dimension: Int
  let supernodes: Supernodes
  let table: SupernodeTable
  /// Where the elements of a matrix on the graph lie in the panels.
  let entries: PanelEntries
  /// The elements of all panels.
  let panelCount: Int
  /// Where the diagonal of `L` lies in the panels, in the order of elimination.
  let diagonalPlaces: [Int]
  /// The elements of `L` on and below its diagonal, with those zeros that it is computed with.
  let fill: Int
  /// The memory that all updates take.
  let updateCount: Int
  /// The scratch memory of the largest supernode.
  let scratchCount: Int
  /// Subtrees that can be computed at the same time, and the ranges that remain, leaves first.
  let subtrees: [Range<Int>], rest: [Range<Int>]
  private let otherEntries = Mutex<[(graph: UndirectedGraph, entries: PanelEntries?)]>([])

  init(_ graph: UndirectedGraph, ordering: EliminationOrdering) {
    let supernodes = Supernodes(graph, order: ordering.order(of: graph))
    self.supernodes = supernodes
    dimension = graph.dimension
    var (panels, elements, scratch) = (0, 0, 0)
    var diagonal: [Int] = []
    diagonal.reserveCapacity(graph.dimension)
    for s in 0..<supernodes.count {
      let (n, m) = (supernodes.columns(s), supernodes.rowCount(s))
      diagonal += (0..<n).map { panels + $0 * (n + m + 1) }
      panels += n * (n + m)
      elements += n * (n + 1) / 2 + n * m
      scratch = max(scratch, SupernodeTable.scratchCount(columns: n, rows: m))
    }
    diagonalPlaces = diagonal
    (panelCount, fill, scratchCount) = (panels, elements, scratch)
    let children = Children(supernodes.parent)
    (subtrees, rest) = supernodes.parts(children)
    let memory = UpdateMemory(supernodes, subtrees: subtrees)
    updateCount = memory.count
    table = SupernodeTable(
      first: supernodes.first, rowStarts: supernodes.rowStarts, rows: supernodes.rows,
      relative: supernodes.relativeRows(), childStarts: children.starts, children: children.list,
      updates: memory.places, order: supernodes.order, supernodeOf: supernodes.supernodeOf)
    // Of its own graph it holds all edges.
    entries = supernodes.entries(of: graph)!
  }

  /// Where the elements on a graph other than its own lie in the panels; `nil` where the factor does
  /// not have them all.
  func entries(of other: UndirectedGraph) -> PanelEntries? {
    require(
      other.dimension == dimension,
      "a graph of \(other.dimension) variables for a precision of \(dimension)")
    if let known = otherEntries.withLock({ $0.first { $0.graph == other } }) {
      return known.entries
    }
    let found = supernodes.entries(of: other)
    otherEntries.withLock {
      $0.insert((other, found), at: 0)
      if $0.count > 4 { $0.removeLast() }
    }
    return found
  }
}

extension UndirectedGraph {
  /// The analysis of the graph for an ordering, the same one whenever it is asked for.
  func symbolicFactorization(_ ordering: EliminationOrdering) -> SymbolicFactorization {
    if let known = storage.memo.withLock({ $0.factorizations[ordering] }) { return known }
    let found = SymbolicFactorization(self, ordering: ordering)
    return storage.memo.withLock { memo in
      if let known = memo.factorizations[ordering] { return known }
      memo.factorizations[ordering] = found
      return found
    }
  }
}
