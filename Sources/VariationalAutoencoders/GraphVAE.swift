import Inference
import LatentGraphs
import Tensors

/// The Graph VAE (He et al., 2019): a fully connected graph whose edges have gates, which are
/// learned together with the parameters. Train it with `StructureLearning`.
///
/// With equal parameters it is `VAE` if it has one node, `LadderVAE` if the gates form a chain, and
/// `FullyConnectedVAE` if all gates are open.
public struct GraphVAE<Scalar: TensorScalar>: LatentGraphAutoencoder {
  /// The model.
  public var model: LatentGraphModel<Scalar>

  /// An autoencoder with `nodes` of `dimension` variables each.
  ///
  /// - Parameter sharesGates: Whether the posterior uses the prior's gates. If not, the posterior
  ///   is fully connected, as in the paper's ablation.
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
