import LatentGraphs
import TestSupport

/// A kind of graph and its size.
enum SparseGraphCase: Hashable, Sendable, CustomStringConvertible {
  case none(Int)
  case path(Int)
  case cycle(Int)
  case star(Int)
  /// A random tree with shuffled variables.
  case tree(Int)
  /// A random tree with shuffled variables and without every fourth edge.
  case forest(Int)
  /// A random tree in which the parent of each variable has a larger index. A factor on it has one
  /// element below the diagonal in each column.
  case laterParents(Int)
  /// A grid with shuffled variables, so that it is not recognized as a grid.
  case shuffledGrid(Int, Int)
  /// A graph in which each pair is an edge with this probability in percent.
  case random(Int, percent: Int)
  /// Several components.
  case pieces
  case complete(Int)

  static let all: [SparseGraphCase] = [
    .none(1), .none(2), .path(2), .none(5), .path(7), .cycle(9), .star(8), .tree(24), .forest(19),
    .shuffledGrid(8, 8), .shuffledGrid(3, 9), .random(12, percent: 20), .random(30, percent: 12),
    .random(40, percent: 30), .pieces, .complete(6), .complete(20),
  ]

  /// Small graphs, for tests that solve many systems.
  static let small: [SparseGraphCase] = [
    .none(1), .path(2), .path(7), .cycle(5), .star(5), .tree(9), .forest(10), .laterParents(11),
    .random(12, percent: 25), .pieces, .complete(5),
  ]

  var description: String {
    switch self {
    case .none(let k): "none \(k)"
    case .path(let k): "path \(k)"
    case .cycle(let k): "cycle \(k)"
    case .star(let k): "star \(k)"
    case .tree(let k): "tree \(k)"
    case .forest(let k): "forest \(k)"
    case .laterParents(let k): "tree \(k), parents last"
    case .shuffledGrid(let h, let w): "shuffled grid \(h)×\(w)"
    case .random(let k, let percent): "random \(k), \(percent) %"
    case .pieces: "pieces"
    case .complete(let k): "complete \(k)"
    }
  }

  var dimension: Int {
    switch self {
    case .none(let k), .path(let k), .cycle(let k), .star(let k), .tree(let k), .forest(let k),
      .laterParents(let k), .complete(let k):
      k
    case .random(let k, _): k
    case .shuffledGrid(let h, let w): h * w
    case .pieces: 14
    }
  }

  var graph: UndirectedGraph {
    var generator = Philox(seed: 0x7370_6172)
    let k = dimension
    let pairs: [(Int, Int)] =
      switch self {
      case .none: []
      case .path: (1..<k).map { ($0 - 1, $0) }
      case .cycle: (0..<k).map { ($0, ($0 + 1) % k) }
      case .star: (0..<k).filter { $0 != k / 2 }.map { ($0, k / 2) }
      case .tree: shuffled((1..<k).map { (Int.random(in: 0..<$0, using: &generator), $0) })
      case .forest:
        shuffled(
          (1..<k).map { (Int.random(in: 0..<$0, using: &generator), $0) }.filter { $0.1 % 4 > 0 })
      case .laterParents:
        (0..<k - 1).map { ($0, Int.random(in: $0 + 1..<k, using: &generator)) }
      case .shuffledGrid(let h, let w):
        shuffled(UndirectedGraph.grid(height: h, width: w).edges.map { ($0.first, $0.second) })
      case .random(_, let percent):
        (0..<k).flatMap { i in (0..<i).map { ($0, i) } }
          .filter { _ in Int.random(in: 0..<100, using: &generator) < percent }
      case .pieces: [(0, 3), (3, 6), (6, 0), (2, 9), (9, 4), (5, 13), (13, 7), (7, 11), (11, 5)]
      case .complete: (0..<k).flatMap { i in (0..<i).map { ($0, i) } }
      }
    return try! UndirectedGraph(dimension: k, edges: pairs.map { UndirectedGraph.Edge($0, $1) })
  }

  /// The pairs after a permutation of the variables.
  private func shuffled(_ pairs: [(Int, Int)]) -> [(Int, Int)] {
    var generator = Philox(seed: 0x6f72_6465)
    let order = (0..<dimension).shuffled(using: &generator)
    return pairs.map { (order[$0], order[$1]) }
  }
}

extension Matrix {
  /// The symmetric matrix with these elements on a graph.
  init(_ graph: UndirectedGraph, diagonal: [Double], off: [Double]) {
    self.init(zeros: graph.dimension, graph.dimension)
    for (i, element) in diagonal.enumerated() { rows[i][i] = element }
    for (edge, element) in zip(graph.edges, off) {
      rows[edge.first][edge.second] = element
      rows[edge.second][edge.first] = element
    }
  }

  /// The matrix `W` with `W Wᵀ` equal to this matrix. The textbook algorithm computes its columns
  /// in the given order of the variables.
  func choleskyFactor(order: [Int]) -> Matrix {
    var (rest, factor) = (rows, Matrix(zeros: size, size))
    for (step, pivot) in order.enumerated() {
      let root = rest[pivot][pivot].squareRoot()
      factor.rows[pivot][pivot] = root
      for i in order[(step + 1)...] { factor.rows[i][pivot] = rest[i][pivot] / root }
      for i in order[(step + 1)...] {
        for j in order[(step + 1)...] {
          rest[i][j] -= factor.rows[i][pivot] * factor.rows[j][pivot]
        }
      }
    }
    return factor
  }
}
