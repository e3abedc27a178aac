// Products with a sparse matrix, such as a batch of binary images, that multiply only its nonzeros.
//
// The nonzeros of A, m×k, are divided into bands of LG_BAND columns, so that the rows of B that
// belong to a band stay in the first-level cache. Within a band they are stored row by row, from
// left to right:
//   starts[band·(m + 1) + row]   where a row starts; the last entry of a band is the band's end
//   places[e]                    the column of a nonzero within its band
//   values[e]                    the nonzero
#pragma once

#include "scalar.h"

enum { LG_BAND = 112 };

// The number of nonzeros among n numbers; NaN counts as a nonzero.
ptrdiff_t lg_count_nonzeros_f32(const float *x, ptrdiff_t n);
ptrdiff_t lg_count_nonzeros_f64(const double *x, ptrdiff_t n);

// The nonzeros of A = x, or of A = xᵀ, where x is rows×columns.
void lg_nonzeros_f32(const float *x, ptrdiff_t rows, ptrdiff_t columns, uint32_t *starts,
                     uint8_t *places, float *values);
void lg_nonzeros_f64(const double *x, ptrdiff_t rows, ptrdiff_t columns, uint32_t *starts,
                     uint8_t *places, double *values);
void lg_transposed_nonzeros_f32(const float *x, ptrdiff_t rows, ptrdiff_t columns, uint32_t *starts,
                                uint8_t *places, float *values);
void lg_transposed_nonzeros_f64(const double *x, ptrdiff_t rows, ptrdiff_t columns,
                                uint32_t *starts, uint8_t *places, double *values);

// The nonzeros of A, and the rows first..<first + count of a product C (+)= A B that a call
// computes. A is m×k, B is k×n with row stride ldb, C is count×n with row stride ldc.
typedef struct {
  ptrdiff_t m, n, k;
  ptrdiff_t first, count;
  const uint32_t *starts;
  const uint8_t *places;
  ptrdiff_t ldb, ldc;
  bool accumulate;
} LGNonzeroProduct;

// C (+)= A B. Each element of C is summed in the order of k, however C is divided into parts. Zeros
// of A are skipped, also where B is NaN or infinite.
void lg_nonzeros_product_f32(LGNonzeroProduct product, const float *values, const float *b,
                             float *c);
void lg_nonzeros_product_f64(LGNonzeroProduct product, const double *values, const double *b,
                             double *c);
