import Foundation
import Tensors

/// Independent gamma variables: the density is `bᵃ xᵃ⁻¹ exp(−b·x)/Γ(a)` for the concentration `a`
/// and the rate `b`.
///
/// The parameters are those of PyTorch; scipy's `gamma` takes `a` and `scale = 1/b`. The density at
/// 0 is the limit from above.
public struct Gamma<Scalar: TensorScalar>: QuantileDistribution, SelfDivergence,
  ReparameterizedDistribution
{
  // MARK: Parameters

  /// The concentrations `a`, `[batch…, event]`, positive.
  public let concentration: Tensor<Scalar>
  /// The rates `b`, `[batch…, event]`, positive.
  public let rate: Tensor<Scalar>

  /// The distribution with these concentrations and rates, whose shapes broadcast.
  public init(concentration: Tensor<Scalar>, rate: Tensor<Scalar>) {
    let parameters = commonParameters(
      of: "gamma", [("concentration", concentration, .positive), ("rate", rate, .positive)])
    (self.concentration, self.rate) = (parameters[0], parameters[1])
  }

  /// The shape of the batch.
  public var batchShape: Shape { rate.shape.dropLast() }

  /// The number of variables.
  public var dimension: Int { rate.shape[-1] }

  // MARK: Support

  /// The numbers from 0.
  public var support: Support<Scalar> { .nonnegative }

  // MARK: Moments

  /// `a/b`.
  public var mean: Tensor<Scalar> { concentration / rate }

  /// `a/b²`.
  public var variance: Tensor<Scalar> { concentration / rate / rate }

  // MARK: Log-density

  /// `Σ [a·log b + (a − 1)·log x − b·x − log Γ(a)]`, in nats; −∞ if an element is negative or
  /// infinite. Nothing cancels for large concentrations.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: rate.shape, of: "gamma distribution")
    return elementwise(
      value, concentration, rate, value: logGammaDensity,
      slopes: { x, a, b in
        if x < 0 || x == .infinity { return (0, 0, 0) }
        return ((a == 1 ? 0 : (a - 1) / x) - b, logGammaDensitySlope(x, a, b), a / b - x)
      }
    ).sum(axis: -1)
  }

  // MARK: Distribution function and quantile

  /// `P(a, b·x)`, the regularized incomplete gamma function, also where `b·x` underflows. Its relative
  /// error is below 10⁻¹⁴ in the lower tail. Gradients flow to the value and to both parameters.
  ///
  /// - Complexity: about a microsecond for each element.
  public func cumulativeProbability(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, to: rate.shape, of: "gamma distribution")
    return elementwise(
      value, concentration, rate,
      value: { x, a, b in
        if anyNaN(x, a, b) { return .nan }
        let scaled = b * x
        return scaled < 1e-290 && x > 0
          ? exp(SpecialFunctions.logGammaLimit(a, logX: log(b) + log(x)))
          : SpecialFunctions.gammaCDF(a, scaled)
      },
      slopes: { x, a, b in
        if x < 0 || x == .infinity { return (0, 0, 0) }
        let logDensity = logGammaDensity(x, a, b)
        if x == 0 || logDensity == -.infinity { return (exp(logDensity), 0, 0) }
        let slope = variableSlope(x, a, b)
        let scaled = exp(logDensity + log(x))  // the density of log x
        return (exp(logDensity), scaled == 0 ? 0 : -scaled * slope, scaled / b)
      })
  }

  /// The inverse of the cumulative probability, by Newton's method for its logarithm. The error is
  /// below `10⁻¹²·max(1, |log(b·x)|)` relative to the quantile `x`, for `a ≥ 10⁻³`. Gradients flow to
  /// the probability and to both parameters.
  ///
  /// - Complexity: about ten microseconds for each element.
  public func quantile(of probability: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(probability, to: rate.shape, of: "gamma distribution")
    return elementwise(
      probability, concentration, rate,
      value: { p, a, b in
        a < largeConcentration
          ? quotient(ofExponential: logGammaQuantile(p, a), b) : largeGammaQuantile(p, a) / b
      },
      slopes: { p, a, b in
        let logX = logGammaQuantile(p, a)
        if logX == -.infinity { return (1 / exp(logGammaDensity(0, a, b)), 0, 0) }
        if logX == .infinity { return (.infinity, 0, 0) }
        if a >= largeConcentration {
          let (x, z) = (largeGammaQuantile(p, a) / b, SpecialFunctions.normalQuantile(p))
          let slope = SpecialFunctions.logGammaDeviationSlope(a, log(x * b / a)) + 1 / a
          let spread = (a.squareRoot() + 2 * z / 3) / SpecialFunctions.normalDensity(z)
          return (spread / b, x * slope, -x / b)
        }
        let x = quotient(ofExponential: logX, b)
        let slope = SpecialFunctions.logGammaVariableSlope(a, logX)
        // The density of log x
        let logDensity =
          logX < -690
          ? log(a) + SpecialFunctions.logGammaLimit(a, logX: logX)
          : SpecialFunctions.logGammaKernel(a, exp(logX))
        return (quotient(ofExponential: logX - logDensity, b), x * slope, -x / b)
      })
  }

  // MARK: Sampling

  /// Draws by rejection (Marsaglia and Tsang, 2000), with implicit gradients for both parameters
  /// (Figurnov et al., 2018). The gradients have a relative error of about `√a·ε`; they are infinite or
  /// 0 where they overflow or underflow. A draw that would be rounded to 0 or to ∞ is the smallest
  /// normal number or the largest finite one.
  ///
  /// - Complexity: about 200 ns for each element, and a microsecond for its gradient.
  public func sample(noise: GeneratorNoise) -> Tensor<Scalar> {
    var generator = noise.generator
    return drawVariables(noise.draws, concentration, rate, using: &generator) { a, b, generator in
      // The logarithm of a large variable is rounded.
      a < 1
        ? quotient(ofExponential: generator.logGammaVariable(a), b)
        : a * exp(generator.logGammaDeviation(a)) / b
    }.keptPositive().implicitFunction(of: concentration, rate) { x, a, b in
      if x == 0 { return (0, 0) }
      return (x * variableSlope(x, a, b), -x / b)
    }
  }

  // MARK: Entropy and divergence

  /// `Σ [a − log b + log Γ(a) + (1 − a)·ψ(a)]`, in nats: `[batch…]`.
  public var entropy: Tensor<Scalar> {
    let shape = elementwise(
      concentration,
      value: { a in
        // For large a the terms cancel to ½ log(2π a) + ½: log Γ and ψ by their series.
        let error = SpecialFunctions.digammaError(a)
        return 0.5 * logTwoPi + 0.5 * log(a) + SpecialFunctions.stirlingError(a) + (a - 1) * error
      }, slope: { a in 1 / a + (1 - a) * SpecialFunctions.trigammaExcess(a) })
    return (shape - rate.log()).sum(axis: -1)
  }

  /// `Σ [a′·(r − 1 − log r) + log Γ(a′) − log Γ(a) − (a′ − a)·ψ(a) − a′·log(a′/a) + a′ − a]`, with
  /// the ratio `r = (a/b)/(a′/b′)` of the means and the parameters `a′` and `b′` of the other
  /// distribution, in nats: `[batch…]`. Neither part is negative, and both are accurate for nearly
  /// equal distributions.
  public func klDivergence(from other: Gamma) -> Tensor<Scalar> {
    requireSameVariables(rate.shape, other.rate.shape, of: "gamma distribution")
    return elementwise(
      concentration, rate, other.concentration, other.rate,
      value: { a, b, c, d in
        return c * RatioOfMeans(a, b, c, d).divergence
          + SpecialFunctions.logGammaDivergence(a, to: c, by: c - a)
      },
      slopes: { a, b, c, d in
        let ratio = RatioOfMeans(a, b, c, d)
        let slopes = logGammaDivergenceSlopes(a, to: c, by: c - a)
        let own = c * ratio.excess
        return (own / a + slopes.0, -own / b, slopes.1 - ratio.logarithm, own / d)
      }
    ).sum(axis: -1)
  }
}

/// `r = (a/b)/(c/d)`, the ratio of the means of two gamma distributions.
private struct RatioOfMeans {
  /// `r − 1`.
  let excess: Double
  /// `log r`.
  let logarithm: Double

  init(_ a: Double, _ b: Double, _ c: Double, _ d: Double) {
    let product = b * c
    let logQuotient = (log(a) - log(b)) - (log(c) - log(d))
    if product > 1e-280 && product < 1e280 && a * d < 1e280 {
      // a·d − b·c with the rounding error of b·c (W. Kahan).
      let difference = (-product).addingProduct(a, d) + product.addingProduct(-b, c)
      excess = difference / product
    } else {
      let (own, other) = (a / b, c / d)
      let isNormal = min(own, other) > 1e-290 && max(own, other) < .infinity
      excess = isNormal ? own / other - 1 : expm1(logQuotient)
    }
    logarithm = abs(excess) < 0.5 ? log1p(excess) : logQuotient
  }

  /// `r − 1 − log r`.
  var divergence: Double {
    abs(excess) < 0.5 ? SpecialFunctions.log1pDefect(excess) : excess - logarithm
  }
}

/// The log-density of a gamma variable.
func logGammaDensity(_ x: Double, _ a: Double, _ b: Double) -> Double {
  if x.isNaN || a.isNaN || b.isNaN { return .nan }
  if x < 0 || x == .infinity || b * x == .infinity { return -.infinity }
  if x == 0 { return a == 1 ? log(b) : a < 1 ? .infinity : -.infinity }
  if a >= 10 && b * x > 1e-290 { return SpecialFunctions.logGammaKernel(a, b * x) - log(x) }
  // (b·x)ᵃ/x for small a, and b·(b·x)ᵃ⁻¹ near a = 1.
  let logarithm = logOfProduct(b, x)
  let power = a < 0.5 ? a * logarithm - log(x) : log(b) + (a - 1) * logarithm
  return power - b * x - SpecialFunctions.logGamma(a)
}

/// `eʸ/b` for a positive `b`, also where `eʸ` overflows or underflows.
private func quotient(ofExponential y: Double, _ b: Double) -> Double {
  abs(y) < 690 || y.isInfinite ? exp(y) / b : exp(y - log(b))
}

/// From this concentration on, quantiles are computed from those of a normal variable.
private let largeConcentration = 1e16

/// The quantile of a gamma variable of rate 1 with a large concentration, by three terms of the
/// expansion of Cornish and Fisher. The next one is `(z³ − 7z)/(36√a)`.
private func largeGammaQuantile(_ p: Double, _ a: Double) -> Double {
  if p == 0 || p == 1 { return p == 0 ? 0 : .infinity }
  let z = SpecialFunctions.normalQuantile(p)
  return a + (z * a.squareRoot() + (z * z - 1) / 3)
}

/// The derivative of `log x` in the concentration at a fixed probability, for a value `x`.
private func variableSlope(_ x: Double, _ a: Double, _ b: Double) -> Double {
  let relative = (b * x - a) / a
  return a >= 1 && abs(relative) < 0.5
    ? SpecialFunctions.logGammaDeviationSlope(a, log1p(relative)) + 1 / a
    : SpecialFunctions.logGammaVariableSlope(a, logOfProduct(b, x))
}

/// `log(a·b)` of positive numbers, also where the product underflows.
private func logOfProduct(_ a: Double, _ b: Double) -> Double {
  let product = a * b
  return product > 1e-290 ? log(product) : log(a) + log(b)
}

/// Its derivative in the concentration, `log(b·x) − ψ(a)`, without cancellation for large `a`.
func logGammaDensitySlope(_ x: Double, _ a: Double, _ b: Double) -> Double {
  let relative = (b * x - a) / a
  let logarithm = abs(relative) < 0.5 ? log1p(relative) : logOfProduct(b, x) - log(a)
  return logarithm + SpecialFunctions.digammaError(a)
}

/// Logarithms of gamma variables of rate 1 divided by their means `a`, with implicit gradients:
/// `[draws…, batch…, event]`. For large `a` they are small numbers, which `Float` does not round to the
/// last place of `log a`. They are finite where the variables themselves would underflow. Concentrations
/// below 10⁻³⁰, whose logarithms could overflow in `Float`, stop the program.
func logGammaDeviations<Scalar>(
  _ draws: Shape, concentration: Tensor<Scalar>, using generator: inout Philox
) -> Tensor<Scalar> {
  drawVariables(draws, concentration, concentration, using: &generator) { a, _, generator in
    require(!(a < 1e-30), "a draw for a concentration of \(a), which is below 1e-30")
    return generator.logGammaDeviation(a)
  }.implicitFunction(of: concentration, concentration) { deviation, a, _ in
    (SpecialFunctions.logGammaDeviationSlope(a, deviation), 0)
  }
}

/// Logarithms of gamma variables of rate 1, with implicit gradients: `[draws…, batch…, event]`.
func logGammaVariables<Scalar>(
  _ draws: Shape, concentration: Tensor<Scalar>, using generator: inout Philox
) -> Tensor<Scalar> {
  concentration.log() + logGammaDeviations(draws, concentration: concentration, using: &generator)
}
