// The incomplete beta function.
#include "../include/special.h"

#include <math.h>

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
