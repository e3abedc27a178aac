import Tensors

/// A distribution whose draws are a differentiable function of its parameters and of noise (Kingma
/// and Welling, 2014; Rezende et al., 2014), or have derivatives that are known at the drawn value
/// (Figurnov et al., 2018).
///
/// The type of the noise names its law:
///
/// | `Noise` | law |
/// |---|---|
/// | `Tensor<Scalar>` | standard normal numbers, `[draws…, batch…, event]` |
/// | `LogisticNoise`, `GumbelNoise` | standard logistic or Gumbel numbers of this shape |
/// | `GeneratorNoise` | a generator, for samplers that take any amount of random numbers |
/// | `NoisePair` | the noise of two independent parts |
public protocol ReparameterizedDistribution<Scalar, Noise>: Distribution {
  /// The type of the noise.
  associatedtype Noise: Sendable

  /// Noise for values of shape `[draws…, batch…, event]`.
  func noise(_ draws: Shape, using generator: inout Philox) -> Noise

  /// The value for this noise: `[draws…, batch…, event]`.
  ///
  /// Gradients flow to the parameters, and to the noise if it is a tensor. The same noise gives the
  /// same value. For a Gaussian, negated noise gives the antithetic value, and zero noise the mean.
  func sample(noise: Noise) -> Tensor<Scalar>
}

extension ReparameterizedDistribution {
  /// Independent draws, through which gradients flow to the parameters: `[draws…, batch…, event]`.
  public func sample(_ draws: Shape, using generator: inout Philox) -> Tensor<Scalar> {
    sample(noise: noise(draws, using: &generator))
  }
}

extension ReparameterizedDistribution where Noise == Tensor<Scalar> {
  /// Standard normal noise for values of shape `[draws…, batch…, event]`.
  public func noise(_ draws: Shape, using generator: inout Philox) -> Tensor<Scalar> {
    .normal(draws + batchShape + [dimension], using: &generator)
  }
}

extension ReparameterizedDistribution where Noise == GeneratorNoise {
  /// A new generator for these draws.
  public func noise(_ draws: Shape, using generator: inout Philox) -> GeneratorNoise {
    GeneratorNoise(draws: draws, generator: generator.split())
  }
}
