// Sums, means, extrema and cumulative sums along the middle axis of [outer, n, inner] arrays.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef enum __attribute__((enum_extensibility(closed))) Reduction : int32_t {
  ReductionSum,
  ReductionMean,
  ReductionMaximum,
  ReductionMinimum,
} Reduction;

#define DECLARE(Scalar, S)                                                                         \
  /* y[o, i] (+)= the reduction of x[o, :, i]. n ≥ 1, except for sums; extrema do not              \
     `accumulate`. */                                                                              \
  void lg_reduce_##S(                                                                              \
    Reduction f, const Scalar *x, Scalar *y, size_t outer, size_t n, size_t inner,                 \
    int accumulate);                                                                               \
  /* y[o, i] = the index of the first NaN of x[o, :, i] or, without one, of its first largest      \
     element. */                                                                                   \
  void lg_argmax_##S(const Scalar *x, int64_t *y, size_t outer, size_t n, size_t inner);           \
  /* y[o, j, i] = Σ x[o, ≤ j, i], or Σ x[o, ≥ j, i] if `reversed`. */                              \
  void lg_cumulative_sum_##S(                                                                      \
    const Scalar *x, Scalar *y, size_t outer, size_t n, size_t inner, int reversed);               \
  /* Σ a[i]·b[i], accumulated in double. */                                                        \
  double lg_dot_##S(const Scalar *a, const Scalar *b, size_t n);                                   \
  /* The first index whose element is NaN or not in [low, high]; -1 if there is none. */           \
  ptrdiff_t lg_first_outside_##S(const Scalar *x, Scalar low, Scalar high, size_t n);              \
  /* 1 if all elements are finite, else 0. */                                                      \
  int lg_all_finite_##S(const Scalar *x, size_t n);

DECLARE(float, f32)
DECLARE(double, f64)
#undef DECLARE
