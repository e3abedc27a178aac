import Tensors

extension UndirectedGraph {
  /// The indices of another graph's edges among this graph's edges; `nil` if one is missing.
  /// - Complexity: linear in the number of edges of both graphs.
  func places(of other: UndirectedGraph) -> [Int]? {
    guard dimension == other.dimension else { return nil }
    if storage === other.storage { return Array(edges.indices) }
    return places(ofSorted: other.edges)
  }

  private func places(ofSorted others: [Edge]) -> [Int]? {
    var result: [Int] = []
    result.reserveCapacity(others.count)
    var place = 0
    for edge in others {
      while place < edges.count, edges[place] < edge { place += 1 }
      guard place < edges.count, edges[place] == edge else { return nil }
      result.append(place)
    }
    return result
  }

  /// Whether all edges of this graph are edges of the other graph.
  public func isSubgraph(of other: UndirectedGraph) -> Bool { other.places(of: self) != nil }

  /// The union of the edges of two graphs with the same variables.
  ///
  /// The last unions are stored, so that the results of their analysis are reused.
  /// - Complexity: linear in the number of edges of both graphs.
  public func union(_ other: UndirectedGraph) -> UndirectedGraph {
    require(
      dimension == other.dimension,
      "a union of graphs of \(dimension) and \(other.dimension) variables")
    if other.isSubgraph(of: self) { return self }
    if isSubgraph(of: other) { return other }
    return storage.unions.value(for: other) { merged(with: other) }
  }

  private func merged(with other: UndirectedGraph) -> UndirectedGraph {
    var merged: [Edge] = []
    merged.reserveCapacity(edges.count + other.edges.count)
    var (i, j) = (0, 0)
    let (a, b) = (edges, other.edges)
    while i < a.count || j < b.count {
      if j == b.count || i < a.count && a[i] < b[j] {
        merged.append(a[i])
        i += 1
      } else {
        if i < a.count, a[i] == b[j] { i += 1 }
        merged.append(b[j])
        j += 1
      }
    }
    let coordinates = (coordinates ?? other.coordinates).flatMap {
      merged.allSatisfy($0.areNear) ? $0 : nil
    }
    return UndirectedGraph(dimension: dimension, sorted: merged, coordinates: coordinates)
  }

  /// The graph induced on some of the variables, given in increasing order and renumbered from 0,
  /// and the indices of its edges among this graph's edges.
  ///
  /// The last induced graphs are stored, so that the results of their analysis are reused.
  /// - Complexity: linear in the numbers of variables and edges.
  func induced(on variables: [Int]) -> (graph: UndirectedGraph, places: [Int]) {
    storage.induced.value(for: variables) { inducedGraph(on: variables) }
  }

  private func inducedGraph(on variables: [Int]) -> (graph: UndirectedGraph, places: [Int]) {
    var number = [Int32](repeating: -1, count: dimension)
    for (new, old) in variables.enumerated() { number[old] = Int32(new) }
    var (kept, places): ([Edge], [Int]) = ([], [])
    for (place, edge) in edges.enumerated()
    where number[edge.first] >= 0 && number[edge.second] >= 0 {
      kept.append(Edge(Int(number[edge.first]), Int(number[edge.second])))
      places.append(place)
    }
    let graph = UndirectedGraph(
      dimension: variables.count, sorted: kept, coordinates: coordinates?[variables])
    return (graph, places)
  }
}

extension Cache where Key == UndirectedGraph.Reference {
  /// The value of a graph, made if it is not there. The cache does not keep the graph alive.
  func value(for graph: UndirectedGraph, make: () throws -> Value) rethrows -> Value {
    try value(where: { $0 == graph }, key: UndirectedGraph.Reference(graph), make: make)
  }
}
