// The incomplete gamma function.
//
// With t = x eᵛ, Q(a, x) = D ∫₀^∞ exp(−(x − a)v − x(eᵛ − 1 − v)) dv with D = xᵃ e⁻ˣ/Γ(a), and P is
// the same for negative v. With the additional factor v + log x − ψ(a), the integrals are the
// derivatives of log x in a at a fixed probability. Each is taken on the side on which that factor
// has one sign, so that nothing cancels.
#include "../include/special.h"

#include <math.h>

// The nodes and weights of the Gauss–Legendre rule with 32 nodes on [0, 1]; the other half is
// symmetric.
static const double legendre[16][2] = {
    {0.0013680690752592183, 0.003509305004735048}, {0.007194244227365833, 0.008137197365452835},
    {0.017618872206246784, 0.01269603265463103},   {0.03254696203113015, 0.017136931456510716},
    {0.05183942211697394, 0.02141794901111334},    {0.07531619313371501, 0.025499029631188087},
    {0.1027581020160288, 0.029342046739267772},    {0.13390894062985517, 0.032911111388180925},
    {0.1684778665348924, 0.03617289705442425},     {0.20614212137961885, 0.039096947893535156},
    {0.2465500455338853, 0.041655962113473374},    {0.2893243619346823, 0.043826046502201906},
    {0.33406569885893617, 0.045586939347881945},   {0.38035631887393145, 0.04692219954040228},
    {0.42776401920860174, 0.04781936003963743},    {0.4758461671561308, 0.0482700442573639}};

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
  for (int i = 0; i < 32; i++) {
    const double *rule = legendre[i < 16 ? i : 31 - i];
    const double v = end * (i < 16 ? rule[0] : 1 - rule[0]);
    const double term = rule[1] * exp(-r * v - x * lg_exp_excess(sign * v));
    sum += term;
    weightedSum += term * (v + c);
  }
  *plain = end * sum;
  *weighted = end * weightedSum;
}

// Shapes from which the lower side is integrated; for smaller ones a series has fewer terms.
static const double shape_of_integral = 64;

// Σ xⁿ/((a + 1)…(a + n))
static double lower_series(double a, double x) {
  double sum = 1, term = 1;
  for (double n = 1; term > 1e-17 * sum; n++) sum += term *= x / (a + n);
  return sum;
}

double lg_gamma_survival(double a, double x) {
  if (!(a > 0) || x != x) return NAN;
  if (x <= 0) return 1;
  if (x == INFINITY) return 0;
  if (a < shape_of_integral ? x <= a + 0.5 : x <= a) return 1 - lg_gamma_cdf(a, x);
  double plain, weighted;
  decay_integrals(x - a, x, 1, 0, &plain, &weighted);
  return exp(lg_log_gamma_kernel(a, x)) * plain;
}

double lg_gamma_cdf(double a, double x) {
  if (!(a > 0) || x != x) return NAN;
  if (x <= 0) return 0;
  if (x == INFINITY) return 1;
  if (!(a < shape_of_integral ? x <= a + 0.5 : x <= a)) return 1 - lg_gamma_survival(a, x);
  if (a < shape_of_integral) {
    // xᵃ e⁻ˣ/Γ(a + 1)
    const double kernel =
        a < 10 ? exp(a * log(x) - x - lg_log_gamma(a + 1)) : exp(lg_log_gamma_kernel(a, x)) / a;
    return kernel * lower_series(a, x);
  }
  double plain, weighted;
  decay_integrals(a - x, x, -1, 0, &plain, &weighted);
  return exp(lg_log_gamma_kernel(a, x)) * plain;
}

double lg_log_gamma_variable_slope(double a, double log_x) {
  if (!(a > 0) || log_x != log_x) return NAN;
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
