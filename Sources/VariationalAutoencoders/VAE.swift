import Inference
import LatentGraphs
import NeuralNetworks
import Tensors

/// The classic variational autoencoder (Kingma and Welling, 2014) with the networks of He et al.
/// (2019), appendix B: an independent normal posterior, a standard normal prior, binary pixels.
public struct VAE<Scalar: TensorScalar>: BinaryAutoencoder {
  /// `pixels → 512 → 512 → 256 → 128`, with batch norm and ELU.
  public let encoder: MLP<Scalar>
  /// From the encoder's features to the posterior.
  public let head: NormalHead<Scalar>
  /// `latents → 256 → 512 → 512 → pixels`, the logits of the pixels.
  public let decoder: MLP<Scalar>
  /// The number of latent variables.
  public let latents: Int

  /// An autoencoder of images of this many pixels.
  public init(pixels: Int, latents: Int, using generator: inout Philox) {
    require(pixels > 0 && latents > 0, "a VAE of \(pixels) pixels and \(latents) latents")
    self.latents = latents
    encoder = MLP([pixels, 512, 512, 256, 128], hasBatchNorm: true, using: &generator)
    head = NormalHead(inputs: 128, dimension: latents, using: &generator)
    decoder = MLP([latents, 256, 512, 512, pixels], hasBatchNorm: true, using: &generator)
  }

  /// `N(0, I)`.
  public var prior: Normal<Scalar> { .standard(latents) }

  /// `q(z|x)`, an independent normal for each observation.
  public func posterior(of x: Tensor<Scalar>, mode: Mode) -> Normal<Scalar> {
    head(encoder(x, mode: mode), mode: mode)
  }

  /// The exact divergence from the standard normal.
  public func divergenceFromPrior(of posterior: Normal<Scalar>) -> Tensor<Scalar> {
    klDivergence(posterior, prior)
  }
}
