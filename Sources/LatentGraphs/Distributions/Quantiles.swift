import Foundation
import Tensors

/// Stops the program if the iteration for a quantile did not converge. The probability or a
/// parameter that is NaN gives NaN.
private func converged(
  _ quantile: Double, _ law: String, _ p: Double, _ parameters: Double...
) -> Double {
  let isNumber = p >= 0 && p <= 1 && !parameters.contains(where: \.isNaN)
  require(
    !(isNumber && quantile.isNaN),
    "the quantile of the probability \(p) did not converge for a \(law) with the parameters "
      + "\(parameters)")
  return quantile
}

/// The logarithm of the quantile of a gamma variable with the concentration `a` and the rate 1.
func logGammaQuantile(_ p: Double, _ a: Double) -> Double {
  converged(SpecialFunctions.logGammaQuantile(p, a), "gamma variable", p, a)
}

/// The log-odds of the quantile of a beta variable.
func betaQuantileLogit(_ p: Double, _ a: Double, _ b: Double) -> Double {
  converged(SpecialFunctions.betaQuantileLogit(p, a, b), "beta variable", p, a, b)
}

/// The quantile of a standard Student-t variable with `v` degrees of freedom.
struct StudentQuantile {
  /// The sign, and the logarithm of the magnitude.
  private let sign: Double
  private let logarithm: Double

  /// `ν/(ν + t²)` is a beta variable.
  init(_ p: Double, _ v: Double) {
    sign = p < 0.5 ? -1 : 1
    let tail = p < 0.5 ? p : 1 - p
    logarithm = 0.5 * (log(v) - betaQuantileLogit(2 * tail, 0.5 * v, 0.5))
  }

  /// The quantile; it may overflow.
  var value: Double { sign * exp(logarithm) }

  /// The quantile times a scale, where one of them overflows or underflows too.
  func scaled(by scale: Double) -> Double {
    abs(logarithm) < 690 ? scale * value : sign * exp(logarithm + log(scale))
  }
}
