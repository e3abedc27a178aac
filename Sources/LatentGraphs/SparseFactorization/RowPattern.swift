import Tensors

/// The sparsity pattern of a matrix `A`, row by row, where `Aᵀ A` is a precision.
///
/// If the pattern is triangular, the first element of each row is that of the row's variable, and
/// each row comes after the rows of its other variables.
final class RowPattern: Sendable {
  /// The number of columns, that is, of variables.
  let dimension: Int
  /// The index of the first element of each row, and the number of all elements.
  let starts: [Int]
  let columns: [Int32]
  /// For each row, its index in vectors over the rows.
  let ids: [Int32]
  let isTriangular: Bool
  let table: RowTable
  private let givenGraph: UndirectedGraph?
  private let ownGraph = Cache<Bool, UndirectedGraph>(capacity: 1)
  private let pairEdges = Cache<UndirectedGraph.Reference, [Int32]>(capacity: 4)
  private let factorizations = Cache<UndirectedGraph.Reference, OrthogonalFactorization>(
    capacity: 4)
  private let restrictions = Cache<[Int], Restriction>(capacity: 4)

  /// - Parameter graph: The graph of `Aᵀ A`, if it is known.
  init(
    dimension: Int, starts: [Int], columns: [Int32], ids: [Int32], isTriangular: Bool,
    graph: UndirectedGraph? = nil
  ) {
    givenGraph = graph
    self.dimension = dimension
    self.starts = starts
    self.columns = columns
    self.ids = ids
    self.isTriangular = isTriangular
    table = RowTable(starts: starts, columns: columns, ids: ids, dimension: dimension)
  }

  /// The number of rows.
  var count: Int { ids.count }

  // MARK: The graph of Aᵀ A

  /// The graph of `Aᵀ A`: two variables are joined if a row has elements for both.
  var graph: UndirectedGraph { givenGraph ?? ownGraph.value(for: true, make: findGraph) }

  private func findGraph() -> UndirectedGraph {
    var keys: [UInt64] = []
    forEachPair { low, high in keys.append(UInt64(low) << 32 | UInt64(high)) }
    keys.sort()
    var edges: [UndirectedGraph.Edge] = []
    var last = UInt64.max
    for key in keys where key != last {
      edges.append(.init(Int(key >> 32), Int(key & 0xffff_ffff)))
      last = key
    }
    return UndirectedGraph(dimension: dimension, sorted: edges)
  }

  /// For each pair of elements of a row, the index of its edge in a graph. The pairs are ordered by
  /// row, then by their first and second element.
  func pairEdges(on graph: UndirectedGraph) -> [Int32] {
    pairEdges.value(for: graph) { findPairEdges(on: graph) }
  }

  private func findPairEdges(on graph: UndirectedGraph) -> [Int32] {
    let edges = graph.edges
    var starts = [Int](repeating: 0, count: dimension + 1)
    for edge in edges { starts[edge.first + 1] += 1 }
    for i in 0..<dimension { starts[i + 1] += starts[i] }
    var places: [Int32] = []
    forEachPair { low, high in
      var (from, to) = (starts[Int(low)], starts[Int(low) + 1])
      while from < to {
        let middle = (from + to) / 2
        if edges[middle].second < Int(high) { from = middle + 1 } else { to = middle }
      }
      places.append(Int32(from))
    }
    return places
  }

  private func forEachPair(_ body: (_ low: Int32, _ high: Int32) -> Void) {
    for row in 0..<count {
      for i in starts[row]..<starts[row + 1] {
        for j in i + 1..<max(i + 1, starts[row + 1]) {
          body(min(columns[i], columns[j]), max(columns[i], columns[j]))
        }
      }
    }
  }

  // MARK: Stored results

  /// The symbolic analysis of a factorization on a graph that contains all edges of this pattern's
  /// graph.
  func factorization(on graph: UndirectedGraph) -> OrthogonalFactorization {
    factorizations.value(for: graph) { OrthogonalFactorization(self, graph) }
  }

  /// The columns of some variables, in increasing order, and the rows that have elements in them.
  struct Restriction: Sendable {
    let pattern: RowPattern
    /// The indices of the remaining elements, and of the remaining entries of a vector over the
    /// rows.
    let elements: [Int]
    let rows: [Int]
    /// The other entries of a vector over the rows, whose rows have no elements in these columns.
    let otherRows: [Int]
  }

  func restriction(to variables: [Int]) -> Restriction {
    restrictions.value(for: variables) { findRestriction(to: variables) }
  }

  private func findRestriction(to variables: [Int]) -> Restriction {
    var number = [Int32](repeating: -1, count: dimension)
    for (new, old) in variables.enumerated() { number[old] = Int32(new) }
    var (kept, rows, starts, left): ([Int], [Int], [Int], [Int32]) = ([], [], [0], [])
    var otherRows: [Int] = []
    for row in 0..<count {
      for element in self.starts[row]..<self.starts[row + 1] {
        let variable = number[Int(columns[element])]
        guard variable >= 0 else { continue }
        kept.append(element)
        left.append(variable)
      }
      guard kept.count > starts[starts.count - 1] else {
        otherRows.append(Int(ids[row]))
        continue
      }
      starts.append(kept.count)
      rows.append(Int(ids[row]))
    }
    return Restriction(
      pattern: RowPattern(
        dimension: variables.count, starts: starts, columns: left,
        ids: (0..<Int32(rows.count)).map { $0 }, isTriangular: false),
      elements: kept, rows: rows, otherRows: otherRows)
  }

  /// The same rows, followed by a row with a single element for each of some variables.
  func appending(_ variables: [Int]) -> RowPattern {
    RowPattern(
      dimension: dimension, starts: starts + variables.indices.map { columns.count + $0 + 1 },
      columns: columns + variables.map { Int32($0) },
      ids: ids + variables.indices.map { Int32(count + $0) }, isTriangular: false)
  }
}
