import Inference
import LatentGraphs
import Tensors

/// The Graph VAE (He et al., 2019): a fully connected graph whose edges have gates that are learned
/// with everything else. Train it by `StructureLearning`.
///
/// With one node it is `VAE`, with the gates of a chain `LadderVAE`, with all gates open
/// `FullyConnectedVAE`, given the same parameters.
public struct GraphVAE<Scalar: TensorScalar>: LatentGraphAutoencoder {
  /// The model.
  public var model: LatentGraphModel<Scalar>

  /// An autoencoder with `nodes` of `dimension` variables each.
  ///
  /// - Parameter sharesGates: whether the posterior has the prior's gates; if not, it is fully
  ///   connected, the paper's ablation.
  public init(
    pixels: Int, nodes: Int = 5, dimension: Int = 16, sharesGates: Bool = true,
    pixelKind: PixelKind = .binary, decodes: DecodedNodes = .all, using generator: inout Philox
  ) {
    model = LatentGraphModel(
      pixels: pixels, graph: .fullyConnected(nodes: nodes, dimension: dimension),
      learnsStructure: true, sharesGates: sharesGates, pixelKind: pixelKind, decodes: decodes,
      using: &generator)
  }
}
