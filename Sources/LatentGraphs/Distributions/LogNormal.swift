import Foundation
import Tensors

/// Independent positive variables whose logarithms are normal: `log x ~ N(location, scale²)`.
///
/// The parameters are those of PyTorch (`loc`, `scale`); scipy's `lognorm` takes `s = scale` and
/// `scale = exp(location)`.
public struct LogNormal<Scalar: TensorScalar>: QuantileDistribution, SelfDivergence,
  ReparameterizedDistribution
{
  // MARK: Parameters

  /// The means of the logarithms, `[batch…, event]`.
  public let location: Tensor<Scalar>
  /// The standard deviations of the logarithms, `[batch…, event]`, positive.
  public let scale: Tensor<Scalar>

  /// The distribution with these parameters, whose shapes broadcast.
  public init(location: Tensor<Scalar>, scale: Tensor<Scalar>) {
    let parameters = commonParameters(
      of: "log-normal", [("location", location, .finite), ("scale", scale, .positive)])
    (self.location, self.scale) = (parameters[0], parameters[1])
  }

  /// The shape of the batch.
  public var batchShape: Shape { scale.shape.dropLast() }

  /// The number of variables.
  public var dimension: Int { scale.shape[-1] }

  // MARK: Support

  /// The positive numbers.
  public var support: Support<Scalar> { .positive }

  // MARK: Moments

  /// `exp(location + ½·scale²)`.
  public var mean: Tensor<Scalar> {
    elementwise(
      location, scale, value: { m, s in exp(m + 0.5 * s * s) },
      slopes: { m, s in
        let mean = exp(m + 0.5 * s * s)
        return (mean, s * mean)
      })
  }

  /// `(exp(scale²) − 1)·exp(2·location + scale²)`.
  public var variance: Tensor<Scalar> {
    elementwise(
      location, scale, value: logNormalVariance,
      slopes: { m, s in
        let variance = logNormalVariance(m, s)
        let growth = s < 1e-8 ? 2 / s : 2 * s / expm1(s * s)
        return (2 * variance, variance * (4 * s + growth))
      })
  }

  // MARK: Log-density

  /// `Σ [−log x − log scale − ½·log 2π − ½·z²]` with `z = (log x − location)/scale`, in nats; −∞ if
  /// an element is not positive and finite.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: scale.shape, of: "log-normal distribution")
    return elementwise(
      value, location, scale,
      value: { x, m, s in
        if anyNaN(x, m, s) { return .nan }
        if x <= 0 || x == .infinity { return -.infinity }
        let z = (log(x) - m) / s
        return -log(x) - log(s) - 0.5 * logTwoPi - 0.5 * z * z
      },
      slopes: { x, m, s in
        if x <= 0 || x == .infinity { return (0, 0, 0) }
        let z = (log(x) - m) / s
        return (-(1 + z / s) / x, z / s, (z * z - 1) / s)
      }
    ).sum(axis: -1)
  }

  // MARK: Distribution function and quantile

  /// `Φ((log x − location)/scale)`.
  public func cumulativeProbability(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: scale.shape, of: "log-normal distribution")
    return elementwise(
      value, location, scale,
      value: { x, m, s in
        if anyNaN(x, m, s) { return .nan }
        return x <= 0 ? 0 : SpecialFunctions.normalCDF((log(x) - m) / s)
      },
      slopes: { x, m, s in
        if x <= 0 || x == .infinity { return (0, 0, 0) }
        let z = (log(x) - m) / s
        let density = SpecialFunctions.normalDensity(z) / s
        return density == 0 ? (0, 0, 0) : (density / x, -density, -z * density)
      })
  }

  /// `exp(location + scale·Φ⁻¹(p))`.
  public func quantile(of probability: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(probability, to: scale.shape, of: "log-normal distribution")
    return elementwise(
      probability, location, scale,
      value: { p, m, s in exp(m + s * SpecialFunctions.normalQuantile(p)) },
      slopes: { p, m, s in
        let z = SpecialFunctions.normalQuantile(p)
        if z.isInfinite { return (.infinity, z < 0 ? 0 : .infinity, z < 0 ? 0 : .infinity) }
        let x = exp(m + s * z)
        return (s * x / SpecialFunctions.normalDensity(z), x, x * z)
      })
  }

  // MARK: Sampling

  /// `exp(location + scale·ε)` for standard normal noise. Gradients flow to both parameters and to
  /// the noise.
  public func sample(noise: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(noise, batch: batchShape, dimension: dimension, name: "log-normal distribution")
    return (location + scale * noise).exp()
  }

  // MARK: Entropy and divergence

  /// `Σ [location + ½·(1 + log 2π) + log scale]`, in nats: `[batch…]`.
  public var entropy: Tensor<Scalar> {
    (location + scale.log() + Scalar(0.5 * (1 + logTwoPi))).sum(axis: -1)
  }

  /// The divergence of the normal distributions of the logarithms, in nats: `[batch…]`. It is
  /// accurate for nearly equal distributions.
  public func klDivergence(from other: LogNormal) -> Tensor<Scalar> {
    requireSameVariables(scale.shape, other.scale.shape, of: "log-normal distribution")
    return elementwise(
      location, scale, other.location, other.scale,
      value: { a, s, b, t in
        let z = standardized(a, b, t)
        return scaleDivergence(s, t) + 0.5 * z * z
      },
      slopes: { a, s, b, t in
        let z = standardized(a, b, t)
        let r = s / t
        let ratio = (s - t) / t * (r + 1)  // r² − 1
        return (z / t, ratio / s, -z / t, -(ratio + z * z) / t)
      }
    ).sum(axis: -1)
  }
}

/// `exp(2m + s²)·(exp(s²) − 1)` by its logarithm, whose terms do not overflow where the variance does not.
private func logNormalVariance(_ m: Double, _ s: Double) -> Double {
  s < 1e-8 ? exp(2 * (m + log(s))) : exp(2 * (m + s * s) + log(-expm1(-s * s)))
}
