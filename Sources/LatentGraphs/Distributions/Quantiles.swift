import Foundation
import Tensors

/// The argument `y` at which an increasing, log-concave distribution function has the value `p`, by
/// Newton's method for the logarithm of the smaller of `p` and `1 − p`. For a concave function it
/// converges monotonically after the first step.
///
/// - Parameters:
///   - start: the first argument.
///   - probabilities: the distribution function, its complement and the density at an argument.
private func quantile(
  _ p: Double, start: Double,
  _ probabilities: (Double) -> (lower: Double, upper: Double, density: Double)
) -> Double {
  let isLower = p <= 0.5
  let target = log(isLower ? p : 1 - p)
  var y = start
  for _ in 0..<100 {
    let (lower, upper, density) = probabilities(y)
    let tail = isLower ? lower : upper
    if tail == 0 || density == 0 {
      // Too far out: back towards the centre.
      y += isLower ? 0.5 * max(abs(y), 1) : -0.5 * max(abs(y), 1)
      continue
    }
    let step = (log(tail) - target) * tail / density
    y -= isLower ? step : -step
    if abs(step) <= 1e-12 * max(1, abs(y)) { break }
  }
  return y
}

/// The quantile of a gamma variable with the concentration `a` and the rate 1. The logarithm of the
/// variable has a log-concave density.
func gammaQuantile(_ p: Double, _ a: Double) -> Double {
  if !(p >= 0 && p <= 1) || a.isNaN { return .nan }
  if p == 0 || p == 1 { return p == 0 ? 0 : .infinity }
  // A lower bound, from P(a, x) ≤ xᵃ/Γ(a + 1); near the centre for a large concentration.
  let bound = (log(p) + SpecialFunctions.logGamma(a + 1)) / a
  let centre = log(a) + SpecialFunctions.normalQuantile(p) / a.squareRoot()
  if bound < -700 { return exp(bound) }
  return exp(
    quantile(p, start: a < 10 ? bound : max(bound, centre)) { y in
      let x = exp(y)
      return (
        SpecialFunctions.gammaCDF(a, x), SpecialFunctions.gammaSurvival(a, x),
        exp(SpecialFunctions.logGammaKernel(a, x))
      )
    })
}

/// The log-odds of the quantile of a beta variable, which have a log-concave density.
func betaQuantileLogit(_ p: Double, _ a: Double, _ b: Double) -> Double {
  if !(p >= 0 && p <= 1) || a.isNaN || b.isNaN { return .nan }
  if p == 0 || p == 1 { return p == 0 ? -.infinity : .infinity }
  // In a far tail, I(x; a, b) = xᵃ/(a·B(a, b)).
  let lower = (log(p) + log(a) + logBeta(a, b)) / a
  let upper = (log1p(-p) + log(b) + logBeta(a, b)) / b
  if lower < -690 { return lower }
  if upper < -690 { return -upper }
  return quantile(p, start: log(a) - log(b)) { y in
    let (x, rest) = (sigmoid(y), sigmoid(-y))
    let kernel =
      x < rest
      ? SpecialFunctions.logBetaKernel(a, b, x) : SpecialFunctions.logBetaKernel(b, a, rest)
    return (
      SpecialFunctions.betaCDF(a, b, x, rest), SpecialFunctions.betaCDF(b, a, rest, x), exp(kernel)
    )
  }
}

/// The quantile of a standard Student-t variable with `v` degrees of freedom: `ν/(ν + t²)` is a beta
/// variable.
func studentQuantile(_ p: Double, _ v: Double) -> Double {
  if p > 0.5 { return -studentQuantile(1 - p, v) }
  if p == 0.5 { return v.isNaN ? v : 0 }
  let logit = betaQuantileLogit(2 * p, 0.5 * v, 0.5)
  return -exp(0.5 * (log(v) - logit))
}
