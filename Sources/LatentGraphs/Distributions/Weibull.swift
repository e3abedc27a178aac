import Foundation
import Tensors

/// Independent Weibull variables: the density is `(k/λ)·(x/λ)ᵏ⁻¹·exp(−(x/λ)ᵏ)` for `x ≥ 0`, the
/// scale `λ` and the concentration `k`.
///
/// The parameters are PyTorch's `scale` and `concentration`, and `scale` and `c` of scipy's
/// `weibull_min`. A concentration of 1 gives the exponential distribution of the rate `1/λ`. The density at 0
/// is the limit from above.
public struct Weibull<Scalar: TensorScalar>: QuantileDistribution, SelfDivergence,
  ReparameterizedDistribution
{
  // MARK: Parameters

  /// The scales `λ`, `[batch…, event]`, positive.
  public let scale: Tensor<Scalar>
  /// The concentrations `k`, the exponents of the cumulative hazard: `[batch…, event]`, positive.
  public let concentration: Tensor<Scalar>

  /// The distribution with these scales and concentrations, `[batch…, event]`, which broadcast to each
  /// other.
  public init(scale: Tensor<Scalar>, concentration: Tensor<Scalar>) {
    let parameters = commonParameters(
      of: "Weibull distribution",
      [("scale", scale, .positive), ("concentration", concentration, .positive)])
    (self.scale, self.concentration) = (parameters[0], parameters[1])
  }

  /// The shape of the batch.
  public var batchShape: Shape { scale.shape.dropLast() }

  /// The number of variables.
  public var dimension: Int { scale.shape[-1] }

  // MARK: Support

  /// The numbers from 0.
  public var support: Support<Scalar> { .nonnegative }

  // MARK: Moments

  /// `λ·Γ(1 + 1/k)`; ∞ where it overflows.
  public var mean: Tensor<Scalar> {
    elementwise(
      scale, concentration, value: weibullMean,
      slopes: { s, k in
        let mean = weibullMean(s, k)
        return (mean / s, -mean * SpecialFunctions.digamma(1 + 1 / k) / k / k)
      })
  }

  /// `λ²·(Γ(1 + 2/k) − Γ(1 + 1/k)²)`, accurate for large concentrations too; ∞ where it overflows.
  public var variance: Tensor<Scalar> {
    elementwise(
      scale, concentration, value: weibullVariance,
      slopes: { s, k in
        let (variance, spread, step) = (weibullVariance(s, k), logSquareRatio(1 / k), 1 / k)
        if spread == 0 { return (0, 0) }
        let slope =
          SpecialFunctions.digamma(1 + step)
          - SpecialFunctions.digammaStep(1 + step, to: 1 + 2 * step, by: step) / expm1(-spread)
        return (2 * variance / s, -2 * variance * slope * step * step)
      })
  }

  // MARK: Log-density

  /// `Σ [log k − log λ + (k − 1)·log(x/λ) − (x/λ)ᵏ]`, in nats; −∞ if an element is negative or
  /// infinite. Its terms have all digits near `x = λ`, for large concentrations too.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: scale.shape, of: "Weibull distribution")
    return elementwise(
      value, scale, concentration,
      value: { x, s, k in anyNaN(x, s, k) ? .nan : logWeibullDensity(x, s, k) },
      slopes: { x, s, k in
        if x < 0 || x == .infinity { return (0, 0, 0) }
        let t = logRatio(x, s)
        let excess = expm1(k * t)  // (x/λ)ᵏ − 1
        // k − 1 − k·(x/λ)ᵏ in the form that loses no digits
        let pull = abs(k * t) < 0.5 ? -1 - k * excess : k - 1 - k * cumulativeHazard(x, s, k)
        let slope = k == 1 ? -1 / s : pull / x
        return (slope, k * excess / s, 1 / k - t * excess)
      }
    ).sum(axis: -1)
  }

  // MARK: Distribution function and quantile

  /// `1 − exp(−(x/λ)ᵏ)`, accurate for small probabilities too. Gradients flow to the value and to
  /// both parameters.
  public func cumulativeProbability(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: scale.shape, of: "Weibull distribution")
    return elementwise(
      value, scale, concentration,
      value: { x, s, k in
        anyNaN(x, s, k) ? .nan : x <= 0 ? 0 : -expm1(-cumulativeHazard(x, s, k))
      },
      slopes: { x, s, k in
        if x < 0 || x == .infinity { return (0, 0, 0) }
        if x == 0 { return (exp(logWeibullDensity(0, s, k)), 0, 0) }
        let hazard = cumulativeHazard(x, s, k)
        let flow = hazard < 800 ? hazard * exp(-hazard) : 0  // the density of k·log x
        return (k * flow / x, -k * flow / s, flow == 0 ? 0 : logRatio(x, s) * flow)
      })
  }

  /// `λ·(−log(1 − p))^(1/k)`. Gradients flow to the probability and to both parameters.
  public func quantile(of probability: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(probability, to: scale.shape, of: "Weibull distribution")
    return elementwise(
      probability, scale, concentration,
      value: { p, s, k in product(s, ofExponential: log(-log1p(-p)) / k) },
      slopes: { p, s, k in
        let hazard = -log1p(-p)
        if hazard == 0 { return (1 / exp(logWeibullDensity(0, s, k)), 0, 0) }
        if hazard == .infinity { return (.infinity, 0, 0) }
        let t = log(hazard) / k
        let x = product(s, ofExponential: t)
        return (x / k / hazard / (1 - p), x / s, -x * t / k)
      })
  }

  // MARK: Sampling

  /// The quantile of a uniform number. Gradients flow to both parameters. A draw that would be
  /// rounded to 0 or to ∞, as many are for concentrations below 0.01, is the smallest normal number or the
  /// largest finite one.
  ///
  /// - Complexity: about 50 ns for each element.
  public func sample(noise: GeneratorNoise) -> Tensor<Scalar> {
    var generator = noise.generator
    return drawVariables(noise.draws, scale, concentration, using: &generator) { s, k, generator in
      product(s, ofExponential: log(-log(generator.unit())) / k)
    }.keptPositive().implicitFunction(of: scale, concentration) { x, s, k in
      (x / s, -x * logRatio(x, s) / k)
    }
  }

  // MARK: Entropy and divergence

  /// `Σ [γ·(1 − 1/k) + log(λ/k) + 1]` with Euler's constant `γ`, in nats: `[batch…]`.
  public var entropy: Tensor<Scalar> {
    elementwise(
      scale, concentration, value: { s, k in eulerConstant * (1 - 1 / k) + log(s) - log(k) + 1 },
      slopes: { s, k in (1 / s, (eulerConstant / k - 1) / k) }
    ).sum(axis: -1)
  }

  /// `Σ [−log r − a − γ·(1 − r) + eᵃ·Γ(1 + r) − 1]` with the ratio `r = k′/k` of the other concentration
  /// to this one and `a = k′·log(λ/λ′)`, in nats: `[batch…]` (C. Bauckhage, "Computing the
  /// Kullback–Leibler divergence between two Weibull distributions", 2013).
  ///
  /// It is computed as `(eᵇ − 1 − b) + (log Γ(r) + γ·(r − 1))` with `b = a + log Γ(1 + r)`. Neither
  /// part is negative, and both are accurate for nearly equal distributions.
  public func klDivergence(from other: Weibull) -> Tensor<Scalar> {
    requireSameVariables(scale.shape, other.scale.shape, of: "Weibull distribution")
    return elementwise(
      scale, concentration, other.scale, other.concentration,
      value: { s, k, t, l in
        let contrast = WeibullContrast(s, k, t, l)
        return SpecialFunctions.expExcess(contrast.logMoment)
          + logGammaBregman(1, to: contrast.ratio, by: contrast.excess)
      },
      slopes: { s, k, t, l in
        let contrast = WeibullContrast(s, k, t, l)
        let r = contrast.ratio
        let tilt = expm1(contrast.logMoment)
        let slope =
          tilt * SpecialFunctions.digamma(1 + r)
          + SpecialFunctions.digammaStep(1, to: r, by: contrast.excess)
        return (tilt * l / s, -slope * r / k, -tilt * l / t, tilt * logRatio(s, t) + slope / k)
      }
    ).sum(axis: -1)
  }
}

extension Weibull: CoordinateDistribution {
  func draw(_ draws: Shape, using generator: inout Philox) -> Draw<Scalar> {
    let noise = noise(draws, using: &generator)
    let value = sample(noise: noise)
    if value.isInterior { return Draw(value, at: .logarithm(value.log())) }
    var source = noise.generator
    let logs = drawVariables(draws, scale, concentration, using: &source) { s, k, generator in
      log(s) + log(-log(generator.unit())) / k
    }.implicitFunction(of: scale, concentration) { y, s, k in (1 / s, (log(s) - y) / k) }
    return Draw(value, at: .logarithm(logs))
  }

  /// `log k + k·(y − log λ) − exp(k·(y − log λ))` for the logarithms `y`.
  func logDensity(atCoordinateOf draw: Draw<Scalar>) -> Tensor<Scalar>? {
    guard case .logarithm(let logs) = draw.coordinate else { return nil }
    requireFit(logs, to: scale.shape, of: "Weibull distribution")
    // A value has more digits than a large logarithm.
    if draw.value.isInterior { return logDensity(of: draw.value) + logs.sum(axis: -1) }
    return elementwise(
      logs, scale, concentration,
      value: { y, s, k in
        let t = y - log(s)
        return log(k) + k * t - exp(k * t)
      },
      slopes: { y, s, k in
        let t = y - log(s)
        let excess = expm1(k * t)
        return (-k * excess, k * excess / s, 1 / k - t * excess)
      }
    ).sum(axis: -1)
  }
}

/// Euler's constant, `−ψ(1)`.
private let eulerConstant = 0.577215664901532860606512

/// The quantities of the divergence of two Weibull variables of the scales `s` and `t` and of the
/// concentrations `k` and `l`.
private struct WeibullContrast {
  /// `r = l/k`, and `r − 1`.
  let ratio, excess: Double
  /// `log E (x/t)ˡ = l·log(s/t) + log Γ(1 + r)` under the first one.
  let logMoment: Double

  init(_ s: Double, _ k: Double, _ t: Double, _ l: Double) {
    (ratio, excess) = (l / k, (l - k) / k)
    // log Γ(1 + r) is 0 at r = 1, where it is computed from r − 1.
    let logGamma =
      abs(excess) < 0.5
      ? log1p(excess) - eulerConstant * excess + logGammaBregman(1, to: ratio, by: excess)
      : SpecialFunctions.logGamma(1 + ratio)
    logMoment = l * logRatio(s, t) + logGamma
  }
}

/// The log-density of a Weibull variable with the scale `s` and the concentration `k`.
private func logWeibullDensity(_ x: Double, _ s: Double, _ k: Double) -> Double {
  if x < 0 || x == .infinity { return -.infinity }
  if x == 0 { return k == 1 ? -log(s) : k < 1 ? .infinity : -.infinity }
  let t = logRatio(x, s)
  // (x/λ)ᵏ/x for small k, and (x/λ)ᵏ⁻¹/λ near k = 1
  let power = k < 0.5 ? k * t - log(x) : (k - 1) * t - log(s)
  return log(k) + power - cumulativeHazard(x, s, k)
}

/// `(x/s)ᵏ`, with all digits near `x = s` for large `k`, and where the quotient is small.
private func cumulativeHazard(_ x: Double, _ s: Double, _ k: Double) -> Double {
  let ratio = x / s
  return ratio > 0.5 && ratio < 1.5 || !(ratio > 1e-290 && ratio < 1e290)
    ? exp(k * logRatio(x, s)) : pow(ratio, k)
}

private func weibullMean(_ s: Double, _ k: Double) -> Double {
  product(s, ofExponential: SpecialFunctions.logGamma(1 + 1 / k))
}

private func weibullVariance(_ s: Double, _ k: Double) -> Double {
  let (logMean, spread) = (SpecialFunctions.logGamma(1 + 1 / k), logSquareRatio(1 / k))
  let deviation =
    spread < 600
    ? product(s, ofExponential: logMean) * expm1(spread).squareRoot()
    : product(s, ofExponential: logMean + 0.5 * spread)
  return deviation * deviation
}

/// `log Γ(1 + 2h) − 2·log Γ(1 + h)`, the logarithm of the ratio of the mean square to the squared
/// mean, as a sum of two terms that are not negative.
private func logSquareRatio(_ h: Double) -> Double {
  logGammaBregman(1 + h, to: 1 + 2 * h, by: h) + logGammaBregman(1 + h, to: 1, by: -h)
}

/// `log Γ(b) − log Γ(a) − d·ψ(a)` for `b = a + d`, without cancellation.
private func logGammaBregman(_ a: Double, to b: Double, by d: Double) -> Double {
  SpecialFunctions.logGammaDivergence(a, to: b, by: d)
    + SpecialFunctions.deviance(b, from: a, by: -d)
}

/// `log(x/s)`, with all digits near `x = s`, also where the quotient overflows or underflows.
private func logRatio(_ x: Double, _ s: Double) -> Double {
  let relative = (x - s) / s
  if abs(relative) < 0.5 { return log1p(relative) }
  let ratio = x / s
  return ratio > 1e-290 && ratio < 1e290 ? log(ratio) : log(x) - log(s)
}

/// `s·eʸ` for a positive `s`, also where `eʸ` overflows or underflows.
private func product(_ s: Double, ofExponential y: Double) -> Double {
  abs(y) < 690 || y.isInfinite ? s * exp(y) : exp(y + log(s))
}
