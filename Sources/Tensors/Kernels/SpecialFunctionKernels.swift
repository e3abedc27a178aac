import CKernels

/// Special functions of numbers, for densities and samplers that are computed element by element
/// (`special.h`).
package enum SpecialFunctions {
  /// `log |Γ(x)|`.
  package static func logGamma(_ x: Double) -> Double { lg_log_gamma(x) }

  /// `ψ(x)`, the derivative of `log Γ`.
  package static func digamma(_ x: Double) -> Double { lg_digamma(x) }

  /// `ψ′(x)`.
  package static func trigamma(_ x: Double) -> Double { lg_trigamma(x) }

  /// `x − log(1 + x)`, without cancellation near 0.
  package static func log1pDefect(_ x: Double) -> Double { lg_log1p_defect(x) }

  /// `eˣ − 1 − x`, without cancellation near 0.
  package static func expExcess(_ x: Double) -> Double { lg_exp_excess(x) }

  /// `log a − ψ(a)`, without cancellation for large `a`.
  package static func digammaError(_ a: Double) -> Double { lg_digamma_error(a) }

  /// `ψ′(a) − 1/a`, without cancellation for large `a`.
  package static func trigammaExcess(_ a: Double) -> Double { lg_trigamma_excess(a) }

  /// `φ(x)`, the standard normal density.
  package static func normalDensity(_ x: Double) -> Double { lg_normal_density(x) }

  /// `Φ(x)`.
  package static func normalCDF(_ x: Double) -> Double { lg_normal_cdf(x) }

  /// `Φ⁻¹(p)`.
  package static func normalQuantile(_ p: Double) -> Double { lg_normal_quantile(p) }

  /// `log(Γ(a + h)/Γ(a))`, without cancellation for large `a`.
  package static func logGammaRatio(_ a: Double, adding h: Double) -> Double {
    lg_log_gamma_ratio(a, h)
  }

  /// `log(xᵃ e⁻ˣ/Γ(a))`, without cancellation for large `a`.
  package static func logGammaKernel(_ a: Double, _ x: Double) -> Double {
    lg_log_gamma_kernel(a, x)
  }

  /// `log(xᵃ (1 − x)ᵇ/B(a, b))`, without cancellation for large `a` and `b`.
  package static func logBetaKernel(_ a: Double, _ b: Double, _ x: Double) -> Double {
    lg_log_beta_kernel(a, b, x)
  }

  /// `log(xᵃ⁻¹ (1 − x)ᵇ⁻¹/B(a, b))`, without cancellation for large `a` and `b` and near 1.
  package static func logBetaDensity(_ a: Double, _ b: Double, _ x: Double) -> Double {
    lg_log_beta_density(a, b, x)
  }

  /// `log C(n, k) + k log p + (n − k) log q` for positive `k` and `rest = n − k`, without
  /// cancellation.
  package static func logBinomial(
    _ k: Double, rest: Double, _ p: Double, _ q: Double
  ) -> Double {
    lg_log_binomial(k, rest, p, q)
  }

  /// The error of Stirling's formula for `log Γ(a)`.
  package static func stirlingError(_ a: Double) -> Double { lg_stirling_error(a) }

  /// `a log(a/m) + m − a`.
  package static func deviance(_ a: Double, from m: Double) -> Double { lg_deviance(a, m) }

  // MARK: Differences between a and b = a + d

  // `d` is an argument of its own, because it has more digits than `a` and `b` where they are close.

  /// `log(b/a)`.
  package static func logStep(_ a: Double, to b: Double, by d: Double) -> Double {
    lg_log_step(a, b, d)
  }

  /// `d − a·log(b/a)`, the deviance, without cancellation.
  package static func deviance(_ a: Double, from b: Double, by d: Double) -> Double {
    lg_deviance_step(a, b, d)
  }

  /// `ψ(b) − ψ(a)`, without cancellation.
  package static func digammaStep(_ a: Double, to b: Double, by d: Double) -> Double {
    lg_digamma_step(a, b, d)
  }

  /// `ψ(b) − ψ(a) − log(b/a)`, without cancellation.
  package static func digammaErrorStep(_ a: Double, to b: Double, by d: Double) -> Double {
    lg_digamma_error_step(a, b, d)
  }

  /// `ψ′(b) − 1/b − (ψ′(a) − 1/a)`, without cancellation.
  package static func trigammaExcessStep(_ a: Double, to b: Double, by d: Double) -> Double {
    lg_trigamma_excess_step(a, b, d)
  }

  /// `log Γ(b) − log Γ(a) − d·ψ(a) − deviance(b, from: a)`, without cancellation; never negative.
  package static func logGammaDivergence(_ a: Double, to b: Double, by d: Double) -> Double {
    lg_log_gamma_divergence(a, b, d)
  }

  // MARK: Distribution functions

  /// `P(a, x)`, the distribution function of a gamma variable with rate 1.
  package static func gammaCDF(_ a: Double, _ x: Double) -> Double { lg_gamma_cdf(a, x) }

  /// `1 − P(a, x)`, without cancellation for `a ≥ 1`.
  package static func gammaSurvival(_ a: Double, _ x: Double) -> Double { lg_gamma_survival(a, x) }

  /// The derivative in `a` of `log x` at a fixed `P(a, x)`.
  package static func logGammaVariableSlope(_ a: Double, _ logX: Double) -> Double {
    lg_log_gamma_variable_slope(a, logX)
  }

  /// The derivative in `a` of `log(x/a)` at a fixed `P(a, x)`, given `log(x/a)`.
  package static func logGammaDeviationSlope(_ a: Double, _ deviation: Double) -> Double {
    lg_log_gamma_deviation_slope(a, deviation)
  }

  /// `I(x; a, b)`, the distribution function of a beta variable, with `y = 1 − x`.
  package static func betaCDF(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> Double {
    lg_beta_cdf(a, b, x, y)
  }

  /// The logarithm of `xᵃ/Γ(a + 1)`, the limit of `P(a, x)` for small `x`.
  package static func logGammaLimit(_ a: Double, logX: Double) -> Double {
    lg_log_gamma_limit(a, logX)
  }

  /// The logarithm of `xᵃ/(a·B(a, b))`, the limit of `I(x; a, b)` for small `x`.
  package static func logBetaLimit(_ a: Double, _ b: Double, logX: Double) -> Double {
    lg_log_beta_limit(a, b, logX)
  }

  // MARK: Quantiles

  /// `log x` for the argument `x` at which `P(a, x) = p`; NaN if the iteration does not converge.
  package static func logGammaQuantile(_ p: Double, _ a: Double) -> Double {
    lg_log_gamma_quantile(p, a)
  }

  /// The log-odds of the argument `x` at which `I(x; a, b) = p`; NaN if the iteration does not
  /// converge.
  package static func betaQuantileLogit(_ p: Double, _ a: Double, _ b: Double) -> Double {
    lg_beta_quantile_logit(p, a, b)
  }

  /// The derivative of `Φ⁻¹` at `p`, given `x = Φ⁻¹(p)`.
  package static func normalQuantileSlope(_ p: Double, _ x: Double) -> Double {
    lg_normal_quantile_slope(p, x)
  }
}
