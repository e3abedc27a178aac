import Foundation
import Tensors

/// Independent normal variables: `N(mean, diag(σ²))`.
///
/// Parameters: `moments`, of shape `[batch…, 2·event]`: the means, then the log-variances, in the
/// order in which a network computes them. Support: all vectors.
public struct Normal<Scalar: TensorScalar>: QuantileDistribution, SelfDivergence,
  ReparameterizedDistribution
{
  // MARK: Parameters

  /// The means, then the logarithms of the variances: `[batch…, 2·event]`.
  public let moments: Tensor<Scalar>

  /// The distribution with these means and log-variances, concatenated along the last axis.
  public init(moments: Tensor<Scalar>) {
    require(
      moments.rank > 0 && moments.shape[-1] % 2 == 0,
      "a normal got moments of shape \(moments.shape); it takes [batch…, 2·k]")
    self.moments = moments
  }

  /// The distribution with these means and log-variances, whose shapes broadcast to each other.
  public init(mean: Tensor<Scalar>, logVariance: Tensor<Scalar>) {
    guard let shape = mean.shape.broadcast(with: logVariance.shape), shape.rank > 0 else {
      stop("a normal got a mean of shape \(mean.shape), a logVariance of \(logVariance.shape)")
    }
    self.init(
      moments: .concatenated(
        [mean.broadcast(to: shape), logVariance.broadcast(to: shape)], axis: -1))
  }

  /// The distribution with these means and logarithms of the standard deviations.
  public init(mean: Tensor<Scalar>, logStandardDeviation: Tensor<Scalar>) {
    self.init(mean: mean, logVariance: 2 * logStandardDeviation)
  }

  /// `N(0, I)`.
  public static func standard(_ dimension: Int) -> Normal {
    guard let count = product(of: 2, dimension) else {
      stop("a normal of \(dimension) variables, which is negative or cannot be counted twice")
    }
    return Normal(moments: .zeros([count]))
  }

  /// The shape of the batch.
  public var batchShape: Shape { moments.shape.dropLast() }

  /// The number of variables.
  public var dimension: Int { moments.shape[-1] / 2 }

  // MARK: Support

  /// All numbers.
  public var support: Support<Scalar> { .real }

  // MARK: Moments

  /// The means, `[batch…, event]`.
  public var mean: Tensor<Scalar> { moments.slice(0..<dimension, axis: -1) }

  /// The logarithms of the variances, `[batch…, event]`.
  public var logVariance: Tensor<Scalar> {
    moments.slice(dimension..<2 * dimension, axis: -1)
  }

  /// The logarithms of the standard deviations, `[batch…, event]`.
  public var logStandardDeviation: Tensor<Scalar> { 0.5 * logVariance }

  /// The standard deviations, `[batch…, event]`.
  public var standardDeviation: Tensor<Scalar> { logStandardDeviation.exp() }

  /// The variances, `[batch…, event]`.
  public var variance: Tensor<Scalar> { logVariance.exp() }

  // MARK: Log-density

  /// `−½ Σ [log 2π + 2·log σ + ((x − μ)/σ)²]`, in nats: `[draws…, batch…]`.
  ///
  /// A value with fewer axes than the batch must have the batch's last axes. It is scored under
  /// each distribution of the leading axes.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    normalLogDensity(moments: moments, value: value)
  }

  // MARK: Distribution function and quantile

  /// `Φ((x − μ)/σ)`.
  public func cumulativeProbability(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: batchShape + [dimension], of: "normal")
    return elementwise(
      value, mean, logVariance,
      value: { x, m, l in SpecialFunctions.normalCDF(normalScore(x, m, l)) },
      slopes: { x, m, l in
        let z = normalScore(x, m, l)
        let bell = SpecialFunctions.normalDensity(z)
        let density = bell == 0 ? 0 : bell * exp(-0.5 * l)
        return (density, -density, bell == 0 ? 0 : -0.5 * z * bell)
      })
  }

  /// `μ + σ·Φ⁻¹(p)`.
  public func quantile(of probability: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(probability, to: batchShape + [dimension], of: "normal")
    return elementwise(
      probability, mean, logVariance,
      value: { p, m, l in
        let z = SpecialFunctions.normalQuantile(p)
        return z.isInfinite && !anyNaN(m, l) ? z : m + exp(0.5 * l) * z
      },
      slopes: { p, _, l in
        let (z, deviation) = (SpecialFunctions.normalQuantile(p), exp(0.5 * l))
        if z.isInfinite { return (.infinity, 1, 0.5 * z) }
        return (deviation * SpecialFunctions.normalQuantileSlope(p, z), 1, 0.5 * deviation * z)
      })
  }

  // MARK: Sampling

  /// `μ + σ ε`, for noise and values `[draws…, batch…, event]`.
  public func sample(noise: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(noise, batch: batchShape, dimension: dimension, name: "normal")
    return normalSample(moments: moments, noise: noise)
  }

  // MARK: Entropy and divergence

  /// `Σ [½(1 + log 2π) + log σ]`, in nats: `[batch…]`.
  public var entropy: Tensor<Scalar> {
    logStandardDeviation.sum(axis: -1) + Scalar(0.5 * (1 + logTwoPi) * Double(dimension))
  }

  /// The exact `KL(self ‖ other)` in nats: `[batch…]`. The batch of one must equal that of the other,
  /// or its last axes.
  public func klDivergence(from other: Normal) -> Tensor<Scalar> {
    normalDivergence(moments, other.moments)
  }

  // MARK: Products of densities

  /// The normal distribution proportional to the product of this density and another: the
  /// precisions are added, and the means are averaged with the precisions as weights (He et al.,
  /// 2019, eq. 18). The batch of one must equal that of the other, or its last axes.
  public func fused(with other: Normal) -> Normal {
    Normal(moments: normalFusion(moments, other.moments))
  }
}

/// `(x − mean)/σ` for `log σ²`, also where `1/σ` overflows.
private func normalScore(_ x: Double, _ mean: Double, _ logVariance: Double) -> Double {
  let root = exp(-0.25 * logVariance)  // of 1/σ
  let precision = root * root
  if x == mean { return logVariance.isNaN ? logVariance : 0 }
  return precision < .infinity ? (x - mean) * exp(-0.5 * logVariance) : (x - mean) * root * root
}
