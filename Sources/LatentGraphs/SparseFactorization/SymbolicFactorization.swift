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
  private let otherMethods = Cache<UndirectedGraph.Reference, (any FactorMethod)?>(capacity: 4)

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
    return otherMethods.value(for: other) { method.on(other, supernodes) }
  }
}

extension UndirectedGraph {
  /// The analysis of the graph for an ordering, the same one whenever it is asked for.
  func symbolicFactorization(_ ordering: EliminationOrdering) -> SymbolicFactorization {
    derived(ordering) { SymbolicFactorization($0, ordering: ordering) }
  }
}
