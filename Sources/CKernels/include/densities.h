// Fused kernels of log-densities.
#pragma once

#include "scalar.h"

// The rows of a batch of Bernoulli variables. If the values have fewer rows, they are repeated: row
// r has the values of row r % x_rows.
typedef struct {
  ptrdiff_t rows, columns;
  ptrdiff_t x_rows;
  bool takes_fractions;  // whether values in (0, 1) are in the support
} LGBernoulliRows;

// density[r] = Σⱼ x·l − log(1 + eˡ) over the logits l of row r [rows, columns] and the values x
// [x_rows, columns]; −∞ if a value is not in the support. If `residual` is not null, it is set to
// the derivative in l, x − sigmoid(l).
void lg_bernoulli_f32(LGBernoulliRows rows, const float *logits, const float *x, float *density,
                      float *residual);
void lg_bernoulli_f64(LGBernoulliRows rows, const double *logits, const double *x, double *density,
                      double *residual);

// The rows begin..<end of a batch of relaxed Bernoulli variables. If the logits have fewer rows,
// they are repeated: row r has the logits of row r % logit_rows.
typedef struct {
  ptrdiff_t begin, end, columns;
  ptrdiff_t logit_rows;
  bool of_odds;  // whether the values are log-odds; otherwise they are in (0, 1)
  double temperature;
} LGRelaxedRows;

// density[r] = Σⱼ log-density of a relaxed bit with the logits [logit_rows, columns] and this
// temperature at row r of the values [rows, columns]; −∞ outside of the support. The slopes in the
// logits and in the values, [rows, columns], are computed where they are not null.
void lg_relaxed_bernoulli_f32(LGRelaxedRows rows, const float *logits, const float *values,
                              float *density, float *logit_slopes, float *value_slopes);
void lg_relaxed_bernoulli_f64(LGRelaxedRows rows, const double *logits, const double *values,
                              double *density, double *logit_slopes, double *value_slopes);
