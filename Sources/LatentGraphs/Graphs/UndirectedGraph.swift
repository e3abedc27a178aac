import Tensors

/// The graph of a Gaussian graphical model: an edge joins two variables whose element of the
/// precision may differ from zero.
///
/// A graph is a value of a few words. Its copies share the edges and what is derived from them, such
/// as the order of elimination, so that a graph is analysed once for all precisions on it.
public struct UndirectedGraph: Sendable {
  /// The number of variables; they are `0..<dimension`.
  public var dimension: Int { storage.dimension }
  /// The edges in order, by their first variable and then by their second.
  public var edges: [Edge] { storage.edges }
  let storage: Storage

  /// An edge between two variables, of which the first has the smaller index.
  public struct Edge: Hashable, Comparable, Sendable, CustomStringConvertible {
    let low: Int32
    let high: Int32

    /// The variable of smaller index.
    public var first: Int { Int(low) }
    /// The variable of larger index.
    public var second: Int { Int(high) }

    /// How far apart they are in the order of the variables.
    var offset: Int { Int(high - low) }

    /// The edge between two variables, in any order; whether a graph has them is seen when it is
    /// made.
    public init(_ a: Int, _ b: Int) {
      require(
        Int32(exactly: a) != nil && Int32(exactly: b) != nil,
        "an edge between the variables \(a) and \(b); a graph takes those up to 2³¹ − 2")
      (low, high) = (Int32(truncatingIfNeeded: min(a, b)), Int32(truncatingIfNeeded: max(a, b)))
    }

    /// By the first variable, then by the second.
    public static func < (a: Edge, b: Edge) -> Bool {
      a.low != b.low ? a.low < b.low : a.high < b.high
    }

    /// `(first, second)`.
    public var description: String { "(\(low), \(high))" }
  }

  /// What copies share.
  final class Storage: Sendable {
    let dimension: Int
    let edges: [Edge]
    let coordinates: GridCoordinates?
    /// Unions with other graphs.
    let unions = Cache<Reference, UndirectedGraph>(capacity: 4)
    /// Graphs of some of the variables, and the places of their edges.
    let induced = Cache<[Int], (graph: UndirectedGraph, places: [Int])>(capacity: 4)
    /// Other values that are derived from the graph.
    let derived = Cache<DerivedKey, any Sendable>(capacity: 8)

    init(dimension: Int, edges: [Edge], coordinates: GridCoordinates?) {
      self.dimension = dimension
      self.edges = edges
      self.coordinates = coordinates
    }
  }

  /// The type of a derived value, and what tells two of one type apart.
  struct DerivedKey: Sendable, Equatable {
    let type: ObjectIdentifier
    let variant: any Hashable & Sendable

    static func == (a: DerivedKey, b: DerivedKey) -> Bool {
      a.type == b.type && AnyHashable(a.variant) == AnyHashable(b.variant)
    }
  }

  /// A value that is derived from the graph: made once, and kept with the graph.
  ///
  /// The value must not hold the graph, which would then never be released.
  /// - Parameter variant: Tells values of the same type apart.
  func derived<Value: Sendable>(
    _ variant: some Hashable & Sendable = 0, _ make: (UndirectedGraph) -> Value
  ) -> Value {
    let key = DerivedKey(type: ObjectIdentifier(Value.self), variant: variant)
    return storage.derived.value(for: key) { make(self) } as! Value
  }

  /// A graph that is kept only as long as it is used elsewhere, for what a graph knows of itself and
  /// of others that may know it.
  struct Reference: Sendable {
    private weak let storage: Storage?

    init(_ graph: UndirectedGraph) { storage = graph.storage }

    /// Whether it is still there, and has the same variables and edges.
    static func == (reference: Reference, graph: UndirectedGraph) -> Bool {
      reference.storage.map { UndirectedGraph($0) == graph } ?? false
    }
  }

  private init(_ storage: Storage) { self.storage = storage }

  /// The graph of these edges, in any order.
  /// - Throws: `GraphicalModelError` where an edge leads out of the graph, joins a variable with
  ///   itself or is given twice.
  /// - Complexity: `O(E log E)` of `E` edges; `O(E)` where they are in order.
  public init(dimension: Int, edges: some Sequence<Edge>) throws {
    var sorted = Array(edges)
    for edge in sorted {
      guard edge.first >= 0, edge.second < dimension else {
        throw GraphicalModelError.edgeOutOfRange(edge, dimension: dimension)
      }
      guard edge.first != edge.second else { throw GraphicalModelError.loop(variable: edge.first) }
    }
    if !zip(sorted, sorted.dropFirst()).allSatisfy({ $0 < $1 }) {
      sorted.sort()
      for (edge, next) in zip(sorted, sorted.dropFirst()) where edge == next {
        throw GraphicalModelError.repeatedEdge(edge)
      }
    }
    self.init(dimension: dimension, sorted: sorted)
  }

  /// The graph of edges that are known to be in order and in range.
  init(dimension: Int, sorted edges: [Edge], coordinates: GridCoordinates? = nil) {
    require(
      dimension >= 0 && dimension + edges.count <= Int(Int32.max),
      "a graph of \(dimension) variables and \(edges.count) edges; it takes 0 to 2³¹ − 1 in all")
    storage = Storage(dimension: dimension, edges: edges, coordinates: coordinates)
  }

  /// Where the variables lie on a grid, if they do: every edge joins variables that are at most one
  /// row and one column apart, so that a row or a column separates what lies on its sides.
  var coordinates: GridCoordinates? { storage.coordinates }
}

/// The row and the column of each variable of a graph on a grid.
struct GridCoordinates: Sendable, Equatable {
  var rows: [Int32]
  var columns: [Int32]

  /// All places of a grid, row by row.
  init(height: Int, width: Int) {
    rows = (0..<height * width).map { Int32($0 / width) }
    columns = (0..<height * width).map { Int32($0 % width) }
  }

  private init(rows: [Int32], columns: [Int32]) { (self.rows, self.columns) = (rows, columns) }

  /// Those of some of the variables.
  subscript(_ variables: [Int]) -> GridCoordinates {
    GridCoordinates(rows: variables.map { rows[$0] }, columns: variables.map { columns[$0] })
  }

  /// Whether the ends of an edge are at most one row and one column apart.
  func areNear(_ edge: UndirectedGraph.Edge) -> Bool {
    abs(rows[edge.first] - rows[edge.second]) <= 1
      && abs(columns[edge.first] - columns[edge.second]) <= 1
  }
}

extension UndirectedGraph: Hashable {
  /// Whether both have the same variables and edges.
  public static func == (a: UndirectedGraph, b: UndirectedGraph) -> Bool {
    a.storage === b.storage || a.dimension == b.dimension && a.edges == b.edges
  }

  /// By the numbers of variables and of edges and some of the edges.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(dimension)
    hasher.combine(edges.count)
    hasher.combine(edges.first)
    hasher.combine(edges.last)
  }
}
