import Tensors

/// The symbolic analysis of a sparse factorization on a graph: the elimination order, the
/// supernodes of the factor and the memory layout. It is computed once for each graph.
///
/// The graph has a strong reference to its analysis, so that the analysis must not have one to the
/// graph.
final class SymbolicFactorization: Sendable {
  /// The number of variables.
  let dimension: Int
  let supernodes: Supernodes
  /// The method that computes factors of matrices on the graph.
  let method: any FactorMethod
  private let otherMethods = Lock<
    [(graph: UndirectedGraph.Reference, method: (any FactorMethod)?)]
  >([])

  init(_ graph: UndirectedGraph, ordering: EliminationOrdering) {
    dimension = graph.dimension
    supernodes = Supernodes(graph, order: ordering.order(of: graph))
    method = ForestMethod(graph, supernodes) ?? SupernodalMethod(graph, supernodes)
  }

  /// The number of elements of `L` on and below its diagonal, including explicit zeros.
  var fill: Int { supernodes.fill }

  /// The same method for matrices on another graph; `nil` if the factor lacks one of its edges.
  func method(on other: UndirectedGraph) -> (any FactorMethod)? {
    require(
      other.dimension == dimension,
      "a precision of \(dimension) variables got a graph of \(other.dimension)")
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
  /// The symbolic analysis of the graph for an ordering, which is computed once and then stored.
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
