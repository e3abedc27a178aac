import Foundation
import Tensors

/// `log Γ((ν + k)/2) − log Γ(ν/2) − k/2·log(π ν)`, which approaches `−k/2·log 2π`.
func studentConstant(_ v: Double, _ k: Double) -> Double {
  let (a, h) = (0.5 * v, 0.5 * k)
  let rest: Double
  if a < 10 {
    rest = SpecialFunctions.logGammaRatio(a, adding: h) - h * log(a)
  } else {
    rest =
      (h - 0.5) * log1p(h / a) - a * SpecialFunctions.log1pDefect(h / a)
      + SpecialFunctions.stirlingError(a + h) - SpecialFunctions.stirlingError(a)
  }
  return rest - h * logTwoPi
}

/// Twice its derivative in `ν`, `ψ((ν + k)/2) − ψ(ν/2) − k/ν`.
func studentConstantSlope(_ v: Double, _ k: Double) -> Double {
  let (a, h) = (0.5 * v, 0.5 * k)
  return SpecialFunctions.digammaErrorStep(a, to: a + h, by: h)
    - SpecialFunctions.log1pDefect(h / a)
}

/// `ψ(a + h) − ψ(a)`, without cancellation.
func digammaStep(_ a: Double, _ h: Double) -> Double {
  SpecialFunctions.digammaStep(a, to: a + h, by: h)
}

/// The derivative in `ν` of `(ν + k)/2·(ψ((ν + k)/2) − ψ(ν/2))` minus `studentConstant`, the part of the
/// entropy that depends on `ν`. All terms of the first order cancel, which leaves `½·b·(T(b) − T(a))` with
/// `a = ν/2`, `b = a + k/2` and `T(x) = ψ′(x) − 1/x`.
func studentEntropySlope(_ v: Double, _ k: Double) -> Double {
  let (a, h) = (0.5 * v, 0.5 * k)
  return 0.5 * (a + h) * SpecialFunctions.trigammaExcessStep(a, to: a + h, by: h)
}

/// The terms of the Student-t density in `w = z²/ν`, for `z = (x − location)/scale`, also where `z`, its
/// square or `w` overflows.
struct StudentRatio {
  /// `log(1 + w)`.
  let logOnePlus: Double
  /// `w/(1 + w)`.
  let share: Double

  init(_ x: Double, _ location: Double, _ scale: Double, _ v: Double) {
    let z = standardized(x, location, scale)
    if abs(z) < 1e140, z * z / v < 1e300 {
      self.init(z * z / v)
    } else {
      self.init(logarithm: 2 * logMagnitude(x, location, scale) - log(v))
    }
  }

  /// The terms for a `w` that does not overflow.
  init(_ w: Double) {
    logOnePlus = log1p(w)
    share = w / (1 + w)
  }

  /// The terms for the logarithm of a large `w`.
  init(logarithm: Double) {
    logOnePlus = logarithm
    share = logarithm.isNaN ? .nan : 1
  }

  /// `−log(1 + w) + w/(1 + w)`, a difference of the second order for a small `w`.
  var bend: Double {
    share > 0.9 ? share - logOnePlus : -SpecialFunctions.log1pDefect(-share)
  }
}
