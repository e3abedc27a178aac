import Inference
import LatentGraphs
import NeuralNetworks
import Tensors

/// The four models. They differ in the edges between their nodes, and in nothing else.
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
  /// The hidden layers of the encoder, of which the last are the features.
  let encoder: [Int]
  /// The hidden layer of each conditional.
  let conditional: Int
  /// The hidden layers of the decoder.
  let decoder: [Int]

  /// Those of He et al. (2019), appendix B, for images of 28×28 pixels; `VAE`, `LadderVAE`,
  /// `FullyConnectedVAE` and `GraphVAE` of the library have them too.
  static let paper = Widths(
    encoder: [512, 512, 256, 128], conditional: 128, decoder: [256, 512, 512])
  /// Enough for 1,500 images of 8×8 pixels.
  static let small = Widths(encoder: [128, 64], conditional: 32, decoder: [64, 128])
}

/// A model of a graph: a prior and a posterior that are Bayes nets on it, an encoder that the
/// posterior looks through, and a decoder that sees all nodes.
func makeModel(
  _ kind: Kind, nodes: Int, dimension: Int, pixels: Int, widths: Widths,
  using generator: inout Philox
) -> LatentGraphModel<Float> {
  let graph = kind.graph(nodes: nodes, dimension: dimension)
  let features = widths.encoder.last!
  return LatentGraphModel(
    encoder: MLP([pixels] + widths.encoder, hasBatchNorm: true, using: &generator),
    // q(z|x): what the encoder says of a node, fused with what the node's parents say.
    recognition: .fusingPosterior(
      graph, features: features, hidden: widths.conditional, using: &generator),
    // p(z): N(0, I) at the root, and a network of the parents at the other nodes.
    prior: .neuralPrior(graph, hidden: widths.conditional, using: &generator),
    likelihood: BernoulliObservation(
      MLP([graph.dimension] + widths.decoder + [pixels], hasBatchNorm: true, using: &generator)),
    learnsStructure: kind == .graphVAE)
}
