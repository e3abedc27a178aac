import Tensors

/// Values of all nodes of a `BayesNet`, and the distribution of each node given these values.
public struct Trace<Scalar: TensorScalar> {
  /// The graph.
  public let graph: LatentGraph
  /// The values of each node, `[rows…, dimension]`.
  public let values: [Tensor<Scalar>]
  /// The distribution of each node given the values of its parents; `nil` for a node that is set by
  /// an intervention.
  public let conditionals: [(any Distribution<Scalar>)?]
  /// The draws of the sampled nodes of other laws than a normal one, with their coordinates; `nil` for
  /// other nodes.
  let draws: [Draw<Scalar>?]

  /// The value of a node.
  public subscript(_ name: String) -> Tensor<Scalar> {
    guard let index = graph.index(of: name) else { stop("the graph has no node named \(name)") }
    return values[index]
  }

  /// All values, concatenated in the order of the nodes: `[rows…, graph.dimension]`.
  public var latents: Tensor<Scalar> { .concatenated(values, axis: -1) }

  /// `Σₙ log p(zₙ | parents)` in nats, over the nodes that are not set by an intervention:
  /// `[rows…]`.
  ///
  /// A node with a standard deviation of 0 has no density; the program stops with a message that
  /// names the node.
  public var logDensity: Tensor<Scalar> {
    let densities = logDensities.compactMap { $0 }
    guard let first = densities.first else {
      return .zeros(values[0].shape.dropLast())
    }
    return densities.dropFirst().reduce(first, +)
  }

  /// `log p(zₙ | parents)` in nats for each node, `[rows…]`; `nil` for a node that is set by an
  /// intervention.
  ///
  /// A node with a standard deviation of 0 has no density; the program stops with a message that
  /// names the node.
  public var logDensities: [Tensor<Scalar>?] {
    values.indices.map { node in
      conditionals[node].map { checked($0.logDensity(of: values[node]), at: node) }
    }
  }

  /// A density or a divergence at a node. The program stops if the value is not finite because the
  /// node is a normal with a standard deviation of 0 or infinity.
  func checked(_ value: Tensor<Scalar>, at node: Int) -> Tensor<Scalar> {
    guard !value.isFinite, let normal = conditionals[node] as? Normal<Scalar>,
      let bad = normal.logVariance.scalars.first(where: { $0.isInfinite })
    else { return value }
    stop(
      "the node \(graph.nodes[node].name) has a deviation of \(bad < 0 ? "0" : "infinity") "
        + "and no density; if it is a function of its parents, give it a small deviation or put "
        + "the function in place of the node")
  }
}
