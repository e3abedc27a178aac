// Elementwise functions of one, two and three arrays.
#pragma once

#include "scalar.h"

// The functions of one element; `unary.inc` defines their values and derivatives.
typedef enum __attribute__((enum_extensibility(closed))) LGUnaryFunction : int32_t {
  LGUnaryFunctionNegate,
  LGUnaryFunctionAbsolute,
  LGUnaryFunctionSign,
  LGUnaryFunctionSquare,
  LGUnaryFunctionReciprocal,
  LGUnaryFunctionSquareRoot,
  LGUnaryFunctionExp,
  LGUnaryFunctionExpm1,
  LGUnaryFunctionLog,
  LGUnaryFunctionLog1p,
  LGUnaryFunctionLog1pDefect,
  LGUnaryFunctionSin,
  LGUnaryFunctionCos,
  LGUnaryFunctionTanh,
  LGUnaryFunctionSigmoid,
  LGUnaryFunctionSoftplus,
  LGUnaryFunctionRelu,
  LGUnaryFunctionElu,
  LGUnaryFunctionBinaryEntropy,
  LGUnaryFunctionErrorFunction,
  LGUnaryFunctionNormalCDF,
  LGUnaryFunctionLogNormalCDF,
  LGUnaryFunctionNormalQuantile,
  LGUnaryFunctionLogGamma,
  LGUnaryFunctionDigamma,
} LGUnaryFunction;

// The functions of two elements; comparisons return 1 or 0.
typedef enum __attribute__((enum_extensibility(closed))) LGBinaryFunction : int32_t {
  LGBinaryFunctionAdd,
  LGBinaryFunctionSubtract,
  LGBinaryFunctionMultiply,
  LGBinaryFunctionDivide,
  LGBinaryFunctionMaximum,
  LGBinaryFunctionMinimum,
  LGBinaryFunctionPower,
  LGBinaryFunctionPowerSlope,
  LGBinaryFunctionBinaryDivergence,
  LGBinaryFunctionBinaryDivergenceSlope,
  LGBinaryFunctionBinaryDivergenceOtherSlope,
  LGBinaryFunctionLess,
  LGBinaryFunctionLessOrEqual,
  LGBinaryFunctionEqual,
} LGBinaryFunction;

// y[i] = f(x[i])
void lg_unary_f32(LGUnaryFunction f, const float *x, float *y, ptrdiff_t n);
void lg_unary_f64(LGUnaryFunction f, const double *x, double *y, ptrdiff_t n);

// The adjoint of a function of n elements; dx is overwritten, or added to if `accumulate`.
typedef struct {
  LGUnaryFunction f;
  ptrdiff_t n;
  bool accumulate;
} LGUnaryAdjoint;

// dx[i] (+)= g[i]·f'(x[i]), given y = f(x).
void lg_unary_adjoint_f32(LGUnaryAdjoint adjoint, const float *x, const float *y, const float *g,
                          float *dx);
void lg_unary_adjoint_f64(LGUnaryAdjoint adjoint, const double *x, const double *y, const double *g,
                          double *dx);

// A function of two elements for the rows and columns of a matrix; the steps are 0 or 1.
typedef struct {
  LGBinaryFunction f;
  ptrdiff_t rows, columns;
  ptrdiff_t a_row, a_step;  // how far the elements of a are apart, down and to the right
  ptrdiff_t b_row, b_step;
} LGBinary;

// c[r, j] = f(a[r·a_row + j·a_step], b[r·b_row + j·b_step]).
void lg_binary_f32(LGBinary binary, const float *a, const float *b, float *c);
void lg_binary_f64(LGBinary binary, const double *a, const double *b, double *c);

// y[i] = mask[i] ≠ 0 ? a[i] : b[i]
void lg_select_f32(const float *mask, const float *a, const float *b, float *y, ptrdiff_t n);
void lg_select_f64(const double *mask, const double *a, const double *b, double *y, ptrdiff_t n);

// y[i] = value
void lg_fill_f32(float value, float *y, ptrdiff_t n);
void lg_fill_f64(double value, double *y, ptrdiff_t n);

// y[i] (+)= scale · x[i] + shift
void lg_affine_f32(const float *x, float scale, float shift, float *y, ptrdiff_t n,
                   bool accumulate);
void lg_affine_f64(const double *x, double scale, double shift, double *y, ptrdiff_t n,
                   bool accumulate);
