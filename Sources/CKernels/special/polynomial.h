// Polynomials with tables of coefficients, for the special functions.
#pragma once

#include <stddef.h>

// Σ c[k] tᵏ
static inline double polynomial(const double *c, ptrdiff_t count, double t) {
  double p = 0;
  for (ptrdiff_t k = count - 1; k >= 0; k--) p = p * t + c[k];
  return p;
}

static const double half_log_two_pi = 0.91893853320467274178;
