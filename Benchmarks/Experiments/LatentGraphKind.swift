import Inference
import LatentGraphs
import Tensors
import VariationalAutoencoders

/// The models of He et al. (2019), which differ in the edges between their nodes.
package enum LatentGraphKind: String, CaseIterable, Sendable {
  case vae
  case ladderVAE = "ladder-vae"
  case fullyConnectedVAE = "fc-vae"
  case graphVAE = "graph-vae"
  /// Only the prior has gates; the posterior is fully connected (section 4.3).
  case graphVAEFullyConnectedEncoder = "graph-vae-fc-encoder"

  /// The name in the paper's tables.
  package var title: String {
    switch self {
    case .vae: "VAE"
    case .ladderVAE: "Ladder VAE"
    case .fullyConnectedVAE: "FC-VAE"
    case .graphVAE: "Graph VAE"
    case .graphVAEFullyConnectedEncoder: "Graph VAE, FC encoder"
    }
  }

  /// Whether the edges are learned.
  package var learnsStructure: Bool {
    self == .graphVAE || self == .graphVAEFullyConnectedEncoder
  }

  /// A lower bound of the memory for training
  /// `make(pixels:nodes:dimension:pixelKind:decodes:using:)`.
  package func trainingMemory(pixels: Int, nodes: Int, dimension: Int) -> TrainingMemory {
    switch self {
    case .vae:
      TrainingMemory(pixels: pixels, nodes: 1, dimension: nodes * dimension) { _ in 0 }
    case .ladderVAE:
      TrainingMemory(pixels: pixels, nodes: nodes, dimension: dimension) { min($0, 1) }
    case .fullyConnectedVAE, .graphVAE, .graphVAEFullyConnectedEncoder:
      TrainingMemory(pixels: pixels, nodes: nodes, dimension: dimension) { $0 }
    }
  }

  /// A model of this kind with the networks of appendix B.
  ///
  /// `vae` has all `nodes·dimension` variables in one node, so that all kinds have the same number
  /// of latents.
  package func make(
    pixels: Int, nodes: Int, dimension: Int, pixelKind: PixelKind, decodes: DecodedNodes = .all,
    using generator: inout Philox
  ) -> LatentGraphModel<Float> {
    switch self {
    case .vae:
      VAE(
        pixels: pixels, latents: nodes * dimension, pixelKind: pixelKind, using: &generator
      ).model
    case .ladderVAE:
      LadderVAE(
        pixels: pixels, nodes: nodes, dimension: dimension, pixelKind: pixelKind,
        decodes: decodes, using: &generator
      ).model
    case .fullyConnectedVAE:
      FullyConnectedVAE(
        pixels: pixels, nodes: nodes, dimension: dimension, pixelKind: pixelKind,
        decodes: decodes, using: &generator
      ).model
    case .graphVAE, .graphVAEFullyConnectedEncoder:
      GraphVAE(
        pixels: pixels, nodes: nodes, dimension: dimension, sharesGates: self == .graphVAE,
        pixelKind: pixelKind, decodes: decodes, using: &generator
      ).model
    }
  }
}
