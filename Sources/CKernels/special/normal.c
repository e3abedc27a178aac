// The normal distribution.
#include "../include/special.h"

#include <math.h>

#include "polynomial.h"

// exp(−x²/2), with the rounding error of x² corrected.
static double bell(double x) {
  const double square = x * x, lost = fma(x, x, -square);
  return square > 1600 ? 0 : exp(-0.5 * square) * (1 - 0.5 * lost);
}

double lg_erf_slope(double x) {
  const double square = x * x, lost = fma(x, x, -square);
  return x != x ? x : square > 800 ? 0 : M_2_SQRTPI * exp(-square) * (1 - lost);
}

double lg_normal_density(double x) { return x != x ? x : 0.39894228040143267794 * bell(x); }

double lg_normal_cdf(double x) {
  if (x > 9) return 1;
  if (x < -39) return 0;
  // Φ(x) = ½ erfc(y) with y = −x/√2, whose rounding error is corrected to first order.
  const double y = -x * M_SQRT1_2, lost = fma(-x, M_SQRT1_2, -y) - x * -4.8336466567264567e-17;
  return 0.5 * erfc(y) - lost * (0.5 * M_2_SQRTPI) * bell(x);
}

// x²·(1 + Φ(x)·x/φ(x)) for x < −30: 1 − 3/x² + 15/x⁴ − …
static double mills_tail(double x) {
  static const double c[8] = {1, -3, 15, -105, 945, -10395, 135135, -2027025};
  const double t = 1 / (x * x);
  return polynomial(c, 8, t);
}

double lg_log_normal_cdf(double x) {
  if (x > -1) return log1p(-lg_normal_cdf(-x));
  if (x > -30) return log(lg_normal_cdf(x));
  if (x == -INFINITY) return x;
  const double t = 1 / (x * x);
  return -0.5 * x * x - half_log_two_pi - log(-x) + log1p(-t * mills_tail(x));
}

double lg_log_normal_cdf_slope(double x) {
  if (x > -30) return lg_normal_density(x) / lg_normal_cdf(x);
  if (x == -INFINITY) return INFINITY;
  return x != x ? x : -x / (1 - mills_tail(x) / (x * x));
}

// M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied
// Statistics 37 (1988).
double lg_normal_quantile(double p) {
  static const double a[8] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                              1.9715909503065514427e+3, 1.3731693765509461125e+4,
                              4.5921953931549871457e+4, 6.7265770927008700853e+4,
                              3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static const double b[8] = {1,
                              4.2313330701600911252e+1,
                              6.8718700749205790830e+2,
                              5.3941960214247511077e+3,
                              2.1213794301586595867e+4,
                              3.9307895800092710610e+4,
                              2.8729085735721942674e+4,
                              5.2264952788528545610e+3};
  static const double c[8] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                              5.76949722146069140550e0,  3.64784832476320460504e0,
                              1.27045825245236838258e0,  2.41780725177450611770e-1,
                              2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static const double d[8] = {1,
                              2.05319162663775882187e0,
                              1.67638483018380384940e0,
                              6.89767334985100004550e-1,
                              1.48103976427480074590e-1,
                              1.51986665636164571966e-2,
                              5.47593808499534494600e-4,
                              1.05075007164441684324e-9};
  static const double e[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                              1.78482653991729133580e0,  2.96560571828504891230e-1,
                              2.65321895265761230930e-2, 1.24266094738807843860e-3,
                              2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static const double f[8] = {1,
                              5.99832206555887937690e-1,
                              1.36929880922735805310e-1,
                              1.48753612908506148525e-2,
                              7.86869131145613259100e-4,
                              1.84631831751005468180e-5,
                              1.42151175831644588870e-7,
                              2.04426310338993978564e-15};
  if (!(p >= 0 && p <= 1)) return NAN;
  if (p == 0 || p == 1) return p == 0 ? -INFINITY : INFINITY;
  const double q = p - 0.5;
  if (fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(a, 8, r) / polynomial(b, 8, r);
  }
  const double tail = sqrt(-log(q < 0 ? p : 1 - p));
  const double r = tail <= 5 ? tail - 1.6 : tail - 5;
  const double x = tail <= 5 ? polynomial(c, 8, r) / polynomial(d, 8, r)
                             : polynomial(e, 8, r) / polynomial(f, 8, r);
  return q < 0 ? -x : x;
}

double lg_normal_quantile_slope(double p, double x) {
  if (x != x) return x;
  if (fabs(x) == INFINITY) return INFINITY;
  // In a tail, φ(x) is the tail's probability times a factor near |x|, which does not amplify the
  // error of x.
  const double y = -fabs(x);
  if (y > -1) return 1 / lg_normal_density(x);
  return 1 / (lg_log_normal_cdf_slope(y) * (x < 0 ? p : 1 - p));
}
