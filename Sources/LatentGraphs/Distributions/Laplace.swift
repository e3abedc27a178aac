import Foundation
import Tensors

/// Independent Laplace variables: the density is `exp(−|x − location|/scale)/(2·scale)`.
///
/// The parameters are those of PyTorch (`loc`, `scale`) and of scipy's `laplace`.
public struct Laplace<Scalar: TensorScalar>: QuantileDistribution, SelfDivergence,
  ReparameterizedDistribution
{
  // MARK: Parameters

  /// The medians, `[batch…, event]`.
  public let location: Tensor<Scalar>
  /// The scales, `[batch…, event]`, positive.
  public let scale: Tensor<Scalar>

  /// The distribution with these parameters, whose shapes broadcast.
  public init(location: Tensor<Scalar>, scale: Tensor<Scalar>) {
    let parameters = commonParameters(
      of: "Laplace distribution",
      [("location", location, .finite), ("scale", scale, .positive)])
    (self.location, self.scale) = (parameters[0], parameters[1])
  }

  /// The shape of the batch.
  public var batchShape: Shape { scale.shape.dropLast() }

  /// The number of variables.
  public var dimension: Int { scale.shape[-1] }

  // MARK: Support

  /// All numbers.
  public var support: Support<Scalar> { .real }

  // MARK: Moments

  /// The location.
  public var mean: Tensor<Scalar> { location }

  /// `2·scale²`.
  public var variance: Tensor<Scalar> { 2 * scale.squared() }

  // MARK: Log-density

  /// `Σ [−|x − location|/scale − log(2·scale)]`, in nats; −∞ if an element is infinite. The derivative
  /// at the median is 0.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: scale.shape, of: "Laplace distribution")
    return elementwise(
      value, location, scale,
      value: { x, m, s in -abs(standardized(x, m, s)) - log(s) - log(2) },
      slopes: { x, m, s in
        if x.isInfinite { return (0, 0, 0) }
        let z = standardized(x, m, s)
        let slope = z == 0 ? 0 : z < 0 ? 1 / s : -1 / s
        return (slope, -slope, (abs(z) - 1) / s)
      }
    ).sum(axis: -1)
  }

  // MARK: Distribution function and quantile

  /// `½·eᶻ` for `z = (x − location)/scale < 0`, and `1 − ½·e⁻ᶻ` otherwise.
  public func cumulativeProbability(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: scale.shape, of: "Laplace distribution")
    return elementwise(
      value, location, scale,
      value: { x, m, s in
        let z = standardized(x, m, s)
        return z < 0 ? 0.5 * exp(z) : 1 - 0.5 * exp(-z)
      },
      slopes: { x, m, s in
        let z = standardized(x, m, s)
        if z.isInfinite { return (0, 0, 0) }
        let density = 0.5 * exp(-abs(z)) / s
        return (density, -density, -z * density)
      })
  }

  /// `location + scale·log(2p)` for `p < ½`, and `location − scale·log(2(1 − p))` otherwise.
  public func quantile(of probability: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(probability, to: scale.shape, of: "Laplace distribution")
    return elementwise(
      probability, location, scale, value: { p, m, s in m + s * laplaceQuantile(p) },
      slopes: { p, _, s in (s / min(p, 1 - p), 1, laplaceQuantile(p)) })
  }

  // MARK: Sampling

  /// The quantile of a uniform number. Gradients flow to both parameters.
  public func sample(noise: GeneratorNoise) -> Tensor<Scalar> {
    var generator = noise.generator
    return drawVariables(noise.draws, location, scale, using: &generator) { m, s, generator in
      m + s * laplaceQuantile(generator.unit())
    }.implicitFunction(of: location, scale) { x, m, s in (1, standardized(x, m, s)) }
  }

  // MARK: Entropy and divergence

  /// `Σ [1 + log(2·scale)]`, in nats: `[batch…]`.
  public var entropy: Tensor<Scalar> { (scale.log() + Scalar(1 + log(2.0))).sum(axis: -1) }

  /// `Σ [r − 1 − log r + r·(e⁻ᵘ − 1 + u)]` with the ratio `r` of this scale to the other one and the
  /// distance `u` of the locations in units of this scale, in nats: `[batch…]`. It is accurate for
  /// nearly equal distributions.
  public func klDivergence(from other: Laplace) -> Tensor<Scalar> {
    requireSameVariables(scale.shape, other.scale.shape, of: "Laplace distribution")
    return elementwise(
      location, scale, other.location, other.scale,
      value: { a, s, b, t in
        ratioDivergence(s, t) + displacement(a, s, b, t)
      },
      slopes: { a, s, b, t in
        let z = standardized(a, b, s)
        let u = abs(z)
        let shrink = -expm1(-u)  // 1 − e⁻ᵘ
        let slope = (z == 0 ? 0 : z < 0 ? -shrink : shrink) / t
        // (1 + u)·e⁻ᵘ − 1, the derivative of r·(e⁻ᵘ − 1 + u) at a fixed distance, times the other scale
        let own = u > 700 ? -1 : SpecialFunctions.expExcess(-u) - u * shrink
        return (
          slope, reciprocalStep(s, to: t) + own / t, -slope,
          ((t - s) / t - displacement(a, s, b, t)) / t
        )
      }
    ).sum(axis: -1)
  }
}

/// `r·(e⁻ᵘ − 1 + u)` with `r = s/t` and `u = |a − b|/s`, also where `u` overflows.
private func displacement(_ a: Double, _ s: Double, _ b: Double, _ t: Double) -> Double {
  let u = abs(standardized(a, b, s))
  return u <= 1
    ? s / t * SpecialFunctions.expExcess(-u) : abs(standardized(a, b, t)) + s / t * expm1(-u)
}

/// The quantile of the standard Laplace distribution.
private func laplaceQuantile(_ p: Double) -> Double {
  p < 0.5 ? log(2 * p) : -log(2 * (1 - p))
}
