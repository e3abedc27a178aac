import NeuralNetworks
import Tensors

/// A directed graphical model: a graph of named nodes and the conditional of each.
///
/// `p(z) = Πₙ p(zₙ | zₚₐ₍ₙ₎)`. The same type serves as the prior of a model and, with conditionals
/// that look at the observation, as its posterior. Edges may have gates, which multiply what the
/// child sees of the parent (He et al., 2019, section 3.2): `[edges]`, in the order of
/// `LatentGraph.edges`; a gate of 0 closes an edge.
public struct BayesNet<Scalar: TensorScalar>: Module {
  /// The nodes and edges.
  public let graph: LatentGraph
  /// The conditionals, one a node.
  public let conditionals: [any Conditional<Scalar>]

  /// A net with these conditionals, one for each node of the graph.
  public init(_ graph: LatentGraph, conditionals: [any Conditional<Scalar>]) {
    require(
      conditionals.count == graph.nodes.count,
      "\(conditionals.count) conditionals for \(graph.nodes.count) nodes")
    self.graph = graph
    self.conditionals = conditionals
  }

  /// A net whose conditionals a closure makes, given the node's index and the number of variables of
  /// its parents.
  public init(
    _ graph: LatentGraph,
    conditional: (_ node: Int, _ parents: Int) -> any Conditional<Scalar>
  ) {
    self.init(
      graph,
      conditionals: graph.nodes.indices.map { conditional($0, graph.parentDimension(of: $0)) })
  }

  /// The top-down prior of the Graph VAE: `N(0, I)` at the roots, and elsewhere a normal whose
  /// moments a network makes of the parents.
  public static func neuralPrior(
    _ graph: LatentGraph, hidden: Int = 128, using generator: inout Philox
  ) -> BayesNet {
    BayesNet(graph) { node, parents in
      let dimension = graph.nodes[node].dimension
      return parents == 0
        ? StandardNormal(dimension)
        : NeuralGaussian(
          parents: parents, dimension: dimension, hidden: hidden, using: &generator)
    }
  }

  /// The posterior of the Graph VAE: predictions from the observation and from the parents, fused by
  /// their precisions.
  public static func fusingPosterior(
    _ graph: LatentGraph, features: Int, hidden: Int = 128, using generator: inout Philox
  ) -> BayesNet {
    BayesNet(graph) { node, parents in
      PrecisionWeightedFusion(
        features: features, parents: parents, dimension: graph.nodes[node].dimension,
        hidden: hidden, using: &generator)
    }
  }
}
