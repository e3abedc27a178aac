// The incomplete beta function.
//
// With the log-odds of x decreased by v, I(x; a, b) = D ∫₀^∞ exp(−r v − n G(v)) dv, where
// D = xᵃ(1 − x)ᵇ/B(a, b), n = a + b, r = a(1 − x) − b x, and G(v) = log(1 − x + x e⁻ᵛ) + x v is
// nonnegative and convex. It takes few nodes for large a; for small a there is a continued
// fraction.
#include "../include/special.h"

#include <math.h>
#include <stdbool.h>

#include "legendre.h"
#include "quantile.h"

// The continued fraction of I(x; a, b) for x < (a + 1)/(a + b + 2), by Lentz's method.
static double beta_fraction(double a, double b, double x) {
  const double tiny = 1e-300;
  double c = 1, d = 1 - (a + b) * x / (a + 1);
  d = 1 / (fabs(d) < tiny ? tiny : d);
  double h = d;
  for (double m = 1; m < 1e8; m++) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 + even * d;
    c = 1 + even / c;
    d = 1 / (fabs(d) < tiny ? tiny : d);
    c = fabs(c) < tiny ? tiny : c;
    h *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + odd * d;
    c = 1 + odd / c;
    d = 1 / (fabs(d) < tiny ? tiny : d);
    c = fabs(c) < tiny ? tiny : c;
    const double step = d * c;
    h *= step;
    if (fabs(step - 1) < 1e-16) return h;
  }
  return NAN;
}

// G(v) and its derivative, without cancellation.
static double excess(double x, double y, double v) {
  if (x < y) return x * lg_exp_excess(-v) - lg_log1p_defect(x * expm1(-v));
  return y * lg_exp_excess(v) - lg_log1p_defect(y * expm1(v));
}

static double excess_slope(double x, double y, double v) {
  return x < y ? -x * y * expm1(-v) / (1 + x * expm1(-v)) : x * y * expm1(v) / (1 + y * expm1(v));
}

// ∫₀^∞ exp(−r v − n G(v)) dv for y = 1 − x. The integrand is cut off where it has decreased by
// e⁻⁴⁰.
static double decay_integral(double a, double b, double x, double y) {
  const double n = a + b, r = a * y - b * x;
  double end = sqrt(80 / n / x / y);
  if (r > 0 && 40 / r < end) end = 40 / r;
  for (int i = 0; i < 16; i++) {
    const double level = r * end + n * excess(x, y, end) - 40;
    const double step = level / (r + n * excess_slope(x, y, end));
    end -= step;
    if (fabs(step) < 0.02 * end) break;
  }
  double sum = 0;
  for (int i = 0; i < legendre_count; i++) {
    const double v = end * legendre_node(i);
    sum += legendre_weight(i) * exp(-r * v - n * excess(x, y, v));
  }
  return end * sum;
}

// I(x; a, b) divided by D, in the lower tail.
static double lower_factor(double a, double b, double x, double y) {
  return a < 64 ? beta_fraction(a, b, x) / a : decay_integral(a, b, x, y);
}

// The kernel takes the smaller of x and y, which has all its digits.
static double log_kernel(double a, double b, double x, double y) {
  return x < y ? lg_log_beta_kernel(a, b, x) : lg_log_beta_kernel(b, a, y);
}

static bool is_lower_tail(double a, double b, double x) { return x < (a + 1) / (a + b + 2); }

double lg_beta_cdf(double a, double b, double x, double y) {
  if (!(a > 0 && b > 0) || x != x || y != y) return NAN;
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const double kernel = exp(log_kernel(a, b, x, y));
  if (is_lower_tail(a, b, x)) return kernel * lower_factor(a, b, x, y);
  return 1 - kernel * lower_factor(b, a, y, x);
}

double lg_log_beta_limit(double a, double b, double log_x) {
  return a * log_x - lg_log_gamma(a + 1) + lg_log_gamma_ratio(b, a);
}

// log I(x; a, b) and its derivative in the log-odds of x.
static LGLogTail log_beta_tail(double a, double b, double logit) {
  const double e = exp(-fabs(logit)), small = e / (1 + e), large = 1 / (1 + e);
  const double x = logit < 0 ? small : large, y = logit < 0 ? large : small;
  const double kernel = log_kernel(a, b, x, y);
  const double value = is_lower_tail(a, b, x) ? kernel + log(lower_factor(a, b, x, y))
                                              : log1p(-exp(kernel) * lower_factor(b, a, y, x));
  return (LGLogTail){value, exp(kernel - value)};
}

// The log-odds of the quantile for a lower tail with the probability p ≤ ½. The other tail bounds
// them from above by `top`.
static double lower_quantile(double p, double a, double b, double top) {
  const double bottom = (log(p) - lg_log_beta_limit(a, b, 0)) / a;
  const double centre = log(a) - log(b) + lg_normal_quantile(p) * sqrt(1 / a + 1 / b);
  const LGBracket bracket = {bottom, top, a < 10 ? bottom : fmax(bottom, fmin(top, centre))};
  return lg_tail_quantile(log_beta_tail, a, b, log(p), bracket);
}

double lg_beta_quantile_logit(double p, double a, double b) {
  if (!(p >= 0 && p <= 1 && a > 0 && b > 0)) return NAN;
  if (p == 0 || p == 1) return p == 0 ? -INFINITY : INFINITY;
  // I(x; a, b) is at most its limit for small odds, with the odds in place of x.
  const double bottom = (log(p) - lg_log_beta_limit(a, b, 0)) / a;
  const double top = (lg_log_beta_limit(b, a, 0) - log1p(-p)) / b;
  if (bottom < -690) return bottom;
  if (top > 690) return top;
  return p <= 0.5 ? lower_quantile(p, a, b, top) : -lower_quantile(1 - p, b, a, -bottom);
}
