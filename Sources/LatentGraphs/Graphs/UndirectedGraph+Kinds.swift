import Synchronization
import Tensors

extension UndirectedGraph {
  /// No edges: independent variables.
  public static func diagonal(_ dimension: Int) -> UndirectedGraph {
    UndirectedGraph(dimension: dimension, sorted: [])
  }

  /// Each variable with the next.
  public static func chain(_ dimension: Int) -> UndirectedGraph {
    memoized(.banded(dimension, [1])) { banded(dimension, offsets: [1]) }
  }

  /// `blocks` blocks of `size` variables: each with those of its block and of the next.
  public static func blockChain(blocks: Int, size: Int) -> UndirectedGraph {
    memoized(.blockChain(blocks, size)) {
      let dimension = blocks * size
      return UndirectedGraph(
        dimension: dimension,
        sorted: (0..<dimension).flatMap { i in
          (i + 1..<max(i + 1, min(dimension, (i / size + 2) * size))).map { Edge(i, $0) }
        })
    }
  }

  /// A grid, row by row: each variable with its neighbours to the right and below.
  public static func grid(height: Int, width: Int) -> UndirectedGraph {
    memoized(.grid(height, width, false)) { gridGraph(height, width, withAntiDiagonals: false) }
  }

  /// A grid whose variables are also joined along the anti-diagonals, `(i + 1, i + w)`: the graph of
  /// `ExtendedGridPrecision`.
  public static func extendedGrid(height: Int, width: Int) -> UndirectedGraph {
    memoized(.grid(height, width, true)) { gridGraph(height, width, withAntiDiagonals: true) }
  }

  /// Every variable with every other.
  public static func complete(_ dimension: Int) -> UndirectedGraph {
    memoized(.complete(dimension)) {
      UndirectedGraph(
        dimension: dimension,
        sorted: (0..<dimension).flatMap { i in (i + 1..<dimension).map { Edge(i, $0) } })
    }
  }

  /// Each variable with those at certain distances along the order of the variables, `(i, i + o)`.
  public static func banded(_ dimension: Int, offsets: [Int]) -> UndirectedGraph {
    let offsets = Set(offsets).filter { $0 > 0 }.sorted()
    var edges: [Edge] = []
    edges.reserveCapacity(dimension * offsets.count)
    for i in 0..<dimension {
      for offset in offsets where i + offset < dimension { edges.append(Edge(i, i + offset)) }
    }
    return UndirectedGraph(dimension: dimension, sorted: edges)
  }

  private static func gridGraph(
    _ height: Int, _ width: Int, withAntiDiagonals: Bool
  ) -> UndirectedGraph {
    require(height > 0 && width > 0, "a grid of \(height)×\(width)")
    var edges: [Edge] = []
    edges.reserveCapacity(3 * height * width)
    for row in 0..<height {
      for column in 0..<width {
        let i = row * width + column
        if column + 1 < width { edges.append(Edge(i, i + 1)) }
        if row + 1 < height {
          // In a grid of two columns the anti-diagonal of one variable is another edge than its
          // right link all the same: they start in different columns.
          if withAntiDiagonals, column > 0 { edges.append(Edge(i, i + width - 1)) }
          edges.append(Edge(i, i + width))
        }
      }
    }
    return UndirectedGraph(
      dimension: height * width, sorted: edges,
      coordinates: GridCoordinates(height: height, width: width))
  }
}

// MARK: - Memory

/// The common graphs, of which a program uses few sizes many times: the last ones are kept, with
/// what has been worked out of them.
private enum GraphKind: Hashable {
  case banded(Int, [Int])
  case blockChain(Int, Int)
  case grid(Int, Int, Bool)
  case complete(Int)
}

private let commonGraphs = Mutex<[(kind: GraphKind, graph: UndirectedGraph)]>([])

private func memoized(_ kind: GraphKind, _ make: () -> UndirectedGraph) -> UndirectedGraph {
  if let known = commonGraphs.withLock({ $0.first { $0.kind == kind }?.graph }) { return known }
  let graph = make()
  // What is dropped is released when the lock is open.
  let dropped = commonGraphs.withLock { graphs in
    graphs.insert((kind, graph), at: 0)
    var (count, size) = (1, graph.size)
    while count < min(graphs.count, 16), size + graphs[count].graph.size <= sizeKept {
      size += graphs[count].graph.size
      count += 1
    }
    defer { graphs.removeLast(graphs.count - count) }
    return Array(graphs[count...])
  }
  _ = dropped
  return graph
}

/// The variables and edges of all common graphs that are kept beside the last one: 32 MB, and some
/// times that for what has been worked out of them.
private let sizeKept = 1 << 22

extension UndirectedGraph {
  /// The number of variables and edges.
  fileprivate var size: Int { dimension + edges.count }

  /// The variables and edges of the common graphs that are kept.
  package static var commonSize: Int {
    commonGraphs.withLock { $0.reduce(0) { $0 + $1.graph.size } }
  }
}
