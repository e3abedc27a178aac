// Products, triangular solves and Cholesky factors of small column-major matrices, for supernodes.
//
// Matrices whose rows are processed as vectors have a number of rows that is a multiple of
// LG_SPARSE_ROW_MULTIPLE. Large products use BLAS, in parts of a fixed size that are distributed
// among threads: the bits of a result do not depend on the number of threads.
#pragma once

#include "../include/sparse.h"
#include "../shared/kernel.h"
#include "../shared/vectors.h"

// n rounded up to a multiple of LG_SPARSE_ROW_MULTIPLE.
INLINE ptrdiff_t filled(ptrdiff_t n) {
  return (n + LG_SPARSE_ROW_MULTIPLE - 1) / LG_SPARSE_ROW_MULTIPLE * LG_SPARSE_ROW_MULTIPLE;
}

// Column-major matrices: column j is at start + j·step.
typedef struct {
  const float *start;
  ptrdiff_t step;
} Matrix_f32;

typedef struct {
  const double *start;
  ptrdiff_t step;
} Matrix_f64;

// The same as the result of a function.
typedef struct {
  float *start;
  ptrdiff_t step;
} Target_f32;

typedef struct {
  double *start;
  ptrdiff_t step;
} Target_f64;

// op(Q) of a product: element (p, j) is at start[j·column + p·depth].
typedef struct {
  const float *start;
  ptrdiff_t column, depth;
} Right_f32;

typedef struct {
  const double *start;
  ptrdiff_t column, depth;
} Right_f64;

// The size of a product C = A Q: C is rows×columns, A is rows×depth. If `diagonal` is not negative,
// only the rows from diagonal + j on are needed in column j.
typedef struct {
  ptrdiff_t rows, columns, depth, diagonal;
} TileShape;

// What a product does with C: bits for `add to what is there` and `negated`.
typedef enum {
  TILE_SET = 0,           // C = A Q
  TILE_ADD = 1,           // C = C + A Q
  TILE_SET_NEGATIVE = 2,  // C = -A Q
  TILE_SUBTRACT = 3,      // C = C - A Q
} TileMode;

// Structs of more than two words are passed by their addresses: a copy on the stack would be read
// before it is stored, which costs as much as a small product.
void lg_tiles_product_f32(const TileShape *shape, Matrix_f32 a, const Right_f32 *q, Target_f32 c,
                          TileMode mode, ptrdiff_t helpers);
void lg_tiles_product_f64(const TileShape *shape, Matrix_f64 a, const Right_f64 *q, Target_f64 c,
                          TileMode mode, ptrdiff_t helpers);

// X = X L⁻¹ or, if `transpose`, X L⁻ᵀ, where X is rows×n.
void lg_tiles_solve_f32(ptrdiff_t rows, ptrdiff_t n, Matrix_f32 l, Target_f32 x, bool transpose,
                        ptrdiff_t helpers);
void lg_tiles_solve_f64(ptrdiff_t rows, ptrdiff_t n, Matrix_f64 l, Target_f64 x, bool transpose,
                        ptrdiff_t helpers);

// Cholesky factor of the first n rows of the rows×n matrix F, and the product of the rows below
// with its inverse transpose. Returns the index of the first pivot that is not positive and finite,
// or -1. With `continues` it goes on past such pivots.
ptrdiff_t lg_tiles_factor_f32(ptrdiff_t rows, ptrdiff_t n, bool continues, ptrdiff_t helpers,
                              Target_f32 f);
ptrdiff_t lg_tiles_factor_f64(ptrdiff_t rows, ptrdiff_t n, bool continues, ptrdiff_t helpers,
                              Target_f64 f);
