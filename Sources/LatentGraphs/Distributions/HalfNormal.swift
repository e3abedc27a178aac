import Foundation
import Tensors

/// Independent magnitudes of centred normal variables: the density is
/// `√(2/π)/scale·exp(−½(x/scale)²)` for `x ≥ 0`.
///
/// The parameter is that of PyTorch and of scipy's `halfnorm`.
public struct HalfNormal<Scalar: TensorScalar>: QuantileDistribution, SelfDivergence,
  ReparameterizedDistribution
{
  // MARK: Parameters

  /// The standard deviations of the normal variables, `[batch…, event]`, positive.
  public let scale: Tensor<Scalar>

  /// The distribution with these scales.
  public init(scale: Tensor<Scalar>) {
    self.scale = commonParameters(of: "half-normal", [("scale", scale, .positive)])[0]
  }

  /// The shape of the batch.
  public var batchShape: Shape { scale.shape.dropLast() }

  /// The number of variables.
  public var dimension: Int { scale.shape[-1] }

  // MARK: Support

  /// The numbers from 0.
  public var support: Support<Scalar> { .nonnegative }

  // MARK: Moments

  /// `scale·√(2/π)`.
  public var mean: Tensor<Scalar> { Scalar((2 / Double.pi).squareRoot()) * scale }

  /// `scale²·(1 − 2/π)`.
  public var variance: Tensor<Scalar> { Scalar(1 - 2 / Double.pi) * scale * scale }

  // MARK: Log-density

  /// `Σ [½·log(2/π) − log scale − ½(x/scale)²]`, in nats; −∞ if an element is negative or infinite.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: scale.shape, of: "half-normal distribution")
    return elementwise(
      value, scale,
      value: { x, s in
        if anyNaN(x, s) { return .nan }
        return x < 0 ? -.infinity : log(2) - 0.5 * logTwoPi - log(s) - 0.5 * (x / s) * (x / s)
      },
      slopes: { x, s in
        let z = x / s
        return x < 0 || x == .infinity ? (0, 0) : (-z / s, (z * z - 1) / s)
      }
    ).sum(axis: -1)
  }

  // MARK: Distribution function and quantile

  /// `erf(x/(√2·scale))`.
  public func cumulativeProbability(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: scale.shape, of: "half-normal distribution")
    return elementwise(
      value, scale,
      value: { x, s in anyNaN(x, s) ? .nan : x <= 0 ? 0 : erf(x / s * 0.5.squareRoot()) },
      slopes: { x, s in
        if x < 0 || x == .infinity { return (0, 0) }
        let density = 2 * SpecialFunctions.normalDensity(x / s) / s
        return density == 0 ? (0, 0) : (density, -x / s * density)
      })
  }

  /// `scale·Φ⁻¹((1 + p)/2)`, accurate for small probabilities too.
  public func quantile(of probability: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(probability, to: scale.shape, of: "half-normal distribution")
    return elementwise(
      probability, scale, value: { p, s in s * halfNormalQuantile(p) },
      slopes: { p, s in
        let z = halfNormalQuantile(p)
        return (0.5 * s / SpecialFunctions.normalDensity(z), z)
      })
  }

  // MARK: Sampling

  /// `scale·|ε|` for standard normal noise. Gradients flow to the scale and to the noise.
  public func sample(noise: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(noise, batch: batchShape, dimension: dimension, name: "half-normal distribution")
    return scale * noise.abs()
  }

  // MARK: Entropy and divergence

  /// `Σ [½ + ½·log(π/2) + log scale]`, in nats: `[batch…]`.
  public var entropy: Tensor<Scalar> {
    (scale.log() + Scalar(0.5 + 0.5 * log(Double.pi / 2))).sum(axis: -1)
  }

  /// `Σ [½(r² − 1) − log r]` with the ratio `r` of this scale to the other one, in nats: `[batch…]`.
  /// It is accurate for nearly equal scales.
  public func klDivergence(from other: HalfNormal) -> Tensor<Scalar> {
    requireSameVariables(scale.shape, other.scale.shape, of: "half-normal distribution")
    return elementwise(
      scale, other.scale, value: scaleDivergence,
      slopes: { s, t in
        let ratio = (s - t) / t * (s / t + 1)
        return (ratio / s, -ratio / t)
      }
    ).sum(axis: -1)
  }
}

/// The quantile for a scale of 1. For small probabilities by Newton's method for `erf`, because
/// `(1 + p)/2` is rounded.
private func halfNormalQuantile(_ p: Double) -> Double {
  if p > 0.1 { return -SpecialFunctions.normalQuantile(0.5 * (1 - p)) }
  if !(p >= 0) { return .nan }
  let half = 0.5.squareRoot()
  var x = p * (Double.pi / 2).squareRoot() * (1 + Double.pi / 12 * p * p)
  for _ in 0..<2 { x -= (erf(x * half) - p) / (2 * SpecialFunctions.normalDensity(x)) }
  return x
}
