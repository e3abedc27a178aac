import Foundation
import Tensors

/// Independent exponential variables: the density is `rate·exp(−rate·x)` for `x ≥ 0`.
///
/// The parameter is that of PyTorch; scipy's `expon` takes `scale = 1/rate`.
public struct Exponential<Scalar: TensorScalar>: QuantileDistribution, SelfDivergence,
  ReparameterizedDistribution
{
  // MARK: Parameters

  /// The rates, `[batch…, event]`, positive.
  public let rate: Tensor<Scalar>

  /// The distribution with these rates.
  public init(rate: Tensor<Scalar>) {
    self.rate = commonParameters(of: "exponential", [("rate", rate, .positive)])[0]
  }

  /// The shape of the batch.
  public var batchShape: Shape { rate.shape.dropLast() }

  /// The number of variables.
  public var dimension: Int { rate.shape[-1] }

  // MARK: Support

  /// The numbers from 0.
  public var support: Support<Scalar> { .nonnegative }

  // MARK: Moments

  /// `1/rate`.
  public var mean: Tensor<Scalar> { rate.reciprocal() }

  /// `1/rate²`.
  public var variance: Tensor<Scalar> { rate.reciprocal().squared() }

  // MARK: Log-density

  /// `Σ [log rate − rate·x]`, in nats; −∞ if an element is negative or infinite.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: rate.shape, of: "exponential distribution")
    return elementwise(
      value, rate,
      value: { x, r in anyNaN(x, r) ? .nan : x < 0 ? -.infinity : log(r) - r * x },
      slopes: { x, r in x < 0 || x == .infinity ? (0, 0) : (-r, 1 / r - x) }
    ).sum(axis: -1)
  }

  // MARK: Distribution function and quantile

  /// `1 − exp(−rate·x)`.
  public func cumulativeProbability(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: rate.shape, of: "exponential distribution")
    return elementwise(
      value, rate, value: { x, r in anyNaN(x, r) ? .nan : x <= 0 ? 0 : -expm1(-r * x) },
      slopes: { x, r in
        if x <= 0 || x == .infinity { return (0, 0) }
        let survival = exp(-r * x)
        return (r * survival, survival == 0 ? 0 : x * survival)
      })
  }

  /// `−log(1 − p)/rate`.
  public func quantile(of probability: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(probability, to: rate.shape, of: "exponential distribution")
    return elementwise(
      probability, rate, value: { p, r in p >= 0 ? -log1p(-p) / r : .nan },
      slopes: { p, r in (1 / (1 - p) / r, log1p(-p) / r / r) })
  }

  // MARK: Sampling

  /// `−log(u)/rate` for a uniform number `u`. Gradients flow to the rate.
  public func sample(noise: GeneratorNoise) -> Tensor<Scalar> {
    var generator = noise.generator
    return drawVariables(noise.draws, rate, rate, using: &generator) { rate, _, generator in
      -log(generator.unit()) / rate
    }.implicitFunction(of: rate, rate) { x, rate, _ in (-x / rate, 0) }
  }

  // MARK: Entropy and divergence

  /// `Σ [1 − log rate]`, in nats: `[batch…]`.
  public var entropy: Tensor<Scalar> { (1 - rate.log()).sum(axis: -1) }

  /// `Σ [x − log(1 + x)]` for the ratio `1 + x` of the other rate to this one, in nats: `[batch…]`.
  /// It is accurate for nearly equal rates.
  public func klDivergence(from other: Exponential) -> Tensor<Scalar> {
    requireSameVariables(rate.shape, other.rate.shape, of: "exponential distribution")
    return elementwise(
      rate, other.rate, value: { q, p in ratioDivergence(p, q) },
      slopes: { q, p in ((q - p) / q / q, reciprocalStep(p, to: q)) }
    ).sum(axis: -1)
  }
}
