// Fused kernels of log-densities.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define DECLARE(Scalar, S)                                                                         \
  /* density[r] = Σⱼ x·l − log(1 + eˡ) over the logits l of row r [rows, columns] and row r %      \
     x_rows of x; −∞ if an x is neither 0 nor 1 or, with `takes_fractions`, lies outside of [0,    \
     1]. If `residual` is not null, it is set to the derivative in l, x − sigmoid(l). */           \
  void lg_bernoulli_##S(                                                                           \
    const Scalar *logits, const Scalar *x, size_t x_rows, bool takes_fractions, Scalar *density,   \
    Scalar *residual, size_t rows, size_t columns);                                                \
  /* density[r] = Σⱼ log-density of a relaxed bit of the log-odds in row r % logit_rows of `logits` and  \
     this temperature, at row r of `values` [rows, columns], which are log-odds or, without `of_odds`, in \
     (0, 1), and −∞ outside; its slopes in both, [rows, columns], where they are not null. For rows  \
     `begin` to `end`. */                                                                          \
  void lg_relaxed_bernoulli_##S(                                                                   \
    const Scalar *logits, size_t logit_rows, const Scalar *values, bool of_odds,                   \
    double temperature, Scalar *density, Scalar *logit_slopes, Scalar *value_slopes, size_t begin, \
    size_t end, size_t columns);

DECLARE(float, f32)
DECLARE(double, f64)
#undef DECLARE
