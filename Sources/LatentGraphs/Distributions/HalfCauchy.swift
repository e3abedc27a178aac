import Foundation
import Tensors

/// Independent magnitudes of centred Cauchy variables: the density is
/// `2/(π·scale·(1 + (x/scale)²))` for `x ≥ 0`.
///
/// The parameter is that of PyTorch and of scipy's `halfcauchy`.
public struct HalfCauchy<Scalar: TensorScalar>: QuantileDistribution, SelfDivergence,
  ReparameterizedDistribution
{
  // MARK: Parameters

  /// The scales, which are the medians: `[batch…, event]`, positive.
  public let scale: Tensor<Scalar>

  /// The distribution with these scales.
  public init(scale: Tensor<Scalar>) {
    self.scale = commonParameters(of: "half-Cauchy", [("scale", scale, .positive)])[0]
  }

  /// The shape of the batch.
  public var batchShape: Shape { scale.shape.dropLast() }

  /// The number of variables.
  public var dimension: Int { scale.shape[-1] }

  // MARK: Support

  /// The numbers from 0.
  public var support: Support<Scalar> { .nonnegative }

  // MARK: Moments

  /// ∞.
  public var mean: Tensor<Scalar> { .infinity * scale.detached }

  /// ∞.
  public var variance: Tensor<Scalar> { .infinity * scale.detached }

  // MARK: Log-density

  /// `Σ [log(2/π) − log scale − log(1 + (x/scale)²)]`, in nats; −∞ if an element is negative or
  /// infinite.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: scale.shape, of: "half-Cauchy distribution")
    return elementwise(
      value, scale,
      value: { x, s in
        anyNaN(x, s)
          ? .nan
          : x < 0
            ? -.infinity
            : log(2 / Double.pi) - log(s) - StudentRatio(x, 0, s, 1).logOnePlus
      },
      slopes: { x, s in
        if x < 0 || x == .infinity { return (0, 0) }
        let share = StudentRatio(x, 0, s, 1).share  // z²/(1 + z²) with z = x/s
        let z = x / s
        return (z < 1 ? -2 * z / (1 + z * z) / s : -2 * share / x, (2 * share - 1) / s)
      }
    ).sum(axis: -1)
  }

  // MARK: Distribution function and quantile

  /// `2/π·arctan(x/scale)`.
  public func cumulativeProbability(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: scale.shape, of: "half-Cauchy distribution")
    return elementwise(
      value, scale,
      value: { x, s in anyNaN(x, s) ? .nan : x <= 0 ? 0 : 2 / Double.pi * atan(x / s) },
      slopes: { x, s in
        if x < 0 || x == .infinity { return (0, 0) }
        let z = x / s
        if z < 1 {
          let density = 2 / Double.pi / s / (1 + z * z)
          return (density, -z * density)
        }
        let (inverse, share) = (s / x, StudentRatio(x, 0, s, 1).share)
        let slope = 2 / Double.pi * share / x
        return (inverse * slope, -slope)
      })
  }

  /// `scale·tan(π p/2)`.
  public func quantile(of probability: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(probability, to: scale.shape, of: "half-Cauchy distribution")
    return elementwise(
      probability, scale, value: { p, s in s * halfCauchyQuantile(p) },
      slopes: { p, s in
        let z = halfCauchyQuantile(p)
        return (Double.pi / 2 * s * (1 + z * z), z)
      })
  }

  // MARK: Sampling

  /// The quantile of a uniform number. Gradients flow to the scale. A draw that overflows is infinite.
  public func sample(noise: GeneratorNoise) -> Tensor<Scalar> {
    var generator = noise.generator
    return drawVariables(noise.draws, scale, scale, using: &generator) { s, _, generator in
      s * halfCauchyQuantile(generator.unit())
    }.implicitFunction(of: scale, scale) { x, s, _ in (x / s, 0) }
  }

  // MARK: Entropy and divergence

  /// `Σ log(2π·scale)`, in nats: `[batch…]`.
  public var entropy: Tensor<Scalar> {
    (scale.log() + Scalar(logTwoPi)).sum(axis: -1)
  }

  /// `Σ log((s + t)²/(4·s·t))` for this scale `s` and the other one `t`, in nats: `[batch…]` (F. Chyzak
  /// and F. Nielsen, "A closed-form formula for the Kullback–Leibler divergence between Cauchy
  /// distributions", 2019). It is accurate for nearly equal scales.
  public func klDivergence(from other: HalfCauchy) -> Tensor<Scalar> {
    requireSameVariables(scale.shape, other.scale.shape, of: "half-Cauchy distribution")
    return elementwise(
      scale, other.scale,
      value: { s, t in
        let (small, large) = (min(s, t), max(s, t))
        let ratio = small / large
        let gap = (large - small) / large
        return ratio > 1e-8
          ? log1p(gap * gap / (4 * ratio)) : log(large) - log(small) - 2 * log(2) + 2 * log1p(ratio)
      },
      slopes: { s, t in
        let large = max(s, t)
        let contrast = (s - t) / large / (1 + min(s, t) / large)  // (s − t)/(s + t)
        return (contrast / s, -contrast / t)
      }
    ).sum(axis: -1)
  }
}

/// The quantile for a scale of 1.
private func halfCauchyQuantile(_ p: Double) -> Double {
  if !(p >= 0 && p <= 1) { return .nan }
  if p == 1 { return .infinity }
  return p <= 0.5 ? tan(Double.pi / 2 * p) : 1 / tan(Double.pi / 2 * (1 - p))
}
