// Products, triangular solves and Cholesky factors of small column-major matrices, for supernodes.
//
// Matrices whose rows are processed as vectors have a number of rows that is a multiple of
// LG_SPARSE_ROW_MULTIPLE. Large products use BLAS, in parts of a fixed size that are distributed
// among threads: the bits of a result do not depend on the number of threads.
#pragma once

#include "include/sparse.h"
#include "kernel.h"

// op(Q) of a product: element (p, j) is at start[j * column + p * depth].
#define DECLARE_TILES(Scalar, name)                                                                \
  typedef struct {                                                                                 \
    const Scalar *start;                                                                           \
    ptrdiff_t column, depth;                                                                       \
  } name(Right);                                                                                   \
  /* C = [C +] ±A Q, where C is rows×columns and A is rows×depth. If `diagonal` is not negative,   \
     only the rows from diagonal + j on are needed in column j. */                                 \
  void name(lg_tiles_product)(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, const Scalar *a, \
                              ptrdiff_t lda, name(Right) q, bool negate, bool accumulate,          \
                              ptrdiff_t diagonal, ptrdiff_t helpers, Scalar *c, ptrdiff_t ldc);    \
  /* X = X L⁻¹ or, if `transpose`, X L⁻ᵀ, where X is rows×n. */                                    \
  void name(lg_tiles_solve)(ptrdiff_t rows, ptrdiff_t n, const Scalar *l, ptrdiff_t ldl,           \
                            bool transpose, ptrdiff_t helpers, Scalar *x, ptrdiff_t ldx);          \
  /* Cholesky factor of the first n rows of the rows×n matrix F, and the product of the rows below \
     with its inverse transpose. Returns the index of the first pivot that is not positive and     \
     finite, or -1. */                                                                             \
  ptrdiff_t name(lg_tiles_factor)(ptrdiff_t rows, ptrdiff_t n, bool goes_on, ptrdiff_t helpers,    \
                                  Scalar *f, ptrdiff_t ldf);

#define F32(name) name##_f32
#define F64(name) name##_f64
DECLARE_TILES(float, F32)
DECLARE_TILES(double, F64)
#undef F32
#undef F64
#undef DECLARE_TILES
