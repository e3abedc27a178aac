#include "../include/reference.h"

void lg_reference_product(LGProductShape shape, const float *a, const float *b, double *c) {
  for (ptrdiff_t i = 0; i < shape.m; i++)
    for (ptrdiff_t j = 0; j < shape.n; j++) {
      double sum = shape.accumulate ? c[i * shape.ldc + j] : 0;
      for (ptrdiff_t p = 0; p < shape.k; p++) {
        const float x = shape.transpose_a ? a[p * shape.lda + i] : a[i * shape.lda + p];
        const float y = shape.transpose_b ? b[j * shape.ldb + p] : b[p * shape.ldb + j];
        sum += (double)x * (double)y;
      }
      c[i * shape.ldc + j] = sum;
    }
}
