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

// MARK: - Products and solutions

// y = A x (whiten), A⁻¹ x (unwhiten), Aᵀ x (multiply) or A⁻ᵀ x (solve); A must be triangular for
// the inverses.
void lg_rows_apply_f32(const LGRows *a, LGFactorOperation operation, const float *values,
                       const float *x, float *y);
void lg_rows_apply_f64(const LGRows *a, LGFactorOperation operation, const double *values,
                       const double *x, double *y);

// g[r, c] += factor·left[r]·right[c] on the elements of A.
void lg_rows_outer_f32(const LGRows *a, float factor, const float *left, const float *right,
                       float *g);
void lg_rows_outer_f64(const LGRows *a, double factor, const double *left, const double *right,
                       double *g);

// The elements of Aᵀ A. `edges` are the edges of the pairs of each row, each pair with its first
// element before its second.
void lg_rows_square_f32(const LGRows *a, const int32_t *edges, ptrdiff_t edge_count,
                        const float *values, float *diagonal, float *off);
void lg_rows_square_f64(const LGRows *a, const int32_t *edges, ptrdiff_t edge_count,
                        const double *values, double *diagonal, double *off);

// Adds the adjoint of the square to g.
void lg_rows_square_adjoint_f32(const LGRows *a, const int32_t *edges, const float *values,
                                const float *ddiagonal, const float *doff, float *g);
void lg_rows_square_adjoint_f64(const LGRows *a, const int32_t *edges, const double *values,
                                const double *ddiagonal, const double *doff, double *g);

// MARK: - The factorization

// The matrix A, the vectors that are transformed with it, and the memory for both.
typedef struct {
  const LGSparsePattern *pattern;
  const LGRows *rows;
  const LGFronts *fronts;
  ptrdiff_t count, b_step, c_step;  // of vectors, and how far apart they are
  ptrdiff_t panel_count;            // the number of elements of all panels
  // Workspaces. `updates` is laid out as in a Cholesky factorization; `rest` has `count` elements
  // for each row of the pattern, `kept` one for each supernode; `scratch` has dimension + (1 +
  // rows)·width elements and `leads` has width + rows + 1, for the largest front with its vectors.
  LGScalar *updates, *rest, *scratch;
  int32_t *kept, *leads;
} LGOrthogonalWork;

// The panels of L = Rᵀ, with a positive diagonal, and the part of Qᵀ b that R x = Qᵀ b takes, for
// `count` vectors b over the rows and c over the variables; `squares`: ||A x - b||² for each.
// Returns -1, or the variable of the first pivot that is not positive, normal and finite: it stands
// in its place then, and the rest is undefined; or dimension + the variable of the first column
// that depends on those before it up to rounding, of a factor that is complete.
ptrdiff_t lg_orthogonal_factor_f32(LGOrthogonalWork work, const float *values, const float *b,
                                   float *c, double *squares, float *panels);
ptrdiff_t lg_orthogonal_factor_f64(LGOrthogonalWork work, const double *values, const double *b,
                                   double *c, double *squares, double *panels);

// Σ = P⁻¹ on the pattern of the factor, in panels, by square roots of its parts: a variance has the
// relative error of a norm of a solution of R x = b, where the recursion of Takahashi, in the
// elements of Σ, has the square of its condition. `diagonal` is that of LGFronts; `scratch` has
// (2 f + 1) f elements for the largest front of f columns and rows.
void lg_orthogonal_covariance_f32(const LGSparsePattern *p, const int64_t *diagonal,
                                  const float *panels, float *covariance, float *updates,
                                  float *scratch);
void lg_orthogonal_covariance_f64(const LGSparsePattern *p, const int64_t *diagonal,
                                  const double *panels, double *covariance, double *updates,
                                  double *scratch);
