#include "../include/special.h"

#include "../shared/kernel.h"

#define Scalar double
#define IS_FLOAT 0
#define NAME(name) name##_f64
#include "../shared/functions.inc"
#undef Scalar
#undef IS_FLOAT
#undef NAME

#define COUNT(array) ((ptrdiff_t)(sizeof(array) / sizeof(*(array))))

static const double half_log_two_pi = 0.91893853320467274178;

// Σ c[k] tᵏ
static double polynomial(const double *c, ptrdiff_t count, double t) {
  double p = 0;
  for (ptrdiff_t k = count - 1; k >= 0; k--) p = p * t + c[k];
  return p;
}
#define POLYNOMIAL(c, t) polynomial(c, COUNT(c), t)

// x − log(1 + x) and eˣ − 1 − x, without cancellation near 0.
static double defect(double x) { return log1p_defect_f64(x); }

static double excess(double x) {
  if (fabs(x) > 0.5) return expm1(x) - x;
  // Σ xᵏ/(k + 2)!
  static const double c[] = {1. / 2,       1. / 6,        1. / 24,        1. / 120,
                             1. / 720,     1. / 5040,     1. / 40320,     1. / 362880,
                             1. / 3628800, 1. / 39916800, 1. / 479001600, 1. / 6227020800};
  return x * x * POLYNOMIAL(c, x);
}

double lg_log1p_defect(double x) { return defect(x); }

double lg_exp_excess(double x) { return exp_excess_f64(x); }

// MARK: Gamma function and its logarithmic derivatives

double lg_log_gamma(double x) {
  int sign;
  return lgamma_r(x, &sign);
}

// ψ on [1, 2]: (x − root) times the Chebyshev interpolant of ψ(x)/(x − root), with an error below
// 10⁻¹⁸.
static double digamma_of_unit(double x) {
  static const double c[] = {
      0.9510558760318328,      -0.21181371064073024,    0.06013562106019684,
      -0.018550615381739702,   0.005936795278301875,    -0.0019350666647392832,
      0.0006368880303847901,   -0.00021074841284590126, 6.99501882655044e-05,
      -2.325823275895313e-05,  7.741234441368395e-06,   -2.578133701610713e-06,
      8.589062683365892e-07,   -2.8621216825577647e-07, 9.543261570760428e-08,
      -3.1807298477301726e-08, 1.0528133851878114e-08,  -3.509235492410718e-09,
      1.2466690231864029e-09,  -4.1555064115551965e-10, 8.748420037436287e-11,
      -2.9161179626023815e-11, 2.916093601085364e-11,   -9.720300404202244e-12};
  return ((x - 1.4616321449683622) - 9.549995429965697e-17) * POLYNOMIAL(c, 2 * x - 3);
}

// Σ B₂ₖ/(2k x²ᵏ), which is log x − 1/(2x) − ψ(x), for x ≥ 10.
static double digamma_tail(double x) {
  static const double c[] = {1. / 12,  -1. / 120,     1. / 252, -1. / 240,
                             1. / 132, -691. / 32760, 1. / 12,  -3617. / 8160};
  const double t = 1 / x / x;
  return t * POLYNOMIAL(c, t);
}

double lg_digamma_error(double a) {
  return a < 10 ? log(a) - lg_digamma(a) : 0.5 / a + digamma_tail(a);
}

double lg_digamma_error_step(double a, double h) {
  if (a < 10) return lg_digamma_error(a) - lg_digamma_error(a + h);
  return 0.5 / a * (h / (a + h)) + (digamma_tail(a) - digamma_tail(a + h));
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
  // 1/x + 1/(2x²) + Σ B₂ₖ/x²ᵏ⁺¹
  static const double c[] = {1. / 6, -1. / 30, 1. / 42, -1. / 30, 5. / 66, -691. / 2730, 7. / 6};
  const double r = 1 / x, t = r * r;
  return sum + r * (1 + r * (0.5 + r * POLYNOMIAL(c, t)));
}

// MARK: Normal distribution

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
  static const double c[] = {1, -3, 15, -105, 945, -10395, 135135, -2027025};
  const double t = 1 / (x * x);
  return POLYNOMIAL(c, t);
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
  static const double a[] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                             1.9715909503065514427e+3, 1.3731693765509461125e+4,
                             4.5921953931549871457e+4, 6.7265770927008700853e+4,
                             3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static const double b[] = {1,
                             4.2313330701600911252e+1,
                             6.8718700749205790830e+2,
                             5.3941960214247511077e+3,
                             2.1213794301586595867e+4,
                             3.9307895800092710610e+4,
                             2.8729085735721942674e+4,
                             5.2264952788528545610e+3};
  static const double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                             5.76949722146069140550e0,  3.64784832476320460504e0,
                             1.27045825245236838258e0,  2.41780725177450611770e-1,
                             2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static const double d[] = {1,
                             2.05319162663775882187e0,
                             1.67638483018380384940e0,
                             6.89767334985100004550e-1,
                             1.48103976427480074590e-1,
                             1.51986665636164571966e-2,
                             5.47593808499534494600e-4,
                             1.05075007164441684324e-9};
  static const double e[] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                             1.78482653991729133580e0,  2.96560571828504891230e-1,
                             2.65321895265761230930e-2, 1.24266094738807843860e-3,
                             2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static const double f[] = {1,
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
    return q * POLYNOMIAL(a, r) / POLYNOMIAL(b, r);
  }
  const double tail = sqrt(-log(q < 0 ? p : 1 - p));
  const double r = tail <= 5 ? tail - 1.6 : tail - 5;
  const double x =
      tail <= 5 ? POLYNOMIAL(c, r) / POLYNOMIAL(d, r) : POLYNOMIAL(e, r) / POLYNOMIAL(f, r);
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

// MARK: Logarithms of gamma functions (C. Loader, "Fast and accurate computation of binomial
// probabilities", 2000)

double lg_stirling_error(double a) {
  if (a < 10) return lg_log_gamma(a) - (a - 0.5) * log(a) + a - half_log_two_pi;
  static const double c[] = {1. / 12,   -1. / 360,      1. / 1260, -1. / 1680,
                             1. / 1188, -691. / 360360, 1. / 156};
  return POLYNOMIAL(c, 1 / a / a) / a;
}

double lg_deviance(double a, double m) {
  if (a == 0) return m;
  if (m == 0 || m == INFINITY) return INFINITY;
  const double u = (m - a) / a;
  if (u >= -0.5 && u < 1e15) return a * defect(u);
  const double ratio = m / a;
  const int is_normal = ratio >= DBL_MIN && ratio <= DBL_MAX;
  return (m - a) - a * (is_normal ? log(ratio) : log(m) - log(a));
}

double lg_log_gamma_ratio(double a, double h) {
  if (a < 10) return lg_log_gamma(a + h) - lg_log_gamma(a);
  const double u = h / a;
  return h * log(a) + (h - 0.5) * log1p(u) - a * defect(u) + lg_stirling_error(a + h) -
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

double lg_log_binomial(double k, double n, double p, double q) {
  const double rest = n - k;
  return 0.5 * (log(n / k) - log(rest)) - half_log_two_pi + lg_stirling_error(n) -
         lg_stirling_error(k) - lg_stirling_error(rest) - lg_deviance(k, n * p) -
         lg_deviance(rest, n * q);
}

// MARK: Incomplete gamma function
//
// With t = x eᵛ, Q(a, x) = D ∫₀^∞ exp(−(x − a)v − x(eᵛ − 1 − v)) dv with D = xᵃ e⁻ˣ/Γ(a), and P is
// the same for negative v. With the additional factor v + log x − ψ(a), the integrals are the
// derivatives of log x in a at a fixed probability. Each is taken on the side on which that factor
// has one sign, so that nothing cancels.

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
    const double level = r * end + x * excess(sign * end) - 40;
    const double slope = r + sign * x * expm1(sign * end);
    const double step = level / slope;
    end -= step;
    if (fabs(step) < 0.02 * end) break;
  }
  double sum = 0, weightedSum = 0;
  for (int i = 0; i < 32; i++) {
    const double *rule = legendre[i < 16 ? i : 31 - i];
    const double v = end * (i < 16 ? rule[0] : 1 - rule[0]);
    const double term = rule[1] * exp(-r * v - x * excess(sign * v));
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

// MARK: Incomplete beta function

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

double lg_beta_cdf(double a, double b, double x, double y) {
  if (!(a > 0 && b > 0) || x != x || y != y) return NAN;
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  // The kernel takes the smaller of x and y, which has all its digits.
  const double kernel = exp(x < y ? lg_log_beta_kernel(a, b, x) : lg_log_beta_kernel(b, a, y));
  if (x < (a + 1) / (a + b + 2)) return kernel * beta_fraction(a, b, x) / a;
  return 1 - kernel * beta_fraction(b, a, y) / b;
}

#undef COUNT
#undef POLYNOMIAL
