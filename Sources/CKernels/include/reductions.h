// Sums, means, extrema and cumulative sums along the middle axis of [outer, n, inner] arrays.
#pragma once

#include "scalar.h"

typedef enum __attribute__((enum_extensibility(closed))) LGReduction : int32_t {
  LGReductionSum,
  LGReductionMean,
  LGReductionMaximum,
  LGReductionMinimum,
} LGReduction;

// The axis of n elements of an array [outer, n, inner].
typedef struct {
  ptrdiff_t outer, n, inner;
} LGAxis;

// y[o, i] (+)= the reduction of x[o, :, i]. n ≥ 1, except for sums; extrema do not `accumulate`.
void lg_reduce_f32(LGReduction f, LGAxis axis, bool accumulate, const float *x, float *y);
void lg_reduce_f64(LGReduction f, LGAxis axis, bool accumulate, const double *x, double *y);

// y[o, i] = the index of the first NaN of x[o, :, i] or, without one, of its first largest element.
void lg_argmax_f32(LGAxis axis, const float *x, int64_t *y);
void lg_argmax_f64(LGAxis axis, const double *x, int64_t *y);

// y[o, j, i] = Σ x[o, ≤ j, i], or Σ x[o, ≥ j, i] if `reversed`.
void lg_cumulative_sum_f32(LGAxis axis, bool reversed, const float *x, float *y);
void lg_cumulative_sum_f64(LGAxis axis, bool reversed, const double *x, double *y);

// Σ a[i]·b[i], accumulated in double.
double lg_dot_f32(const float *a, const float *b, ptrdiff_t n);
double lg_dot_f64(const double *a, const double *b, ptrdiff_t n);

// The first index whose element is NaN or not in [low, high]; -1 if there is none.
ptrdiff_t lg_first_outside_f32(const float *x, float low, float high, ptrdiff_t n);
ptrdiff_t lg_first_outside_f64(const double *x, double low, double high, ptrdiff_t n);

// Whether all elements are finite.
bool lg_all_finite_f32(const float *x, ptrdiff_t n);
bool lg_all_finite_f64(const double *x, ptrdiff_t n);
