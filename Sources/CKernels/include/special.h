// Special functions of probability distributions, in double for both scalar types.
//
// The errors of lg_erf … lg_trigamma are stated in Documentation/accuracy.md. All functions are NaN
// at NaN and outside of their domains.
#pragma once

// MARK: One argument

// log |Γ(x)|, ∞ at 0, −1, −2, …
double lg_log_gamma(double x);
// ψ(x), the derivative of log Γ; NaN at −1, −2, …, ∓∞ at ±0.
double lg_digamma(double x);
// ψ′(x); ∞ at 0, −1, −2, …
double lg_trigamma(double x);
// The derivative 2/√π·exp(−x²) of erf.
double lg_erf_slope(double x);
// φ(x), the density of a standard normal variable.
double lg_normal_density(double x);
// Φ(x), its distribution function.
double lg_normal_cdf(double x);
// log Φ(x), accurate where Φ underflows.
double lg_log_normal_cdf(double x);
// φ(x)/Φ(x), the derivative of log Φ.
double lg_log_normal_cdf_slope(double x);
// Φ⁻¹(p); −∞ at 0, ∞ at 1.
double lg_normal_quantile(double p);
// 1/φ(x), the derivative of Φ⁻¹ at p, given x = Φ⁻¹(p).
double lg_normal_quantile_slope(double p, double x);

// MARK: Differences without cancellation, for a, b, x > 0

// x − log(1 + x) and eˣ − 1 − x, never negative.
double lg_log1p_defect(double x);
double lg_exp_excess(double x);
// log a − ψ(a), between 1/(2a) and 1/a.
double lg_digamma_error(double a);
// log Γ(a) − (a − ½) log a + a − ½ log 2π, the error of Stirling's formula.
double lg_stirling_error(double a);
// a log(a/m) + m − a, the deviance of a Poisson variable; never negative.
double lg_deviance(double a, double m);
// ψ′(a) − 1/a.
double lg_trigamma_excess(double a);
// log(Γ(a + h)/Γ(a)) for h ≥ 0.
double lg_log_gamma_ratio(double a, double h);
// log(xᵃ e⁻ˣ/Γ(a)).
double lg_log_gamma_kernel(double a, double x);
// log(xᵃ (1 − x)ᵇ/B(a, b)) for 0 < x < 1.
double lg_log_beta_kernel(double a, double b, double x);
// log(xᵃ⁻¹ (1 − x)ᵇ⁻¹/B(a, b)) for 0 < x < 1.
double lg_log_beta_density(double a, double b, double x);
// log C(n, k) + k log p + (n − k) log(1 − p) for positive real numbers k and rest = n − k, with p
// and q = 1 − p.
double lg_log_binomial(double k, double rest, double p, double q);

// MARK: Differences between a and b = a + d
//
// d is an argument of its own, because it has more digits than a and b where they are close. The
// relative errors are below 3·10⁻¹⁴.

// log(b/a).
double lg_log_step(double a, double b, double d);
// d − a log(b/a), which is lg_deviance(a, b); never negative.
double lg_deviance_step(double a, double b, double d);
// ψ(b) − ψ(a).
double lg_digamma_step(double a, double b, double d);
// ψ(b) − ψ(a) − log(b/a).
double lg_digamma_error_step(double a, double b, double d);
// ψ′(b) − 1/b − (ψ′(a) − 1/a).
double lg_trigamma_excess_step(double a, double b, double d);
// log Γ(b) − log Γ(a) − d ψ(a) − lg_deviance(b, a): the distance of log Γ from its tangent in a
// minus that of x log x − x; never negative.
double lg_log_gamma_divergence(double a, double b, double d);

// MARK: Distribution functions

// P(a, x), the distribution function of a gamma variable with shape a and rate 1, for a > 0.
double lg_gamma_cdf(double a, double x);
// Q(a, x) = 1 − P(a, x), without cancellation for a ≥ 1.
double lg_gamma_survival(double a, double x);
// The derivative in a of log x at a fixed P(a, x), the implicit derivative of a gamma variable with
// the logarithm log_x; always positive.
double lg_log_gamma_variable_slope(double a, double log_x);
// The derivative in a of log(x/a), given deviation = log(x/a), without cancellation for large a.
double lg_log_gamma_deviation_slope(double a, double deviation);
// I(x; a, b), the distribution function of a beta variable, with y = 1 − x.
double lg_beta_cdf(double a, double b, double x, double y);
// The logarithms of xᵃ/Γ(a + 1) and xᵃ/(a B(a, b)), the limits of P and I for small x. They are
// upper bounds; for I with the odds of x in place of x.
double lg_log_gamma_limit(double a, double log_x);
double lg_log_beta_limit(double a, double b, double log_x);

// MARK: Quantiles
//
// By Newton's method for the logarithm of the smaller tail, in a bracket. The error in log x is
// below 10⁻¹² relative to max(1, |log x|) for a, b ≥ 10⁻³. NaN if the iteration does not converge.

// log x for the argument x at which P(a, x) = p.
double lg_log_gamma_quantile(double p, double a);
// The log-odds of the argument x at which I(x; a, b) = p.
double lg_beta_quantile_logit(double p, double a, double b);
