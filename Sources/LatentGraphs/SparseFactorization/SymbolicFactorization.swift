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
  private let otherMethods = Cache<UndirectedGraph.Reference, (any FactorMethod)?>(capacity: 4)

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
    return otherMethods.value(for: other) { method.on(other, supernodes) }
  }
}

extension UndirectedGraph {
  /// The symbolic analysis of the graph for an ordering, which is computed once and then stored.
  func symbolicFactorization(_ ordering: EliminationOrdering) -> SymbolicFactorization {
    derived(ordering) { SymbolicFactorization($0, ordering: ordering) }
  }
}
