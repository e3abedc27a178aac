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

ptrdiff_t lg_reference_nonzeros(const double *a, ptrdiff_t m, ptrdiff_t k, uint32_t *starts,
                                uint8_t *places, double *values) {
  uint32_t count = 0;
  for (ptrdiff_t band = 0; band < k; band += LG_BAND)
    for (ptrdiff_t row = 0; row <= m; row++) {
      *starts++ = count;
      for (ptrdiff_t p = 0; p < LG_BAND && band + p < k && row < m; p++) {
        const double x = a[row * k + band + p];
        if (x == 0) continue;
        places[count] = (uint8_t)p;
        values[count++] = x;
      }
    }
  return count;
}

void lg_reference_nonzeros_product(LGNonzeroProduct product, const double *a, const double *b,
                                   double *c) {
  for (ptrdiff_t i = 0; i < product.count; i++)
    for (ptrdiff_t j = 0; j < product.n; j++) {
      double sum = product.accumulate ? c[i * product.ldc + j] : 0;
      for (ptrdiff_t p = 0; p < product.k; p++) {
        const double x = a[(product.first + i) * product.k + p];
        if (x != 0) sum += x * b[p * product.ldb + j];
      }
      c[i * product.ldc + j] = sum;
    }
}
