// The incomplete gamma function.
//
// With t = x eᵛ, Q(a, x) = D ∫₀^∞ exp(−(x − a)v − x(eᵛ − 1 − v)) dv with D = xᵃ e⁻ˣ/Γ(a), and P is
// the same for negative v. With the additional factor v + log x − ψ(a), the integrals are the
// derivatives of log x in a at a fixed probability. Each is taken on the side on which that factor
// has one sign, so that nothing cancels.
#include "../include/special.h"

#include <math.h>
#include <stdbool.h>

#include "legendre.h"
#include "quantile.h"

// ∫₀^∞ (1, v + c) exp(−r·v − x·(e^(±v) − 1 ∓ v)) dv, where r ≥ −½. The integrand is cut off where
// it has decreased by e⁻⁴⁰.
static void decay_integrals(double r, double x, double sign, double c, double *plain,
                            double *weighted) {
  double end = sqrt(80 / x);
  if (r > 0 && 40 / r < end) end = 40 / r;
  // Newton's method for r·v + x·(e^(±v) − 1 ∓ v) = 40, which decreases monotonically to the end,
  // after its first step, because the function is convex.
  for (int i = 0; i < 8; i++) {
    const double level = r * end + x * lg_exp_excess(sign * end) - 40;
    const double slope = r + sign * x * expm1(sign * end);
    const double step = level / slope;
    end -= step;
    if (fabs(step) < 0.02 * end) break;
  }
  double sum = 0, weightedSum = 0;
  for (int i = 0; i < legendre_count; i++) {
    const double v = end * legendre_node(i);
    const double term = legendre_weight(i) * exp(-r * v - x * lg_exp_excess(sign * v));
    sum += term;
    weightedSum += term * (v + c);
  }
  *plain = end * sum;
  *weighted = end * weightedSum;
}

// Shapes from which the lower side is integrated; for smaller ones a series has fewer terms.
static const double shape_of_integral = 64;
// From this concentration on, derivatives are computed by an expansion.
static const double shape_of_expansion = 1e10;

// Σ xⁿ/((a + 1)…(a + n))
static double lower_series(double a, double x) {
  double sum = 1, term = 1;
  for (double n = 1; term > 1e-17 * sum; n++) sum += term *= x / (a + n);
  return sum;
}

// A probability as e^kernel·factor.
typedef struct {
  double kernel, factor;
} Probability;

static bool is_lower_tail(double a, double x) {
  return a < shape_of_integral ? x <= a + 0.5 : x <= a;
}

// P in the lower tail.
static Probability lower_tail(double a, double x, double log_x) {
  if (a < 10) return (Probability){a * log_x - x - lg_log_gamma(a + 1), lower_series(a, x)};
  const double kernel = lg_log_gamma_kernel(a, x);
  if (a < shape_of_integral) return (Probability){kernel, lower_series(a, x) / a};
  double plain, weighted;
  decay_integrals(a - x, x, -1, 0, &plain, &weighted);
  return (Probability){kernel, plain};
}

// Q in the upper tail.
static Probability upper_tail(double a, double x) {
  double plain, weighted;
  decay_integrals(x - a, x, 1, 0, &plain, &weighted);
  return (Probability){lg_log_gamma_kernel(a, x), plain};
}

static double number(Probability p) { return exp(p.kernel) * p.factor; }

static double logarithm(Probability p) { return p.kernel + log(p.factor); }

double lg_gamma_survival(double a, double x) {
  if (!(a > 0) || x != x) return NAN;
  if (x <= 0) return 1;
  if (x == INFINITY) return 0;
  return is_lower_tail(a, x) ? 1 - number(lower_tail(a, x, log(x))) : number(upper_tail(a, x));
}

double lg_gamma_cdf(double a, double x) {
  if (!(a > 0) || x != x) return NAN;
  if (x <= 0) return 0;
  if (x == INFINITY) return 1;
  return is_lower_tail(a, x) ? number(lower_tail(a, x, log(x))) : 1 - number(upper_tail(a, x));
}

double lg_log_gamma_limit(double a, double log_x) { return a * log_x - lg_log_gamma(a + 1); }

// log P(a, x) and its derivative in log x.
static LGLogTail log_lower_tail(double a, double b, double log_x) {
  (void)b;
  const double x = exp(log_x);
  const double value =
      is_lower_tail(a, x) ? logarithm(lower_tail(a, x, log_x)) : log1p(-number(upper_tail(a, x)));
  return (LGLogTail){value, exp(lg_log_gamma_kernel(a, x) - value)};
}

// log Q(a, x) and its derivative in −log x.
static LGLogTail log_upper_tail(double a, double b, double minus_log_x) {
  (void)b;
  const double x = exp(-minus_log_x);
  const double value = is_lower_tail(a, x) ? log1p(-number(lower_tail(a, x, -minus_log_x)))
                                           : logarithm(upper_tail(a, x));
  return (LGLogTail){value, exp(lg_log_gamma_kernel(a, x) - value)};
}

double lg_log_gamma_quantile(double p, double a) {
  if (!(p >= 0 && p <= 1 && a > 0)) return NAN;
  if (p == 0 || p == 1) return p == 0 ? -INFINITY : INFINITY;
  // P is at most its limit for small x. With the probability 1 − e⁻ᵗ a variable is at most
  // a + √(2at) + t (S. Boucheron, G. Lugosi and P. Massart, "Concentration inequalities", 2013).
  const double t = -log1p(-p);
  const double bottom = (log(p) - lg_log_gamma_limit(a, 0)) / a, top = log(a + sqrt(2 * a * t) + t);
  if (bottom < -690) return bottom;
  const double centre = log(a) + lg_normal_quantile(p) / sqrt(a);
  const double start = fmax(bottom, fmin(top, centre));
  if (p <= 0.5) {
    const LGBracket bracket = {bottom, top, a < 10 ? bottom : start};
    return lg_tail_quantile(log_lower_tail, a, 0, log(p), bracket);
  }
  const LGBracket bracket = {-top, -bottom, a < 10 ? -top : -start};
  return -lg_tail_quantile(log_upper_tail, a, 0, log1p(-p), bracket);
}

double lg_log_gamma_variable_slope(double a, double log_x) {
  if (!(a > 0) || log_x != log_x) return NAN;
  if (a >= shape_of_expansion) return lg_log_gamma_deviation_slope(a, log_x - log(a)) + 1 / a;
  const double x = exp(log_x);
  if (a < shape_of_integral && log_x <= lg_digamma(a + 1)) {
    // Σ xⁿ/(a…(a + n))·(ψ(a + n + 1) − log x)
    double digamma = lg_digamma(a + 1), term = 1 / a, sum = term * (digamma - log_x);
    for (double n = 1; n < 1000; n++) {
      term *= x / (a + n);
      digamma += 1 / (a + n);
      const double next = term * (digamma - log_x);
      sum += next;
      if (next <= 1e-17 * sum) break;
    }
    return sum;
  }
  const double centre = log_x - log(a) + lg_digamma_error(a);  // log x − ψ(a)
  double plain, weighted;
  if (a < shape_of_integral || centre > 0) {
    decay_integrals(x - a, x, 1, centre, &plain, &weighted);
  } else {
    decay_integrals(a - x, x, -1, -centre, &plain, &weighted);
  }
  return weighted;
}

double lg_log_gamma_deviation_slope(double a, double deviation) {
  if (!(a >= shape_of_expansion)) {
    return lg_log_gamma_variable_slope(a, log(a) + deviation) - 1 / a;
  }
  // With x = a(1 + r), the expansion x = a + z√a + (z² − 1)/3 + O(1/√a) of a quantile in that of a
  // normal variable, z, has the derivative 1 + r/2 − r²/6 + 1/(6a), up to z³/(72 a√a).
  const double r = expm1(deviation);
  return (-0.5 * r - r * r / 6 + 1 / (6 * a)) / (a * (1 + r));
}
