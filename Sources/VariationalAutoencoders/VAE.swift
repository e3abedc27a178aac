import Inference
import LatentGraphs
import Tensors

/// The classic variational autoencoder (Kingma and Welling, 2014): a graph of one node, with the
/// networks of He et al. (2019), appendix B.
public struct VAE<Scalar: TensorScalar>: LatentGraphAutoencoder {
  /// The model.
  public var model: LatentGraphModel<Scalar>

  /// An autoencoder of images of this many pixels.
  public init(
    pixels: Int, latents: Int, pixelKind: PixelKind = .binary, using generator: inout Philox
  ) {
    model = LatentGraphModel(
      pixels: pixels, graph: .single(dimension: latents), pixelKind: pixelKind, using: &generator)
  }
}
