// Differences of logarithms of gamma functions, without cancellation (after C. Loader, "Fast and
// accurate computation of binomial probabilities", 2000).
#include "../include/special.h"

#include "../shared/kernel.h"
#include "polynomial.h"

#define TEMPLATE "../shared/functions.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE

double lg_log1p_defect(double x) { return log1p_defect_f64(x); }

double lg_exp_excess(double x) { return exp_excess_f64(x); }

// The coefficients B₂ₖ/(2k(2k − 1)) of a¹⁻²ᵏ in the error of Stirling's formula.
static const double stirling_series[7] = {1. / 12,   -1. / 360,      1. / 1260, -1. / 1680,
                                          1. / 1188, -691. / 360360, 1. / 156};
static const int stirling_count = sizeof(stirling_series) / sizeof(double);

double lg_stirling_error(double a) {
  if (a < 10) return lg_log_gamma(a) - (a - 0.5) * log(a) + a - half_log_two_pi;
  return polynomial(stirling_series, 7, 1 / a / a) / a;
}

// log(x/y), also where the quotient overflows or underflows.
static double log_ratio(double x, double y) {
  const double ratio = x / y;
  return ratio >= DBL_MIN && ratio <= DBL_MAX ? log(ratio) : log(x) - log(y);
}

// Functions of a and b = a + d. Where a and b are close, d has digits that they have not.

static bool is_near(double u) { return u >= -0.5 && u < 1e15; }

double lg_log_step(double a, double b, double d) {
  return is_near(d / a) ? log1p(d / a) : log_ratio(b, a);
}

double lg_deviance_step(double a, double b, double d) {
  return is_near(d / a) ? a * log1p_defect_f64(d / a) : d - a * log_ratio(b, a);
}

double lg_deviance(double a, double m) {
  if (a == 0) return m;
  if (m == 0 || m == INFINITY) return INFINITY;
  return lg_deviance_step(a, m, m - a);
}

double lg_log_gamma_ratio(double a, double h) {
  if (a < 10) return lg_log_gamma(a + h) - lg_log_gamma(a);
  const double u = h / a;
  return h * log(a) + (h - 0.5) * log1p(u) - a * log1p_defect_f64(u) + lg_stirling_error(a + h) -
         lg_stirling_error(a);
}

double lg_log_gamma_kernel(double a, double x) {
  if (a < 10) return a * log(x) - x - lg_log_gamma(a);
  return 0.5 * log(a) - half_log_two_pi - lg_stirling_error(a) - lg_deviance(a, x);
}

double lg_log_beta_kernel(double a, double b, double x) {
  if (a < 10 && b < 10) {
    return a * log(x) + b * log1p(-x) + lg_log_gamma(a + b) - lg_log_gamma(a) - lg_log_gamma(b);
  }
  if (a < 10) {
    return a * log(x) + b * log1p(-x) + lg_log_gamma_ratio(b, a) - lg_log_gamma(a);
  }
  if (b < 10) {
    return a * log(x) + b * log1p(-x) + lg_log_gamma_ratio(a, b) - lg_log_gamma(b);
  }
  const double n = a + b;
  return 0.5 * (log(a) + log(b / n)) - half_log_two_pi + lg_stirling_error(n) -
         lg_stirling_error(a) - lg_stirling_error(b) - lg_deviance(a, n * x) -
         lg_deviance(b, n * (1 - x));
}

double lg_log_beta_density(double a, double b, double x) {
  if (a >= 10 && b >= 10) return lg_log_beta_kernel(a, b, x) - log(x) - log1p(-x);
  const double small = fmin(a, b), large = fmax(a, b);
  return (a - 1) * log(x) + (b - 1) * log1p(-x) + lg_log_gamma_ratio(large, small) -
         lg_log_gamma(small);
}

double lg_log_binomial(double k, double rest, double p, double q) {
  const double n = k + rest;
  return 0.5 * (log(n / k) - log(rest)) - half_log_two_pi + lg_stirling_error(n) -
         lg_stirling_error(k) - lg_stirling_error(rest) - lg_deviance(k, n * p) -
         lg_deviance(rest, n * q);
}

// MARK: Divergences of log Γ and slopes
//
// a and b = a + d are increased in steps of 1, by the recurrences of the functions, until the
// asymptotic series have all digits; d stays as it is given.
static const double start_of_series = 15;

// log a − ψ(a) minus the same of b, from the series: with p = 1/a and q = 1/b,
// pⁿ − qⁿ = (p − q) Σ pⁱ qⁿ⁻¹⁻ⁱ.
static double digamma_error_series(double a, double b, double d) {
  const double p = 1 / a, q = 1 / b;
  double power = p, sum = p + q, series = 0;  // pⁿ⁻¹ and Σ pⁱ qⁿ⁻¹⁻ⁱ for n = 2
  for (int k = 0; k < stirling_count; k++) {
    series += (2 * k + 1) * stirling_series[k] * sum;
    for (int i = 0; i < 2; i++) sum = q * sum + (power *= p);
  }
  return d / a / b * (0.5 + series);
}

double lg_digamma_step(double a, double b, double d) {
  if (!(a > 0 && b > 0)) return NAN;
  double sum = 0;
  for (; fmin(a, b) < start_of_series; a++, b++) sum += d / a / b;
  return sum + lg_log_step(a, b, d) + digamma_error_series(a, b, d);
}

double lg_digamma_error_step(double a, double b, double d) {
  if (fmin(a, b) >= start_of_series) return digamma_error_series(a, b, d);
  if (fabs(d / a) > 0.75) return lg_digamma_error(a) - lg_digamma_error(b);
  return lg_digamma_step(a, b, d) - lg_log_step(a, b, d);
}

// ψ′(b) − 1/b minus the same of a, from the series, as in digamma_error_series.
static double trigamma_excess_series(double a, double b, double d) {
  const double p = 1 / a, q = 1 / b;
  double power = p, sum = p + q, series = 0.5 * sum;  // pⁿ⁻¹ and Σ pⁱ qⁿ⁻¹⁻ⁱ for n = 2
  for (int k = 0; k < stirling_count; k++) {
    sum = q * sum + (power *= p);
    series += 2 * (k + 1) * (2 * k + 1) * stirling_series[k] * sum;
    sum = q * sum + (power *= p);
  }
  return -d / a / b * series;
}

double lg_trigamma_excess_step(double a, double b, double d) {
  if (!(a > 0 && b > 0)) return NAN;
  // ψ′(a) − 1/a decreases by 1/(a²(a + 1)) from a to a + 1.
  double sum = 0;
  for (; fmin(a, b) < start_of_series; a++, b++) {
    sum -= d / a / b * ((a / b + 1 + b / a) + (1 / a + 1 / b)) / (a + 1) / (b + 1);
  }
  return sum + trigamma_excess_series(a, b, d);
}

// The error of Stirling's formula at b, minus its tangent in a, from the series. For a⁻ⁿ the
// difference is d²/(a²b) Σ (i + 1) pⁱ qⁿ⁻¹⁻ⁱ with p = 1/a and q = 1/b.
static double stirling_divergence_series(double a, double b, double d) {
  const double p = 1 / a, q = 1 / b;
  double power = 1, sum = 1, series = 0;  // pⁿ⁻¹ and the sum for n = 1
  for (int k = 0, n = 1; k < stirling_count; k++) {
    series += stirling_series[k] * sum;
    for (int i = 0; i < 2; i++) sum = q * sum + ++n * (power *= p);
  }
  return (d / a) * (d / a) / b * series;
}

double lg_log_gamma_divergence(double a, double b, double d) {
  if (!(a > 0 && b > 0)) return NAN;
  if (!(fabs(d / a) <= 0.75)) {
    return lg_stirling_error(b) - lg_stirling_error(a) + d * lg_digamma_error(a) -
           0.5 * log_ratio(b, a);
  }
  const double own = lg_deviance_step(b, a, -d);
  double sum = 0;
  for (; fmin(a, b) < start_of_series; a++, b++) sum += lg_deviance_step(a, b, d) / a;
  sum += lg_deviance_step(a, b, d) / (2 * a) + stirling_divergence_series(a, b, d);
  return sum + (lg_deviance_step(b, a, -d) - own);
}
