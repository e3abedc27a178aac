import Foundation
import Tensors

/// Independent Student-t variables, `x = location + scale·t`: the density of `t` is proportional to
/// `(1 + t²/ν)^(−(ν + 1)/2)` for `ν` degrees of freedom.
///
/// The parameters are those of PyTorch (`df`, `loc`, `scale`) and of scipy's `t`.
public struct StudentT<Scalar: TensorScalar>: QuantileDistribution, ReparameterizedDistribution {
  // MARK: Parameters

  /// `ν`, `[batch…, event]`, positive.
  public let degreesOfFreedom: Tensor<Scalar>
  /// The medians, `[batch…, event]`.
  public let location: Tensor<Scalar>
  /// The scales, `[batch…, event]`, positive.
  public let scale: Tensor<Scalar>

  /// The distribution with these parameters, whose shapes broadcast.
  public init(degreesOfFreedom: Tensor<Scalar>, location: Tensor<Scalar>, scale: Tensor<Scalar>) {
    let parameters = commonParameters(
      of: "Student-t distribution",
      [
        ("number of degrees of freedom", degreesOfFreedom, .positive),
        ("location", location, .finite), ("scale", scale, .positive),
      ])
    self.degreesOfFreedom = parameters[0]
    (self.location, self.scale) = (parameters[1], parameters[2])
  }

  /// The shape of the batch.
  public var batchShape: Shape { scale.shape.dropLast() }

  /// The number of variables.
  public var dimension: Int { scale.shape[-1] }

  // MARK: Support

  /// All numbers.
  public var support: Support<Scalar> { .real }

  // MARK: Moments

  /// The location; NaN for `ν ≤ 1`.
  public var mean: Tensor<Scalar> {
    (degreesOfFreedom .> 1).select(location, Tensor(.nan))
  }

  /// `scale²·ν/(ν − 2)`; ∞ for `1 < ν ≤ 2`, NaN for `ν ≤ 1`.
  public var variance: Tensor<Scalar> {
    let isFinite = degreesOfFreedom .> 2
    let safe = isFinite.select(degreesOfFreedom, Tensor(3))
    let unbounded = (degreesOfFreedom .> 1).select(
      .infinity * scale.detached, Tensor(.nan))
    return isFinite.select(scale * (safe / (safe - 2)) * scale, unbounded)
  }

  // MARK: Log-density

  /// `Σ [log Γ((ν + 1)/2) − log Γ(ν/2) − ½·log(π ν) − log scale − (ν + 1)/2·log(1 + t²/ν)]`, in
  /// nats; −∞ if an element is infinite. Nothing cancels for large `ν`, and no square overflows.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: scale.shape, of: "Student-t distribution")
    return elementwise(
      value, degreesOfFreedom, location, scale,
      value: { x, v, m, s in
        studentConstant(v, 1) - log(s) - 0.5 * (v + 1) * StudentRatio(x, m, s, v).logOnePlus
      },
      slopes: { x, v, m, s in
        if x.isInfinite { return (0, 0, 0, 0) }
        let (z, ratio) = (standardized(x, m, s), StudentRatio(x, m, s, v))
        let slope =
          abs(z) < 1e140 ? -(v + 1) * z / (v + z * z) / s : -(v + 1) * ratio.share / (x - m)
        return (
          slope, 0.5 * (studentConstantSlope(v, 1) + ratio.bend + ratio.share / v), -slope,
          ((v + 1) * ratio.share - 1) / s
        )
      }
    ).sum(axis: -1)
  }

  // MARK: Distribution function and quantile

  /// The distribution function, by the incomplete beta function, with an absolute error below
  /// 10⁻¹³, also where the square of `(x − location)/scale` overflows.
  ///
  /// Gradients flow to the value, the location and the scale. A gradient in `ν` has no closed form,
  /// and differentiating stops the program.
  /// - Complexity: about a microsecond for each element; `ν` must be at most 10¹².
  public func cumulativeProbability(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: scale.shape, of: "Student-t distribution")
    requireModerateDegrees()
    return elementwise(
      value, degreesOfFreedom.detached, location, scale,
      value: { x, v, m, s in
        let z = standardized(x, m, s)
        if anyNaN(z, v) { return .nan }
        let tail = 0.5 * studentTails(x, v, m, s)
        return z < 0 ? tail : 1 - tail
      },
      slopes: { x, v, m, s in
        if x.isInfinite { return (0, 0, 0, 0) }
        let logOnePlus = StudentRatio(x, m, s, v).logOnePlus
        let logDensity = studentConstant(v, 1) - 0.5 * (v + 1) * logOnePlus - log(s)
        let density = exp(logDensity)
        // The derivative in the scale, z times the density of x
        let size = x == m ? 0 : exp(logDensity + logMagnitude(x, m, s))
        return (density, 0, -density, x < m ? size : -size)
      }
    ).refusingGradients(
      of: [degreesOfFreedom],
      "the derivative of a Student-t variable's distribution function in the degrees of freedom")
  }

  /// The inverse of the cumulative probability, by that of a beta variable. The error relative to
  /// `|x − location|` is below `10⁻¹²·max(1, |log(ν/t²)|)` for `t = (x − location)/scale` and `ν ≥ 10⁻³`.
  /// Gradients flow to the probability, the location and the scale; a gradient in `ν` is refused, as for
  /// the cumulative probability.
  ///
  /// - Complexity: about ten times that of the cumulative probability.
  public func quantile(of probability: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(probability, to: scale.shape, of: "Student-t distribution")
    requireModerateDegrees()
    return elementwise(
      probability, degreesOfFreedom.detached, location, scale,
      value: { p, v, m, s in m + StudentQuantile(p, v).scaled(by: s) },
      slopes: { p, v, _, s in
        let z = StudentQuantile(p, v).value
        let logDensity =
          studentConstant(v, 1) - 0.5 * (v + 1) * StudentRatio(z, 0, 1, v).logOnePlus
        return (exp(log(s) - logDensity), 0, 1, z)
      }
    ).refusingGradients(
      of: [degreesOfFreedom],
      "the derivative of a Student-t variable's quantile in the degrees of freedom")
  }

  private func requireModerateDegrees() {
    let isLarge = (degreesOfFreedom .> Scalar(1e12)).scalars.contains(1)
    require(!isLarge, "the distribution function of a Student-t variable with ν above 10¹²")
  }

  // MARK: Sampling

  /// `location + scale·z·√(ν/(2g))` for a normal number `z` and a gamma variable `g` with the
  /// concentration `ν/2`, from its logarithm. Gradients flow to all parameters, to `ν` by the
  /// implicit derivative of `g`. A draw that overflows is infinite; `ν` below 2·10⁻³⁰ stops the program.
  public func sample(noise: GeneratorNoise) -> Tensor<Scalar> {
    var generator = noise.generator
    let half = 0.5 * degreesOfFreedom
    let normal = Tensor<Scalar>.normal(noise.draws + scale.shape, using: &generator)
    let deviation = logGammaDeviations(noise.draws, concentration: half, using: &generator)
    return location + scale * normal * (-0.5 * deviation).exp()
  }

  // MARK: Entropy

  /// `Σ [(ν + 1)/2·(ψ((ν + 1)/2) − ψ(ν/2)) + log(√ν·B(ν/2, ½)) + log scale]`, in nats: `[batch…]`.
  public var entropy: Tensor<Scalar> {
    let shape = elementwise(
      degreesOfFreedom,
      value: { v in 0.5 * (v + 1) * digammaStep(0.5 * v, 0.5) - studentConstant(v, 1) },
      slope: { v in studentEntropySlope(v, 1) })
    return (shape + scale.log()).sum(axis: -1)
  }
}

/// The probability that the magnitude of a Student-t variable exceeds `|x − location|`.
private func studentTails(_ x: Double, _ v: Double, _ location: Double, _ scale: Double) -> Double {
  let z = standardized(x, location, scale)
  if x.isInfinite { return 0 }
  if abs(z) < 1e140 {
    let square = z * z
    return SpecialFunctions.betaCDF(0.5 * v, 0.5, v / (v + square), square / (v + square))
  }
  // ν/(ν + z²) may underflow, for which the incomplete beta function has a limit.
  let logRest = -StudentRatio(x, location, scale, v).logOnePlus
  return exp(SpecialFunctions.logBetaLimit(0.5 * v, 0.5, logX: logRest))
}
