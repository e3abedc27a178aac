import Tensors

/// Values of all nodes of a `BayesNet`, and the distributions of the nodes given them.
public struct Trace<Scalar: TensorScalar> {
  /// The graph.
  public let graph: LatentGraph
  /// The values by node, `[rows…, dimension]`.
  public let values: [Tensor<Scalar>]
  /// The distribution of each node given the values of its parents; `nil` at a node that an
  /// intervention fixes.
  public let conditionals: [(any ReparameterizedDistribution<Scalar>)?]

  /// The value of a node.
  public subscript(_ name: String) -> Tensor<Scalar> {
    guard let index = graph.index(of: name) else { stop("the graph has no node named \(name)") }
    return values[index]
  }

  /// All values side by side, node by node: `[rows…, graph.dimension]`.
  public var latents: Tensor<Scalar> { .concatenated(values, axis: -1) }

  /// `Σₙ log p(zₙ | parents)` in nats, over the nodes that no intervention fixes: `[rows…]`.
  public var logDensity: Tensor<Scalar> {
    let densities = logDensities.compactMap { $0 }
    guard let first = densities.first else {
      return .zeros(values[0].shape.droppingLast())
    }
    return densities.dropFirst().reduce(first, +)
  }

  /// `log p(zₙ | parents)` in nats by node, `[rows…]`; `nil` at a node that an intervention fixes.
  public var logDensities: [Tensor<Scalar>?] {
    zip(values, conditionals).map { value, conditional in conditional?.logDensity(of: value) }
  }
}

/// `KL(q(zₙ | parents) ‖ p(zₙ | parents))` in nats, exact, node by node, for distributions of two
/// nets given the same values: each of shape `[rows…]`, or of less where it does not depend on the
/// drawn values, as at a root. Nodes that an intervention fixes count as zeros, of shape `[]`.
@specialized(where Scalar == Float)
public func klDivergences<Scalar>(
  _ q: Trace<Scalar>, _ p: Trace<Scalar>
) -> [Tensor<Scalar>] {
  // Closures, here and in what each step of training runs: a key path of a generic type is built
  // anew each time.
  require(
    q.graph.nodes.map { $0.dimension } == p.graph.nodes.map { $0.dimension },
    "a KL of nets with nodes \(q.graph.nodes.map(\.name)) and \(p.graph.nodes.map(\.name))")
  return zip(q.conditionals, p.conditionals).map { q, p in
    guard let q, let p else { return Tensor(0) }
    return klDivergence(q, p)
  }
}
