#include <math.h>

#include "../include/reference.h"

// MARK: - Functions of one element

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double softplus(double x) { return fmax(x, 0) + log1p(exp(-fabs(x))); }
static double normal_density(double x) { return exp(-x * x / 2) / sqrt(2 * M_PI); }
static double normal_cdf(double x) { return erfc(-x * M_SQRT1_2) / 2; }

// By bisection, in the lower half.
static double normal_quantile(double p) {
  if (p > 0.5) return -normal_quantile(1 - p);
  double low = -40, high = 0;
  for (int step = 0; step < 100; step++) {
    const double middle = (low + high) / 2;
    if (normal_cdf(middle) < p) low = middle;
    else high = middle;
  }
  return high;
}

// ψ(x) and ψ′(x) for x > 0, from x + 1 or, where x is large, by the asymptotic series.
static double digamma(double x) {
  const double t = 1 / (x * x);
  if (x < 20) return digamma(x + 1) - 1 / x;
  return log(x) - 0.5 / x - t * (1.0 / 12 - t * (1.0 / 120 - t * (1.0 / 252 - t / 240)));
}

static double trigamma(double x) {
  const double t = 1 / (x * x);
  if (x < 20) return trigamma(x + 1) + t;
  return 1 / x + t / 2 + t / x * (1.0 / 6 - t * (1.0 / 30 - t * (1.0 / 42 - t / 30)));
}

static double value(LGUnaryFunction f, double x) {
  switch (f) {
    case LGUnaryFunctionNegate: return -x;
    case LGUnaryFunctionAbsolute: return fabs(x);
    case LGUnaryFunctionSign: return (x > 0) - (x < 0);
    case LGUnaryFunctionSquare: return x * x;
    case LGUnaryFunctionReciprocal: return 1 / x;
    case LGUnaryFunctionSquareRoot: return sqrt(x);
    case LGUnaryFunctionExp: return exp(x);
    case LGUnaryFunctionExpm1: return expm1(x);
    case LGUnaryFunctionLog: return log(x);
    case LGUnaryFunctionLog1p: return log1p(x);
    case LGUnaryFunctionLog1pDefect: return x - log1p(x);
    case LGUnaryFunctionSin: return sin(x);
    case LGUnaryFunctionCos: return cos(x);
    case LGUnaryFunctionTanh: return tanh(x);
    case LGUnaryFunctionSigmoid: return sigmoid(x);
    case LGUnaryFunctionSoftplus: return softplus(x);
    case LGUnaryFunctionRelu: return fmax(x, 0);
    case LGUnaryFunctionElu: return x > 0 ? x : expm1(x);
    case LGUnaryFunctionBinaryEntropy: return softplus(x) - x * sigmoid(x);
    case LGUnaryFunctionErrorFunction: return erf(x);
    case LGUnaryFunctionNormalCDF: return normal_cdf(x);
    case LGUnaryFunctionLogNormalCDF: return log(normal_cdf(x));
    case LGUnaryFunctionNormalQuantile: return normal_quantile(x);
    case LGUnaryFunctionLogGamma: return lgamma(x);
    case LGUnaryFunctionDigamma: return digamma(x);
  }
}

static double slope(LGUnaryFunction f, double x) {
  switch (f) {
    case LGUnaryFunctionNegate: return -1;
    case LGUnaryFunctionAbsolute: return (x > 0) - (x < 0);
    case LGUnaryFunctionSign: return 0;
    case LGUnaryFunctionSquare: return 2 * x;
    case LGUnaryFunctionReciprocal: return -1 / (x * x);
    case LGUnaryFunctionSquareRoot: return 0.5 / sqrt(x);
    case LGUnaryFunctionExp: return exp(x);
    case LGUnaryFunctionExpm1: return exp(x);
    case LGUnaryFunctionLog: return 1 / x;
    case LGUnaryFunctionLog1p: return 1 / (1 + x);
    case LGUnaryFunctionLog1pDefect: return x / (1 + x);
    case LGUnaryFunctionSin: return cos(x);
    case LGUnaryFunctionCos: return -sin(x);
    case LGUnaryFunctionTanh: return 1 / (cosh(x) * cosh(x));
    case LGUnaryFunctionSigmoid: return sigmoid(x) * sigmoid(-x);
    case LGUnaryFunctionSoftplus: return sigmoid(x);
    case LGUnaryFunctionRelu: return x > 0;
    case LGUnaryFunctionElu: return x > 0 ? 1 : exp(x);
    case LGUnaryFunctionBinaryEntropy: return -x * sigmoid(x) * sigmoid(-x);
    case LGUnaryFunctionErrorFunction: return M_2_SQRTPI * exp(-x * x);
    case LGUnaryFunctionNormalCDF: return normal_density(x);
    case LGUnaryFunctionLogNormalCDF: return normal_density(x) / normal_cdf(x);
    case LGUnaryFunctionNormalQuantile: return 1 / normal_density(normal_quantile(x));
    case LGUnaryFunctionLogGamma: return digamma(x);
    case LGUnaryFunctionDigamma: return trigamma(x);
  }
}

void lg_reference_unary(LGUnaryFunction f, const double *x, double *y, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++) y[i] = value(f, x[i]);
}

void lg_reference_unary_adjoint(LGUnaryAdjoint adjoint, const double *x, const double *g,
                                double *dx) {
  for (ptrdiff_t i = 0; i < adjoint.n; i++)
    dx[i] = (adjoint.accumulate ? dx[i] : 0) + g[i] * slope(adjoint.f, x[i]);
}

// MARK: - Functions of two elements

static double value_of_two(LGBinaryFunction f, double x, double y) {
  switch (f) {
    case LGBinaryFunctionAdd: return x + y;
    case LGBinaryFunctionSubtract: return x - y;
    case LGBinaryFunctionMultiply: return x * y;
    case LGBinaryFunctionDivide: return x / y;
    case LGBinaryFunctionMaximum: return fmax(x, y);
    case LGBinaryFunctionMinimum: return fmin(x, y);
    case LGBinaryFunctionPower: return pow(x, y);
    case LGBinaryFunctionPowerSlope: return y * pow(x, y - 1);
    case LGBinaryFunctionBinaryDivergence: return softplus(y) - softplus(x) - sigmoid(x) * (y - x);
    case LGBinaryFunctionBinaryDivergenceSlope: return sigmoid(x) * sigmoid(-x) * (x - y);
    case LGBinaryFunctionBinaryDivergenceOtherSlope: return sigmoid(y) - sigmoid(x);
    case LGBinaryFunctionLess: return x < y;
    case LGBinaryFunctionLessOrEqual: return x <= y;
    case LGBinaryFunctionEqual: return x == y;
  }
}

void lg_reference_binary(LGBinary of, const double *a, const double *b, double *c) {
  for (ptrdiff_t r = 0; r < of.rows; r++)
    for (ptrdiff_t j = 0; j < of.columns; j++) {
      const double x = a[r * of.a_row + j * of.a_step], y = b[r * of.b_row + j * of.b_step];
      c[r * of.columns + j] = value_of_two(of.f, x, y);
    }
}

// MARK: - Reductions

void lg_reference_reduce(LGReduction f, LGAxis axis, const double *x, double *y) {
  for (ptrdiff_t o = 0; o < axis.outer; o++)
    for (ptrdiff_t i = 0; i < axis.inner; i++) {
      const double *line = x + o * axis.n * axis.inner + i;
      double result = f == LGReductionSum || f == LGReductionMean ? 0 : line[0];
      for (ptrdiff_t j = 0; j < axis.n; j++) {
        const double own = line[j * axis.inner];
        switch (f) {
          case LGReductionSum: result += own; break;
          case LGReductionMean: result += own / (double)axis.n; break;
          case LGReductionMaximum: result = own > result ? own : result; break;
          case LGReductionMinimum: result = own < result ? own : result; break;
        }
      }
      y[o * axis.inner + i] = result;
    }
}
