import Inference
import LatentGraphs
import NeuralNetworks
import Tensors

/// The four models. They differ only in the edges between their nodes.
enum Kind: String, CaseIterable {
  case vae = "VAE"
  case ladderVAE = "Ladder VAE"
  case fullyConnectedVAE = "FC-VAE"
  case graphVAE = "Graph VAE"

  /// The graph of the latents: one node with all variables, a chain, or all edges.
  func graph(nodes: Int, dimension: Int) -> LatentGraph {
    switch self {
    case .vae: .single(dimension: nodes * dimension)
    case .ladderVAE: .chain(nodes: nodes, dimension: dimension)
    case .fullyConnectedVAE, .graphVAE: .fullyConnected(nodes: nodes, dimension: dimension)
    }
  }
}

/// The widths of the networks.
struct Widths {
  /// The hidden layers of the encoder; the output of the last is the features.
  let encoder: [Int]
  /// The hidden layer of each conditional.
  let conditional: Int
  /// The hidden layers of the decoder.
  let decoder: [Int]

  /// The widths in He et al. (2019), appendix B, for images of 28×28 pixels, which are also those
  /// of the library's `VAE`, `LadderVAE`, `FullyConnectedVAE` and `GraphVAE`.
  static let paper = Widths(
    encoder: [512, 512, 256, 128], conditional: 128, decoder: [256, 512, 512])
  /// Widths that are sufficient for 1,500 images of 8×8 pixels.
  static let small = Widths(encoder: [128, 64], conditional: 32, decoder: [64, 128])
}

/// A model on a graph: a prior and a posterior, which are Bayes nets on it; an encoder, whose
/// features are the input of the posterior; and a decoder, whose input is all nodes.
func makeModel(
  _ kind: Kind, nodes: Int, dimension: Int, pixels: Int, widths: Widths,
  using generator: inout Philox
) -> LatentGraphModel<Float> {
  let graph = kind.graph(nodes: nodes, dimension: dimension)
  let features = widths.encoder.last!
  return LatentGraphModel(
    encoder: MLP([pixels] + widths.encoder, hasBatchNorm: true, using: &generator),
    // q(z|x): for each node, the encoder's Gaussian is fused with that of the node's parents.
    recognition: .fusingPosterior(
      graph, features: features, hidden: widths.conditional, using: &generator),
    // p(z): N(0, I) at the root; at the other nodes, a network of the parents.
    prior: .neuralPrior(graph, hidden: widths.conditional, using: &generator),
    likelihood: BernoulliObservation(
      MLP([graph.dimension] + widths.decoder + [pixels], hasBatchNorm: true, using: &generator)),
    learnsStructure: kind == .graphVAE)
}
