// Sums, extrema and cumulative sums along the middle axis of [outer, n, inner] arrays.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef enum __attribute__((enum_extensibility(closed))) Reduction : int32_t {
  ReductionSum,
  ReductionMaximum,
  ReductionMinimum,
} Reduction;

#define DECLARE(Scalar, S)                                                                         \
  /* y[o, i] (+)= the reduction of x[o, :, i]; n ≥ 1 for extrema; `accumulate` for sums only */    \
  void lg_reduce_##S(                                                                              \
    Reduction f, const Scalar *x, Scalar *y, size_t outer, size_t n, size_t inner,                 \
    int accumulate);                                                                               \
  /* y[o, i] = the index of the first largest element of x[o, :, i] */                             \
  void lg_argmax_##S(const Scalar *x, int64_t *y, size_t outer, size_t n, size_t inner);           \
  /* y[o, j, i] = Σ x[o, ≤ j, i], or Σ x[o, ≥ j, i] where `reversed` */                            \
  void lg_cumulative_sum_##S(                                                                      \
    const Scalar *x, Scalar *y, size_t outer, size_t n, size_t inner, int reversed);               \
  /* Σ a[i]·b[i], in double */                                                                     \
  double lg_dot_##S(const Scalar *a, const Scalar *b, size_t n);                                   \
  /* The first index whose element is not positive and finite; -1 where all are */               \
  ptrdiff_t lg_first_not_positive_##S(const Scalar *x, size_t n);                                  \
  /* 1 where every element is finite, else 0 */                                                    \
  int lg_all_finite_##S(const Scalar *x, size_t n);

DECLARE(float, f32)
DECLARE(double, f64)
#undef DECLARE
