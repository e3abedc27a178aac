import Inference
import LatentGraphs
import NeuralNetworks
import Tensors

/// A latent graph that no wrapper of the library has:
///
///     style ──→ stroke ──→ place
///       └─────────────────→ ↑
///
/// `style` has 4 independent variables, `stroke` is a chain of 12 variables, and `place` has 3
/// variables. Any directed acyclic graph is possible, with its nodes in any order; a cycle or an
/// unknown parent throws an error that names it.
func makeStrokeModel(pixels: Int, using generator: inout Philox) throws -> LatentGraphModel<Float> {
  let graph = try LatentGraph([
    .init("style", dimension: 4),
    .init("stroke", dimension: 12, parents: ["style"]),
    .init("place", dimension: 3, parents: ["style", "stroke"]),
  ])
  let features = 64

  // p(z): a conditional for each node. `parents` is the total dimension of the node's parents.
  let prior = BayesNet<Float>(graph) { node, parents in
    switch graph.nodes[node].name {
    case "style": StandardNormal(4)
    case "stroke":
      NeuralGaussianGraph(
        parents: parents, structure: .chain(12), hidden: 32, using: &generator)
    default: NeuralGaussian(parents: parents, dimension: 3, hidden: 32, using: &generator)
    }
  }

  // q(z|x): the same graph, where the nodes also depend on the features of the image. The stroke is
  // a chain here too, so that the KL divergence of the two is exact and takes linear time.
  let recognition = BayesNet<Float>(graph) { node, parents in
    switch graph.nodes[node].name {
    case "stroke":
      NeuralGaussianGraph(
        parents: parents, features: features, structure: .chain(12), hidden: 64,
        using: &generator)
    default:
      PrecisionWeightedFusion(
        features: features, parents: parents, dimension: graph.nodes[node].dimension, hidden: 32,
        using: &generator)
    }
  }

  return LatentGraphModel(
    encoder: MLP([pixels, 128, features], hasBatchNorm: true, using: &generator),
    recognition: recognition, prior: prior,
    likelihood: BernoulliObservation(
      MLP([graph.dimension, 64, 128, pixels], hasBatchNorm: true, using: &generator)),
    learnsStructure: true)
}
