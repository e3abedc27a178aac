import Tensors

/// The part of one variable in the KL divergence of a Dirichlet distribution with the concentrations
/// `a` from one with the concentrations `c`. With the totals `n` and `n′`,
///
///     KL = Σ [cᵢ·log(cᵢ/mᵢ) + mᵢ − cᵢ + D(aᵢ, cᵢ)] − D(n, n′),   mᵢ = n′·aᵢ/n,
///
/// where `D` is `SpecialFunctions.logGammaDivergence`. No term is negative, and each is computed from
/// the differences of the concentrations, so that nothing cancels for nearly equal distributions.
struct DirichletDivergence {
  private let a: Double
  private let c: Double
  /// `m` and `m − c`.
  private let mean: Double
  private let gap: Double

  /// The part of a variable with the concentrations `a` and `c`, given `n′/n` and `(n′ − n)/n`.
  init(from a: Double, to c: Double, growth: Double, step: Double) {
    (self.a, self.c) = (a, c)
    mean = a * growth
    gap = abs(step) < 0.5 ? a * step - (c - a) : mean - c
  }

  var value: Double {
    SpecialFunctions.deviance(c, from: mean, by: gap)
      + SpecialFunctions.logGammaDivergence(a, to: c, by: c - a)
  }

  /// The derivatives in `a` and `c` at fixed totals.
  var slopes: (Double, Double) {
    let slopes = logGammaDivergenceSlopes(a, to: c, by: c - a)
    return (slopes.0 + gap / a, slopes.1 - SpecialFunctions.logStep(c, to: mean, by: gap))
  }
}

/// The derivatives of `SpecialFunctions.logGammaDivergence` in `a` and `b`, for `d = b − a`.
func logGammaDivergenceSlopes(_ a: Double, to b: Double, by d: Double) -> (Double, Double) {
  (-d * SpecialFunctions.trigammaExcess(a), SpecialFunctions.digammaErrorStep(a, to: b, by: d))
}
