// The gamma function and its logarithmic derivatives.
#include "../include/special.h"

#include <math.h>

#include "polynomial.h"

double lg_log_gamma(double x) {
  int sign;
  return lgamma_r(x, &sign);
}

// ψ on [1, 2]: (x − root) times the Chebyshev interpolant of ψ(x)/(x − root), with an error below
// 10⁻¹⁸.
static double digamma_of_unit(double x) {
  static const double c[24] = {
      0.9510558760318328,      -0.21181371064073024,    0.06013562106019684,
      -0.018550615381739702,   0.005936795278301875,    -0.0019350666647392832,
      0.0006368880303847901,   -0.00021074841284590126, 6.99501882655044e-05,
      -2.325823275895313e-05,  7.741234441368395e-06,   -2.578133701610713e-06,
      8.589062683365892e-07,   -2.8621216825577647e-07, 9.543261570760428e-08,
      -3.1807298477301726e-08, 1.0528133851878114e-08,  -3.509235492410718e-09,
      1.2466690231864029e-09,  -4.1555064115551965e-10, 8.748420037436287e-11,
      -2.9161179626023815e-11, 2.916093601085364e-11,   -9.720300404202244e-12};
  return ((x - 1.4616321449683622) - 9.549995429965697e-17) * polynomial(c, 24, 2 * x - 3);
}

// Σ B₂ₖ/(2k x²ᵏ), which is log x − 1/(2x) − ψ(x), for x ≥ 10.
static double digamma_tail(double x) {
  static const double c[8] = {1. / 12,  -1. / 120,     1. / 252, -1. / 240,
                              1. / 132, -691. / 32760, 1. / 12,  -3617. / 8160};
  const double t = 1 / x / x;
  return t * polynomial(c, 8, t);
}

double lg_digamma_error(double a) {
  return a < 10 ? log(a) - lg_digamma(a) : 0.5 / a + digamma_tail(a);
}

double lg_digamma(double x) {
  if (x != x || x == INFINITY) return x;
  if (x == 0) return -1 / x;
  if (x < 0) {
    const double rest = x - rint(x);
    if (rest == 0 || x == -INFINITY) return NAN;
    return lg_digamma(1 - x) - M_PI / tan(M_PI * rest);
  }
  if (x >= 10) return log(x) - 0.5 / x - digamma_tail(x);
  if (x < 1) return digamma_of_unit(1 + x) - 1 / x;
  double sum = 0;
  while (x >= 2) sum += 1 / --x;
  return digamma_of_unit(x) + sum;
}

// ψ′(x) − 1/x = 1/(2x²) + Σ B₂ₖ/x²ᵏ⁺¹, for x ≥ 15.
static double trigamma_tail(double x) {
  static const double c[7] = {1. / 6, -1. / 30, 1. / 42, -1. / 30, 5. / 66, -691. / 2730, 7. / 6};
  const double r = 1 / x, t = r * r;
  return t * (0.5 + r * polynomial(c, 7, t));
}

double lg_trigamma_excess(double a) { return a < 15 ? lg_trigamma(a) - 1 / a : trigamma_tail(a); }

double lg_trigamma(double x) {
  if (x != x) return x;
  if (x == INFINITY) return 0;
  if (x <= 0) {
    if (x == -INFINITY) return NAN;
    const double rest = x - rint(x);
    if (rest == 0) return INFINITY;
    const double s = sin(M_PI * rest) / M_PI;
    return 1 / (s * s) - lg_trigamma(1 - x);
  }
  double sum = 0;
  for (; x < 15; x++) sum += 1 / (x * x);
  return sum + (1 / x + trigamma_tail(x));
}
