// A sparse precision given by a square root, P = Aᵀ A, where A has at least as many rows as
// columns: products with A, and the factor of P by an orthogonal factorization A = Q R. The
// factorization never forms P, whose Cholesky factorization would lose twice as many digits.
//
// Row r of A has the elements starts[r]..<starts[r + 1], in the columns `columns`. Vectors over the
// columns are in the order of the variables; element ids[r] of a vector over the rows belongs to
// row r. A triangular A is square: the first element of row r is that of its own variable, ids[r],
// and the rows of its other variables come before it.
//
// J. Liu, On general row merging schemes for sparse Givens transformations, SIAM J. Sci. Stat.
// Comput. 7 (1986); P. Matstoms, Sparse QR factorization in MATLAB, ACM TOMS 20 (1994).
#pragma once

#include "sparse.h"

typedef struct {
  const int64_t *starts;
  const int32_t *columns, *ids;
  ptrdiff_t count, dimension;  // of rows; of columns
} LGRows;

// The assembly of the rows of A into the fronts of a factorization. rows[start[s]]..<rows[start[s +
// 1]] are the rows whose first element, in the order of elimination, is in a column of supernode s.
// `place` is the index of each element among the columns and rows of that supernode. `diagonal` is
// the index of each column's diagonal element in the panels; the elements below follow it.
typedef struct {
  const int64_t *start, *diagonal;
  const int32_t *rows, *place;
} LGFronts;

#define LG_DECLARE_SPARSE_ROOT(Scalar, name)                                                       \
  /* y = A x (whiten), A⁻¹ x (unwhiten), Aᵀ x (multiply) or A⁻ᵀ x (solve); A must be triangular    \
     for the inverses. x and y must not overlap. */                                                \
  void name(lg_rows_apply)(const LGRows *a, LGFactorOperation operation, const Scalar *values,     \
                           const Scalar *x, Scalar *y);                                            \
  /* g[r, c] += factor·left[r]·right[c] on the elements of A. */                                   \
  void name(lg_rows_outer)(const LGRows *a, Scalar factor, const Scalar *left,                     \
                           const Scalar *right, Scalar *g);                                        \
  /* The elements of Aᵀ A. `edges` are the edges of the pairs of each row, each pair with its      \
     first element before its second. */                                                           \
  void name(lg_rows_square)(const LGRows *a, const int32_t *edges, ptrdiff_t edge_count,           \
                            const Scalar *values, Scalar *diagonal, Scalar *off);                  \
  /* Adds the adjoint of the square to g. */                                                       \
  void name(lg_rows_square_adjoint)(const LGRows *a, const int32_t *edges, const Scalar *values,   \
                                    const Scalar *ddiagonal, const Scalar *doff, Scalar *g);       \
  /* The panels of L = Rᵀ, with a positive diagonal, and the part of Qᵀ b that R x = Qᵀ b takes,   \
     for `count` vectors b over the rows and c over the variables, b_step and c_step apart;        \
     `squares`: ||A x - b||² for each.                                                             \
     Returns -1, or the variable of the first pivot that is not positive, normal and finite: it    \
     stands in its place then, and the rest is undefined; or dimension + the variable of the first \
     column that depends on those before it up to rounding, of a factor that is complete.          \
     `updates` is laid out as in a Cholesky factorization; `rest`: count numbers for each row of   \
     the pattern; `scratch`: dimension + (1 + rows)·width numbers, and `leads`: width + rows, for  \
     the largest front with its vectors. */                                                        \
  ptrdiff_t name(lg_sparse_qr)(const LGSparsePattern *p, const LGRows *a, const LGFronts *fronts,  \
                               const Scalar *values, ptrdiff_t count, ptrdiff_t b_step,            \
                               const Scalar *b, ptrdiff_t c_step, Scalar *c, double *squares,      \
                               ptrdiff_t panel_count, Scalar *panels, Scalar *updates,             \
                               Scalar *rest, int32_t *kept, Scalar *scratch, int32_t *leads);      \
  /* Σ = P⁻¹ on the pattern of the factor, in panels, by square roots of its parts: a variance has \
     the relative error of a norm of a solution of R x = b, where the recursion of Takahashi, in   \
     the elements of Σ, has the square of its condition. */                                        \
  void name(lg_sparse_root_covariance)(const LGSparsePattern *p, const int64_t *diagonal,          \
                                       const Scalar *panels, Scalar *covariance, Scalar *updates,  \
                                       Scalar *scratch);

#define LG_F32(name) name##_f32
#define LG_F64(name) name##_f64
LG_DECLARE_SPARSE_ROOT(float, LG_F32)
LG_DECLARE_SPARSE_ROOT(double, LG_F64)
#undef LG_F32
#undef LG_F64
#undef LG_DECLARE_SPARSE_ROOT
