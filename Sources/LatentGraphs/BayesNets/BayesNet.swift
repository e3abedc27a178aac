import NeuralNetworks
import Tensors

/// A directed graphical model: a graph of named nodes and the conditional of each.
///
/// `p(z) = Πₙ p(zₙ | zₚₐ₍ₙ₎)`. A net can be the prior of a model. With conditionals that depend on
/// the observation, a net can also be the posterior.
///
/// Edges may have gates, which multiply the values of the parent as seen by the child (He et al.,
/// 2019, section 3.2). Gates are a tensor `[edges]` in the order of `LatentGraph.edges`; a gate of
/// 0 closes an edge.
public struct BayesNet<Scalar: TensorScalar>: Module {
  /// The nodes and edges.
  public let graph: LatentGraph
  /// The conditionals, one for each node.
  public let conditionals: [any Conditional<Scalar>]

  /// A net with these conditionals, one for each node of the graph.
  public init(_ graph: LatentGraph, conditionals: [any Conditional<Scalar>]) {
    require(
      conditionals.count == graph.nodes.count,
      "\(conditionals.count) conditionals for \(graph.nodes.count) nodes")
    self.graph = graph
    self.conditionals = conditionals
  }

  /// A net whose conditionals are made by a closure, from the index of the node and the total
  /// number of variables of its parents.
  ///
  /// The nodes may be of different kinds:
  /// ```swift
  /// let graph = try LatentGraph([
  ///   .init("cause", dimension: 2), .init("effect", dimension: 1, parents: ["cause"]),
  /// ])
  /// let net = BayesNet<Double>(graph) { node, parents in
  ///   if parents == 0 { return StandardNormal(graph.nodes[node].dimension) }
  ///   return LinearGaussian(parents: parents, dimension: 1, using: &generator)
  /// }
  /// ```
  public init(
    _ graph: LatentGraph,
    conditional: (_ node: Int, _ parents: Int) -> any Conditional<Scalar>
  ) {
    self.init(
      graph,
      conditionals: graph.nodes.indices.map { conditional($0, graph.parentDimension(of: $0)) })
  }

  /// The top-down prior of the Graph VAE. A root has the distribution `N(0, I)`. Every other node
  /// has a normal distribution whose moments are computed by a network from the parents.
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

  /// The posterior of the Graph VAE: each node fuses, by precision, a normal distribution predicted
  /// from the observation with one predicted from the parents.
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
