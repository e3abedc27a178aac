// Products with a sparse matrix, such as a batch of binary images, that multiply only its nonzeros.
//
// The nonzeros of A, m×k, are divided into bands of LG_BAND columns, so that the rows of B that
// belong to a band stay in the first-level cache. Within a band they are stored row by row, from
// left to right:
//   starts[band·(m + 1) + row]   where a row starts; the last entry of a band is the band's end
//   places[e]                    the column of a nonzero within its band
//   values[e]                    the nonzero
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LG_BAND = 112 };

#define DECLARE(Scalar, S)                                                                         \
  /* The number of nonzeros among n numbers; NaN counts as a nonzero. */                           \
  size_t lg_count_nonzeros_##S(const Scalar *x, size_t n);                                         \
  /* The nonzeros of A = x, or of A = xᵀ, where x is rows×columns. */                              \
  void lg_nonzeros_##S(                                                                            \
    const Scalar *x, size_t rows, size_t columns, uint32_t *starts, uint8_t *places,               \
    Scalar *values);                                                                               \
  void lg_transposed_nonzeros_##S(                                                                 \
    const Scalar *x, size_t rows, size_t columns, uint32_t *starts, uint8_t *places,               \
    Scalar *values);                                                                               \
  /* C (+)= A B for the rows [first, first + count) of A, which has m rows. C is count×n with row  \
     stride ldc, B is k×n. Each element of C is summed in the order of k, however C is divided     \
     into parts. Zeros of A are skipped, also where B is NaN or infinite. C must not overlap B. */ \
  void lg_nonzeros_product_##S(                                                                    \
    size_t m, size_t first, size_t count, size_t n, size_t k, const uint32_t *starts,              \
    const uint8_t *places, const Scalar *values, const Scalar *b, size_t ldb, bool accumulate,     \
    Scalar *c, size_t ldc);

DECLARE(float, f32)
DECLARE(double, f64)
#undef DECLARE
