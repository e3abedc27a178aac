#include "../include/reference.h"

// L[i, j], or 0 outside of the pattern, for one parameter row of the factor.
static double element(const LGGridRows *rows, const LGGridFactor *factor, ptrdiff_t row,
                      ptrdiff_t i, ptrdiff_t j) {
  const ptrdiff_t h = rows->height, w = rows->width, k = h * w;
  const double *l = factor->diagonal, *r = factor->right, *d = factor->down;
  if (i == j) return l[row * k + j];
  if (i == j + w && d) return d[row * (k - w) + j];
  if (i == j + 1 && j % w < w - 1) return r[row * (k - h) + j - j / w];
  return 0;
}

void lg_reference_grid_apply(LGGridRows rows, LGGridFactor factor, LGFactorOperation operation,
                             const double *x, double *y) {
  const ptrdiff_t k = rows.height * rows.width;
  const bool transposes = operation == LG_FACTOR_WHITEN || operation == LG_FACTOR_UNWHITEN;
  const bool solves = operation == LG_FACTOR_UNWHITEN || operation == LG_FACTOR_SOLVE;
  for (ptrdiff_t row = rows.begin; row < rows.end; row++)
    for (ptrdiff_t step = 0; step < k; step++) {
      // L is solved from the first element to the last, its transpose from the last to the first.
      const ptrdiff_t i = transposes ? k - 1 - step : step, p = row % rows.param_rows;
      const double diagonal = element(&rows, &factor, p, i, i);
      double sum = solves ? x[row * k + i] : diagonal * x[row * k + i];
      for (ptrdiff_t j = 0; j < k; j++) {
        if (transposes ? j <= i : j >= i) continue;
        const double own =
            transposes ? element(&rows, &factor, p, j, i) : element(&rows, &factor, p, i, j);
        if (own != 0) sum += solves ? -own * y[row * k + j] : own * x[row * k + j];
      }
      y[row * k + i] = solves ? sum / diagonal : sum;
    }
}

void lg_reference_grid_outer(LGGridRows rows, const double *a, const double *b,
                             LGGridGradient gradient) {
  const ptrdiff_t h = rows.height, w = rows.width, k = h * w;
  double *dl = gradient.diagonal, *dr = gradient.right, *dd = gradient.down;
  for (ptrdiff_t p = 0; p < rows.param_rows; p++)
    for (ptrdiff_t j = 0; j < k; j++) {
      double own = 0, right = 0, down = 0;
      for (ptrdiff_t row = p; row < rows.rows; row += rows.param_rows) {
        const double *left = a + row * k, x = b[row * k + j];
        own += left[j] * x;
        if (j % w < w - 1) right += left[j + 1] * x;
        if (dd && j + w < k) down += left[j + w] * x;
      }
      dl[p * k + j] = own;
      if (j % w < w - 1) dr[p * (k - h) + j - j / w] = right;
      if (dd && j + w < k) dd[p * (k - w) + j] = down;
    }
}
