import Foundation
import Tensors

/// The parts of the entropy of a Dirichlet distribution with the concentrations `a` and their sum `n`.
///
/// With `S`, the error of Stirling's formula, and `E(x) = log x − ψ(x)`, the large terms of
/// `Σ [log Γ(a) − (a − 1)·ψ(a)] − log Γ(n) + (n − k)·ψ(n)` cancel exactly, which leaves
///
///     Σ [½·log 2π + ½·log a − log n + S(a) + (a − 1)·(E(a) − E(n))] + ½·log n − ½·log 2π − S(n).
enum DirichletEntropy {
  /// The part of one variable, given `n` and `n − a`.
  static func part(_ a: Double, ofTotal n: Double, rest: Double) -> Double {
    0.5 * (logTwoPi + log(a)) - log(n) + SpecialFunctions.stirlingError(a)
      + (a - 1) * SpecialFunctions.digammaErrorStep(a, to: n, by: rest)
  }

  /// The part of the sum.
  static func total(_ n: Double) -> Double {
    0.5 * (log(n) - logTwoPi) - SpecialFunctions.stirlingError(n)
  }

  /// `1 − (a − 1)·ψ′(a)`, the derivative of the entropy in `a` at a fixed sum.
  static func partSlope(_ a: Double) -> Double {
    1 / a - (a - 1) * SpecialFunctions.trigammaExcess(a)
  }

  /// `(n − k)·ψ′(n) − 1`, its derivative in the sum for `k` variables.
  static func totalSlope(_ n: Double, variables k: Double) -> Double {
    -k / n + (n - k) * SpecialFunctions.trigammaExcess(n)
  }
}
