import Inference
import LatentGraphs
import NeuralNetworks
import Tensors

/// The autoencoder of the poster "Gaussian Graphical Models for Variational Autoencoders": its
/// posterior is a Gaussian graphical model, whose mean and factor `L` the encoder gives.
///
/// The prior is `N(0, I)`, the observations are binary, the KL is exact. With a diagonal structure
/// it is the classic autoencoder.
public struct GaussianGraphVAE<Scalar: TensorScalar>: LatentVariableModel {
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

  /// Draws from `q(z|x)`.
  public func sample(
    from posterior: GaussianGraphicalModel<Scalar>, draws: Int, mode: Mode,
    using generator: inout Philox
  ) -> LatentSample<Scalar> {
    let latents = posterior.sample(draws, using: &generator)
    return LatentSample(
      latents: latents,
      divergence: { klDivergence(posterior, prior) },
      logRatio: { prior.logDensity(of: latents) - posterior.logDensity(of: latents) })
  }

  /// `p(x|z)`: independent binary pixels.
  public func observation(
    given latents: Tensor<Scalar>, mode: Mode
  ) -> any Distribution<Scalar> {
    Bernoulli(logits: decoder(latents, mode: mode))
  }

  /// Draws from `N(0, I)`.
  public func samplePrior(_ count: Int, using generator: inout Philox) -> Tensor<Scalar> {
    prior.sample(count, using: &generator)
  }
}
