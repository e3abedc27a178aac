// Elementwise functions of one, two and three arrays.
#pragma once

#include <stddef.h>
#include <stdint.h>

// The functions of one element; `unary.inc` defines their values and derivatives.
typedef enum __attribute__((enum_extensibility(closed))) UnaryFunction : int32_t {
  UnaryFunctionNegate,
  UnaryFunctionAbsolute,
  UnaryFunctionSign,
  UnaryFunctionSquare,
  UnaryFunctionReciprocal,
  UnaryFunctionSquareRoot,
  UnaryFunctionExp,
  UnaryFunctionExpm1,
  UnaryFunctionLog,
  UnaryFunctionLog1p,
  UnaryFunctionLog1pDefect,
  UnaryFunctionSin,
  UnaryFunctionCos,
  UnaryFunctionTanh,
  UnaryFunctionSigmoid,
  UnaryFunctionSoftplus,
  UnaryFunctionRelu,
  UnaryFunctionElu,
  UnaryFunctionBinaryEntropy,
  UnaryFunctionErrorFunction,
  UnaryFunctionNormalCDF,
  UnaryFunctionLogNormalCDF,
  UnaryFunctionNormalQuantile,
  UnaryFunctionLogGamma,
  UnaryFunctionDigamma,
} UnaryFunction;

// The functions of two elements; comparisons return 1 or 0.
typedef enum __attribute__((enum_extensibility(closed))) BinaryFunction : int32_t {
  BinaryFunctionAdd,
  BinaryFunctionSubtract,
  BinaryFunctionMultiply,
  BinaryFunctionDivide,
  BinaryFunctionMaximum,
  BinaryFunctionMinimum,
  BinaryFunctionPower,
  BinaryFunctionPowerSlope,
  BinaryFunctionBinaryDivergence,
  BinaryFunctionBinaryDivergenceSlope,
  BinaryFunctionBinaryDivergenceOtherSlope,
  BinaryFunctionLess,
  BinaryFunctionLessOrEqual,
  BinaryFunctionEqual,
} BinaryFunction;

#define DECLARE(Scalar, S)                                                                         \
  /* y[i] = f(x[i]) */                                                                             \
  void lg_unary_##S(UnaryFunction f, const Scalar *x, Scalar *y, size_t n);                        \
  /* dx[i] (+)= g[i]·f'(x[i]), given y = f(x); overwrites dx if `accumulate` is 0. */              \
  void lg_unary_adjoint_##S(                                                                       \
    UnaryFunction f, const Scalar *x, const Scalar *y, const Scalar *g, Scalar *dx, size_t n,      \
    int accumulate);                                                                               \
  /* c[r, j] = f(a[r·a_row + j·a_step], b[r·b_row + j·b_step]); a_step and b_step are 0 or 1. */   \
  void lg_binary_##S(                                                                              \
    BinaryFunction f, const Scalar *a, size_t a_row, size_t a_step, const Scalar *b, size_t b_row, \
    size_t b_step, Scalar *c, size_t rows, size_t columns);                                        \
  /* y[i] = mask[i] ≠ 0 ? a[i] : b[i] */                                                           \
  void lg_select_##S(                                                                              \
    const Scalar *mask, const Scalar *a, const Scalar *b, Scalar *y, size_t n);                    \
  /* y[i] = value */                                                                               \
  void lg_fill_##S(Scalar value, Scalar *y, size_t n);                                             \
  /* y[i] (+)= scale · x[i] + shift */                                                             \
  void lg_affine_##S(                                                                              \
    const Scalar *x, Scalar scale, Scalar shift, Scalar *y, size_t n, int accumulate);

DECLARE(float, f32)
DECLARE(double, f64)
#undef DECLARE
