import Tensors

extension UndirectedGraph {
  /// The graph without edges: independent variables.
  public static func diagonal(_ dimension: Int) -> UndirectedGraph {
    requireCountable("a graph", variables: dimension, edges: 0)
    return UndirectedGraph(dimension: dimension, sorted: [])
  }

  /// The graph in which each variable is joined with the next.
  public static func chain(_ dimension: Int) -> UndirectedGraph {
    requireCountable("a chain", variables: dimension, edges: Double(dimension) - 1)
    return memoized(.banded(dimension, [1])) { banded(dimension, offsets: [1]) }
  }

  /// The graph in which the last variable is joined with every other one.
  public static func arrow(_ dimension: Int) -> UndirectedGraph {
    requireCountable("an arrow", variables: dimension, edges: Double(dimension) - 1)
    return memoized(.arrow(dimension)) {
      UndirectedGraph(
        dimension: dimension,
        sorted: (0..<max(dimension - 1, 0)).map { Edge($0, dimension - 1) })
    }
  }

  /// The graph of `blocks` blocks of `size` variables, in which each variable is joined with those
  /// of its block and of the next block.
  public static func blockChain(blocks: Int, size: Int) -> UndirectedGraph {
    require(
      blocks >= 0 && size >= 0, "a chain of \(blocks) blocks of \(size) variables each")
    let (b, d) = (Double(blocks), Double(size))
    requireCountable(
      "a chain of \(blocks) blocks", variables: product(of: blocks, size) ?? .max,
      edges: b * d * (d - 1) / 2 + (b - 1) * d * d)
    return memoized(.blockChain(blocks, size)) {
      let dimension = blocks * size
      func edges(from i: Int) -> [Edge] {
        let end = min(dimension, (i / size + 2) * size)
        return (i + 1..<max(i + 1, end)).map { Edge(i, $0) }
      }
      return UndirectedGraph(dimension: dimension, sorted: (0..<dimension).flatMap(edges))
    }
  }

  /// A grid, numbered row by row, in which each variable is joined with its neighbours to the right
  /// and below.
  public static func grid(height: Int, width: Int) -> UndirectedGraph {
    memoized(.grid(height, width, false)) { gridGraph(height, width, withAntiDiagonals: false) }
  }

  /// A grid whose variables are also joined along the anti-diagonals, `(i + 1, i + w)`: the graph
  /// of `ExtendedGridPrecision`.
  public static func extendedGrid(height: Int, width: Int) -> UndirectedGraph {
    memoized(.grid(height, width, true)) { gridGraph(height, width, withAntiDiagonals: true) }
  }

  /// The complete graph, in which every variable is joined with every other.
  public static func complete(_ dimension: Int) -> UndirectedGraph {
    let d = Double(dimension)
    requireCountable("a complete graph", variables: dimension, edges: d * (d - 1) / 2)
    return memoized(.complete(dimension)) {
      UndirectedGraph(
        dimension: dimension,
        sorted: (0..<dimension).flatMap { i in (i + 1..<dimension).map { Edge(i, $0) } })
    }
  }

  /// The graph with the edges `(i, i + o)` for all offsets `o`.
  public static func banded(_ dimension: Int, offsets: [Int]) -> UndirectedGraph {
    // Larger offsets have no edges.
    let offsets = Set(offsets).filter { $0 > 0 && $0 < dimension }.sorted()
    let count = offsets.reduce(0) { $0 + Double(dimension - $1) }
    requireCountable("a banded graph", variables: dimension, edges: count)
    var edges: [Edge] = []
    edges.reserveCapacity(Int(count))
    for i in 0..<dimension {
      for offset in offsets where i + offset < dimension { edges.append(Edge(i, i + offset)) }
    }
    return UndirectedGraph(dimension: dimension, sorted: edges)
  }

  private static func gridGraph(
    _ height: Int, _ width: Int, withAntiDiagonals: Bool
  ) -> UndirectedGraph {
    require(height > 0 && width > 0, "a grid of \(height)×\(width)")
    let (h, w) = (Double(height), Double(width))
    requireCountable(
      "a grid of \(height)×\(width)", variables: product(of: height, width) ?? .max,
      edges: 2 * h * w - h - w + (withAntiDiagonals ? (h - 1) * (w - 1) : 0))
    var edges: [Edge] = []
    edges.reserveCapacity(3 * height * width)
    for row in 0..<height {
      for column in 0..<width {
        let i = row * width + column
        if column + 1 < width { edges.append(Edge(i, i + 1)) }
        if row + 1 < height {
          // In a grid of two columns, the anti-diagonal and the right neighbour have the same
          // offset, but these edges differ because they start in different columns.
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

/// Stops the program if a graph would have too many variables and edges, before they are allocated.
private func requireCountable(_ graph: String, variables: Int, edges: Double) {
  require(
    variables >= 0 && Double(variables) + max(edges, 0) <= Double(Int32.max),
    "\(graph) of \(variables) variables and \(max(edges, 0)) edges; at most 2³¹ − 1 are allowed")
}

// MARK: - Cache

/// The kinds of common graphs. A program uses few sizes many times, so that the last graphs are
/// kept, with the results of their analysis.
private enum GraphKind: Hashable {
  case banded(Int, [Int])
  case arrow(Int)
  case blockChain(Int, Int)
  case grid(Int, Int, Bool)
  case complete(Int)
}

/// Beside the last one, graphs of at most 4,194,304 variables and edges in all are kept: 32 MB, and a
/// few times that for what is derived from them.
private let commonGraphs = Cache<GraphKind, UndirectedGraph>(
  capacity: 16, weightLimit: 1 << 22, weight: { $0.dimension + $0.edges.count })

private func memoized(_ kind: GraphKind, _ make: () -> UndirectedGraph) -> UndirectedGraph {
  commonGraphs.value(for: kind, make: make)
}

extension UndirectedGraph {
  /// The variables and edges of the common graphs that are kept.
  package static var commonSize: Int { commonGraphs.totalWeight }
}
