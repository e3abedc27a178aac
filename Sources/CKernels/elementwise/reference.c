#include "../include/reference.h"

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
