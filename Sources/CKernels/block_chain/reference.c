#include <math.h>

#include "../include/reference.h"

// Element (i, j) of L, or 0 outside of the pattern, for one parameter row of the factor.
static double element(const LGBlockRows *rows, const LGBlocks *factor, ptrdiff_t row, ptrdiff_t i,
                      ptrdiff_t j) {
  const ptrdiff_t d = rows->d, t = j / d, size = d * d, place = i % d * d + j % d;
  const double *A = factor->diagonal, *C = factor->below;
  if (i < j) return 0;
  if (i / d == t) return A[(row * rows->blocks + t) * size + place];
  if (i / d == t + 1) return C[(row * (rows->blocks - 1) + t) * size + place];
  return 0;
}

void lg_reference_block_apply(LGBlockRows rows, LGBlocks factor, LGFactorOperation operation,
                              const double *x, double *y) {
  const ptrdiff_t k = rows.blocks * rows.d;
  const bool transposes = operation == LG_FACTOR_WHITEN || operation == LG_FACTOR_UNWHITEN;
  const bool solves = operation == LG_FACTOR_UNWHITEN || operation == LG_FACTOR_SOLVE;
  for (ptrdiff_t row = rows.begin; row < rows.end; row++)
    for (ptrdiff_t step = 0; step < k; step++) {
      const ptrdiff_t i = transposes ? k - 1 - step : step, p = row % rows.param_rows;
      const double diagonal = element(&rows, &factor, p, i, i);
      double sum = solves ? x[row * k + i] : diagonal * x[row * k + i];
      for (ptrdiff_t j = 0; j < k; j++) {
        if (transposes ? j <= i : j >= i) continue;
        const double own =
            transposes ? element(&rows, &factor, p, j, i) : element(&rows, &factor, p, i, j);
        sum += solves ? -own * y[row * k + j] : own * x[row * k + j];
      }
      y[row * k + i] = solves ? sum / diagonal : sum;
    }
}

ptrdiff_t lg_reference_block_factor(LGBlockRows rows, LGBlocks precision, LGBlockResult factor) {
  const ptrdiff_t d = rows.d, k = rows.blocks * d, size = d * d;
  const LGBlocks L = {factor.diagonal, factor.below};
  double *A = factor.diagonal, *C = factor.below;
  for (ptrdiff_t row = rows.begin; row < rows.end; row++)
    for (ptrdiff_t j = 0; j < k; j++)
      for (ptrdiff_t i = j / d * d; i < k && i / d <= j / d + 1; i++) {
        const ptrdiff_t t = j / d, place = i % d * d + j % d;
        double *to = i / d == t ? A + (row * rows.blocks + t) * size + place
                                : C + (row * (rows.blocks - 1) + t) * size + place;
        // Above the diagonal L is zero; P is read on and below it.
        double sum = i < j ? 0 : element(&rows, &precision, row, i, j);
        for (ptrdiff_t q = 0; q < j && i >= j; q++)
          sum -= element(&rows, &L, row, i, q) * element(&rows, &L, row, j, q);
        if (i == j && !(sum > 0)) return row * k + j;
        *to = i < j ? 0 : i == j ? sqrt(sum) : sum / element(&rows, &L, row, j, j);
      }
  return -1;
}
