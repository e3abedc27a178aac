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
