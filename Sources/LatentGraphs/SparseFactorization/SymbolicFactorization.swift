import Tensors

/// What a sparse factorization needs to know of a graph, worked out once for it: the order of
/// elimination, the supernodes of the factor, and where everything lies in memory.
///
/// The graph holds it, so that it must not hold the graph.
final class SymbolicFactorization: Sendable {
  /// The number of variables.
  let dimension: Int
  let supernodes: Supernodes
  /// What computes factors of matrices on the graph.
  let method: any FactorMethod
  private let otherMethods = Lock<
    [(graph: UndirectedGraph.Reference, method: (any FactorMethod)?)]
  >([])

  init(_ graph: UndirectedGraph, ordering: EliminationOrdering) {
    dimension = graph.dimension
    supernodes = Supernodes(graph, order: ordering.order(of: graph))
    method = ForestMethod(graph, supernodes) ?? SupernodalMethod(graph, supernodes)
  }

  /// The elements of `L` on and below its diagonal, with those zeros that it is computed with.
  var fill: Int { supernodes.fill }

  /// The same for matrices on another graph; `nil` where the factor lacks one of its edges.
  func method(on other: UndirectedGraph) -> (any FactorMethod)? {
    require(
      other.dimension == dimension,
      "a graph of \(other.dimension) variables for a precision of \(dimension)")
    if let known = otherMethods.withLock({ $0.first { $0.graph == other } }) {
      return known.method
    }
    let found = method.on(other, supernodes)
    otherMethods.withLock {
      $0.insert((UndirectedGraph.Reference(other), found), at: 0)
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
