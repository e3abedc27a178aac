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

/// `log(1 + z²/ν)`, without overflow of the square.
func logOnePlus(_ z: Double, _ v: Double) -> Double {
  let ratio = z * z / v
  return ratio < 1e300 ? log1p(ratio) : 2 * log(abs(z)) - log(v)
}
