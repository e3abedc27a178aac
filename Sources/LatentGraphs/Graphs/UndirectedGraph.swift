import Tensors

/// The graph of a Gaussian graphical model: an edge joins two variables if their element of the
/// precision may be nonzero.
///
/// Copies of a graph share its edges and the results of its analysis, such as the elimination
/// order. A graph is therefore analysed once for any number of precisions on it.
public struct UndirectedGraph: Sendable {
  /// The number of variables, which are `0..<dimension`.
  public var dimension: Int { storage.dimension }
  /// The edges, sorted by their first variable and then by their second.
  public var edges: [Edge] { storage.edges }
  let storage: Storage

  /// An edge between two variables, the first of which has the smaller index.
  public struct Edge: Hashable, Comparable, Sendable, CustomStringConvertible {
    let low: Int32
    let high: Int32

    /// The variable with the smaller index.
    public var first: Int { Int(low) }
    /// The variable with the larger index.
    public var second: Int { Int(high) }

    /// The difference of the two indices.
    var offset: Int { Int(high - low) }

    /// The edge between two variables, given in any order. Whether the variables are in a graph is
    /// checked when the graph is made.
    public init(_ a: Int, _ b: Int) {
      require(
        Int32(exactly: a) != nil && Int32(exactly: b) != nil,
        "an edge between the variables \(a) and \(b); indices must be at most 2³¹ − 2")
      (low, high) = (Int32(truncatingIfNeeded: min(a, b)), Int32(truncatingIfNeeded: max(a, b)))
    }

    /// Compares the first variables, then the second.
    public static func < (a: Edge, b: Edge) -> Bool {
      a.low != b.low ? a.low < b.low : a.high < b.high
    }

    /// `(first, second)`.
    public var description: String { "(\(low), \(high))" }
  }

  /// The data that copies of a graph share.
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

  /// A weak reference to a graph. Two graphs that store results about each other do not keep each
  /// other alive.
  struct Reference: Sendable {
    private weak let storage: Storage?

    init(_ graph: UndirectedGraph) { storage = graph.storage }

    /// Whether the referenced graph still exists and has the same variables and edges.
    static func == (reference: Reference, graph: UndirectedGraph) -> Bool {
      reference.storage.map { UndirectedGraph($0) == graph } ?? false
    }
  }

  private init(_ storage: Storage) { self.storage = storage }

  /// The graph with these edges, given in any order.
  /// - Throws: `GraphicalModelError` if an edge has a variable outside the graph, joins a variable
  ///   with itself or occurs twice.
  /// - Complexity: `O(E log E)` for `E` edges; `O(E)` if they are sorted.
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

  /// The graph with edges that are known to be sorted and in range.
  init(dimension: Int, sorted edges: [Edge], coordinates: GridCoordinates? = nil) {
    require(
      dimension >= 0 && dimension + edges.count <= Int(Int32.max),
      "a graph of \(dimension) variables and \(edges.count) edges; at most 2³¹ − 1 are allowed")
    storage = Storage(dimension: dimension, edges: edges, coordinates: coordinates)
  }

  /// The coordinates of the variables on a grid, if there are any. Every edge then joins variables
  /// that are at most one row and one column apart, so that a row or a column separates the
  /// variables on both of its sides.
  var coordinates: GridCoordinates? { storage.coordinates }
}

/// The row and the column of each variable of a graph on a grid.
struct GridCoordinates: Sendable, Equatable {
  var rows: [Int32]
  var columns: [Int32]

  /// The coordinates of all variables of a grid, numbered row by row.
  init(height: Int, width: Int) {
    rows = (0..<height * width).map { Int32($0 / width) }
    columns = (0..<height * width).map { Int32($0 % width) }
  }

  private init(rows: [Int32], columns: [Int32]) { (self.rows, self.columns) = (rows, columns) }

  /// The coordinates of some of the variables.
  subscript(_ variables: [Int]) -> GridCoordinates {
    GridCoordinates(rows: variables.map { rows[$0] }, columns: variables.map { columns[$0] })
  }

  /// Whether the two variables of an edge are at most one row and one column apart.
  func areNear(_ edge: UndirectedGraph.Edge) -> Bool {
    abs(rows[edge.first] - rows[edge.second]) <= 1
      && abs(columns[edge.first] - columns[edge.second]) <= 1
  }
}

extension UndirectedGraph: Hashable {
  /// Whether both graphs have the same variables and edges.
  public static func == (a: UndirectedGraph, b: UndirectedGraph) -> Bool {
    a.storage === b.storage || a.dimension == b.dimension && a.edges == b.edges
  }

  /// Hashes the numbers of variables and edges, and the first and the last edge.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(dimension)
    hasher.combine(edges.count)
    hasher.combine(edges.first)
    hasher.combine(edges.last)
  }
}
