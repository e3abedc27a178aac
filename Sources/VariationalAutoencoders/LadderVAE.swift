import Inference
import LatentGraphs
import Tensors

/// The Ladder VAE (Sønderby et al., 2016) in the variant of He et al. (2019): a chain of nodes.
public struct LadderVAE<Scalar: TensorScalar>: LatentGraphAutoencoder {
  /// The model.
  public var model: LatentGraphModel<Scalar>

  /// An autoencoder with a chain of `nodes`, each of `dimension` variables.
  public init(
    pixels: Int, nodes: Int = 5, dimension: Int = 16, pixelKind: PixelKind = .binary,
    decodes: DecodedNodes = .all, using generator: inout Philox
  ) {
    model = LatentGraphModel(
      pixels: pixels, graph: .chain(nodes: nodes, dimension: dimension), pixelKind: pixelKind,
      decodes: decodes, using: &generator)
  }
}
