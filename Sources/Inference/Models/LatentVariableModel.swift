import LatentGraphs
import NeuralNetworks
import Tensors

/// A model `p(x, z) = p(z) p(x|z)` of observations by latent variables, with an approximate posterior
/// `q(z|x)`.
///
/// Observations come as `[batch, pixels]`, latents as `[draws, batch, latents]`.
public protocol LatentVariableModel<Scalar>: Module {
  /// What the encoder makes of a batch, before any latent is drawn.
  associatedtype Posterior

  /// `q(z|x)` for a batch of observations.
  func posterior(of x: Tensor<Scalar>, mode: Mode) -> Posterior

  /// Draws latents for each observation of the batch.
  func sample(
    from posterior: Posterior, draws: Int, mode: Mode, using generator: inout Philox
  ) -> LatentSample<Scalar>

  /// `p(x|z)` of latents `[…, latents]`.
  func observation(given latents: Tensor<Scalar>, mode: Mode) -> any Distribution<Scalar>

  /// Latents drawn from the prior: `[count, latents]`.
  func samplePrior(_ count: Int, using generator: inout Philox) -> Tensor<Scalar>
}

/// Latents that were drawn from a posterior, and how they score.
public struct LatentSample<Scalar: TensorScalar> {
  /// The latents, `[draws, batch, latents]`.
  public let latents: Tensor<Scalar>
  private let divergence: () -> Tensor<Scalar>
  private let ratio: () -> Tensor<Scalar>

  /// Latents with their exact divergence and their log-ratio, which are computed when asked for.
  public init(
    latents: Tensor<Scalar>, divergence: @escaping () -> Tensor<Scalar>,
    logRatio: @escaping () -> Tensor<Scalar>
  ) {
    self.latents = latents
    self.divergence = divergence
    ratio = logRatio
  }

  /// `KL(q(z|x) ‖ p(z))` in nats, exact: `[batch]`.
  public func klDivergence() -> Tensor<Scalar> { divergence() }

  /// `log p(z) − log q(z|x)` in nats of these latents: `[draws, batch]`.
  public func logRatio() -> Tensor<Scalar> { ratio() }
}
