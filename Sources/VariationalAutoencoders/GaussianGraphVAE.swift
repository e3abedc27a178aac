import Inference
import LatentGraphs
import NeuralNetworks
import Tensors

/// The autoencoder of the poster "Gaussian Graphical Models for Variational Autoencoders": its
/// posterior is a Gaussian graphical model, whose mean and factor `L` the encoder gives.
///
/// The prior is `N(0, I)`, the observations are binary, the KL is exact. With a diagonal structure
/// it is the classic autoencoder.
public struct GaussianGraphVAE<Scalar: TensorScalar>: BinaryAutoencoder {
  /// The graph of the posterior.
  public let structure: GraphStructure
  /// From the pixels to the last hidden layer.
  public let encoder: MLP<Scalar>
  /// From there to the posterior.
  public let head: GaussianGraphHead<Scalar>
  /// From the latents to the logits of the pixels.
  public let decoder: MLP<Scalar>

  /// An autoencoder with two hidden layers on either side and ELU between them.
  public init(
    pixels: Int, structure: GraphStructure, hidden: Int = 500, using generator: inout Philox
  ) {
    require(
      pixels > 0 && hidden > 0 && structure.dimension > 0,
      "a VAE of \(pixels) pixels, \(hidden) hidden units and \(structure.dimension) latents")
    self.structure = structure
    encoder = MLP([pixels, hidden, hidden], using: &generator)
    head = GaussianGraphHead(inputs: hidden, structure: structure, using: &generator)
    decoder = MLP([structure.dimension, hidden, hidden, pixels], using: &generator)
  }

  /// `N(0, I)`.
  public var prior: GaussianGraphicalModel<Scalar> { .standard(structure.dimension) }

  /// `q(z|x)`, a Gaussian graphical model for each observation.
  public func posterior(of x: Tensor<Scalar>, mode: Mode) -> GaussianGraphicalModel<Scalar> {
    head(encoder.activation(encoder(x, mode: mode)), mode: mode)
  }

  /// The exact divergence from the standard normal.
  public func divergenceFromPrior(of posterior: GaussianGraphicalModel<Scalar>) -> Tensor<Scalar> {
    klDivergence(posterior, prior)
  }
}
