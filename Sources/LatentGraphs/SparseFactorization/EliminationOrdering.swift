import Tensors

/// The order in which a sparse factorization eliminates the variables of a graph. It determines the
/// number of elements of the factor.
public enum EliminationOrdering: Sendable, Hashable {
  /// Nested dissection, for graphs on a grid. The variables of a middle row or column are
  /// eliminated last; before them, each of the two sides is ordered in the same way. For a grid of
  /// `w×w` the factor has `O(w² log w)` elements, which is optimal.
  ///
  /// A. George, Nested dissection of a regular finite element mesh, SIAM J. Numer. Anal. 10 (1973).
  case nestedDissection
  /// The variable with approximately the smallest degree is eliminated next. Trees and forests have
  /// no fill.
  ///
  /// P. Amestoy, T. Davis and I. Duff, An approximate minimum degree ordering algorithm, SIAM J.
  /// Matrix Anal. Appl. 17 (1996).
  case minimumDegree
  /// The given order of the variables, for precisions that are given by their factor.
  case natural

  /// The ordering that is used for a graph.
  static func best(for graph: UndirectedGraph) -> EliminationOrdering {
    // A grid with one row is a chain, for which minimum degree has no fill.
    graph.coordinates != nil && graph.edges.count >= graph.dimension
      ? .nestedDissection : .minimumDegree
  }

  /// The variables in elimination order.
  func order(of graph: UndirectedGraph) -> [Int32] {
    switch self {
    case .nestedDissection:
      guard let coordinates = graph.coordinates else {
        stop("a nested dissection was requested for a graph that is not on a grid")
      }
      return dissectedOrder(coordinates)
    case .minimumDegree: return minimumDegreeOrder(Adjacency(graph))
    case .natural: return (0..<Int32(graph.dimension)).map { $0 }
    }
  }
}

/// The neighbours of each vertex: those of vertex `i` are `neighbours[starts[i]..<starts[i + 1]]`.
struct Adjacency {
  private(set) var starts: [Int]
  private(set) var neighbours: [Int32]

  /// The neighbours of the variables of a graph, each list in increasing order.
  init(_ graph: UndirectedGraph) {
    self.init(dimension: graph.dimension, edges: graph.edges) { $0 }
  }

  /// The neighbours in a graph whose vertices are renumbered.
  init(
    dimension: Int, edges: [UndirectedGraph.Edge], numbers number: (Int32) -> Int32
  ) {
    starts = [Int](repeating: 0, count: dimension + 1)
    neighbours = [Int32](repeating: 0, count: 2 * edges.count)
    for edge in edges {
      starts[Int(number(edge.low)) + 1] += 1
      starts[Int(number(edge.high)) + 1] += 1
    }
    for i in 0..<dimension { starts[i + 1] += starts[i] }
    var next = starts
    for edge in edges {
      let (a, b) = (number(edge.low), number(edge.high))
      neighbours[next[Int(a)]] = b
      next[Int(a)] += 1
      neighbours[next[Int(b)]] = a
      next[Int(b)] += 1
    }
  }

  var count: Int { starts.count - 1 }

  subscript(_ i: Int) -> ArraySlice<Int32> { neighbours[starts[i]..<starts[i + 1]] }

  func degree(_ i: Int) -> Int { starts[i + 1] - starts[i] }
}
