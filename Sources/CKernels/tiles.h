// Products and triangular solves of small column-major matrices: what a supernode is computed by.
//
// Matrices whose rows are computed as vectors have a number of rows that is a multiple of
// LG_SPARSE_ROW_MULTIPLE. Large products go to BLAS, cut into parts of a fixed size, which threads
// share: the bits of a result do not depend on their number.
#pragma once

#include "include/sparse.h"
#include "kernel.h"

// op(Q) of a product: element (p, j) is at start[j * column + p * depth].
#define DECLARE_TILES(Scalar, name)                                                                \
  typedef struct {                                                                                 \
    const Scalar *start;                                                                           \
    ptrdiff_t column, depth;                                                                       \
  } name(Right);                                                                                   \
  /* C = [C +] ±A Q, with C of rows×columns and A of rows×depth; where `diagonal` is not           \
     negative, only rows from diagonal + j on are needed of column j. */                           \
  void name(lg_tiles_product)(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, const Scalar *a, \
                              ptrdiff_t lda, name(Right) q, bool negate, bool accumulate,          \
                              ptrdiff_t diagonal, ptrdiff_t helpers, Scalar *c, ptrdiff_t ldc);    \
  /* X = X L⁻¹, or X L⁻ᵀ, for X of rows×n. */                                                      \
  void name(lg_tiles_solve)(ptrdiff_t rows, ptrdiff_t n, const Scalar *l, ptrdiff_t ldl,           \
                            bool transpose, ptrdiff_t helpers, Scalar *x, ptrdiff_t ldx);          \
  /* The Cholesky factor of the first n rows of the rows×n matrix F, and the rows below times its  \
     inverse transpose; returns the index of the first bad pivot or -1. */                         \
  ptrdiff_t name(lg_tiles_factor)(ptrdiff_t rows, ptrdiff_t n, bool goes_on, ptrdiff_t helpers,    \
                                  Scalar *f, ptrdiff_t ldf);

#define F32(name) name##_f32
#define F64(name) name##_f64
DECLARE_TILES(float, F32)
DECLARE_TILES(double, F64)
#undef F32
#undef F64
#undef DECLARE_TILES
