import Inference
import LatentGraphs
import NeuralNetworks
import Tensors

/// What autoencoders with a fixed prior, one posterior distribution and binary pixels have in common:
/// a model of this kind says only what its encoder, its prior and its decoder are.
public protocol BinaryAutoencoder<Scalar>: LatentVariableModel
where Posterior: ReparameterizedDistribution<Scalar> {
  /// The kind of the prior.
  associatedtype Prior: ReparameterizedDistribution<Scalar>

  /// `p(z)`.
  var prior: Prior { get }

  /// From the latents to the logits of the pixels.
  var decoder: MLP<Scalar> { get }

  /// `KL(q(z|x) ‖ p(z))` in nats, exact: `[batch]`.
  func divergenceFromPrior(of posterior: Posterior) -> Tensor<Scalar>
}

extension BinaryAutoencoder {
  /// Draws from `q(z|x)`.
  public func sample(
    from posterior: Posterior, draws: Int, mode: Mode, using generator: inout Philox
  ) -> LatentSample<Scalar> {
    let latents = posterior.sample(draws, using: &generator)
    return LatentSample(
      latents: latents,
      divergence: { divergenceFromPrior(of: posterior) },
      logRatio: { prior.logDensity(of: latents) - posterior.logDensity(of: latents) })
  }

  /// `p(x|z)`: independent binary pixels.
  public func observation(
    given latents: Tensor<Scalar>, mode: Mode
  ) -> any Distribution<Scalar> {
    Bernoulli(logits: decoder(latents, mode: mode))
  }

  /// Draws from the prior.
  public func samplePrior(_ count: Int, using generator: inout Philox) -> Tensor<Scalar> {
    prior.sample(count, using: &generator)
  }
}
