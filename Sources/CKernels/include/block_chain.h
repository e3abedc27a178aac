// The Cholesky factor L of a block-tridiagonal precision P = L Lᵀ of T = `blocks` blocks of d×d, k
// = T d. Its diagonal blocks are A[T, d, d], lower triangular with a positive diagonal and zeros
// above it; the blocks below them are C[T - 1, d, d], where C[t] is block (t + 1, t) of L. All
// matrices are row-major.
//
// Batches, row ranges, parameter rows and the reproducibility of bits are as in `grid.h`. Cost for
// each row: O(T d²) for operations on vectors, O(T d³) for operations on matrices.
#pragma once

#include "grid.h"

// The size of a batch, and the rows of it that a call computes.
typedef struct {
  ptrdiff_t blocks, d;
  ptrdiff_t rows;        // the number of batch rows
  ptrdiff_t param_rows;  // the number of parameter rows
  ptrdiff_t begin, end;  // batch rows, or parameter rows where a function says so
} LGBlockRows;

// The blocks on and below the diagonal of a block-tridiagonal matrix, [param_rows, T, d, d] and
// [param_rows, T - 1, d, d]: A and C of L, D and B of P, S and K of Σ, or the gradient of one of
// these.
typedef struct {
  const LGScalar *diagonal, *below;
} LGBlocks;

// The same blocks as a result; all elements are written.
typedef struct {
  LGScalar *diagonal, *below;
} LGBlockResult;

// The number of workspace elements that the functions below need. A workspace is aligned to 32
// bytes.
ptrdiff_t lg_block_chain_workspace(ptrdiff_t d);

// MARK: - Vectors

// u = L⁻ᵀ e.
void lg_block_chain_unwhiten_f32(LGBlockRows rows, LGBlocks factor, const float *e, float *u);
void lg_block_chain_unwhiten_f64(LGBlockRows rows, LGBlocks factor, const double *e, double *u);

// x = L⁻¹ g.
void lg_block_chain_solve_f32(LGBlockRows rows, LGBlocks factor, const float *g, float *x);
void lg_block_chain_solve_f64(LGBlockRows rows, LGBlocks factor, const double *g, double *x);

// y = Lᵀ x.
void lg_block_chain_whiten_f32(LGBlockRows rows, LGBlocks factor, const float *x, float *y);
void lg_block_chain_whiten_f64(LGBlockRows rows, LGBlocks factor, const double *x, double *y);

// y = L x.
void lg_block_chain_multiply_f32(LGBlockRows rows, LGBlocks factor, const float *x, float *y);
void lg_block_chain_multiply_f64(LGBlockRows rows, LGBlocks factor, const double *x, double *y);

// The adjoint of u = L⁻ᵀ e for g = ∂/∂u: x = L⁻¹ g = ∂/∂e, and dL[i, j] = -Σ u[i] x[j] on the
// pattern, summed over the batch rows that share a parameter row; dA is zero above its diagonals.
// begin..<end are parameter rows, each with all of its batch rows.
void lg_block_chain_unwhiten_adjoint_f32(LGBlockRows rows, LGBlocks factor, const float *g,
                                         const float *u, float *x, LGBlockResult gradient);
void lg_block_chain_unwhiten_adjoint_f64(LGBlockRows rows, LGBlocks factor, const double *g,
                                         const double *u, double *x, LGBlockResult gradient);

// dL[i, j] = ±Σ a[i] b[j] on the pattern, for parameter rows begin..<end and the blocks whose first
// element is in the range. The adjoint of u = L⁻ᵀ e is (u, L⁻¹ du) negated, with the same bits as
// above; the adjoint of y = Lᵀ x is (x, dy), that of y = L x is (dy, x).
void lg_block_chain_outer_f32(LGBlockRows rows, LGElementRange elements, const float *a,
                              const float *b, bool negate, LGBlockResult gradient);
void lg_block_chain_outer_f64(LGBlockRows rows, LGElementRange elements, const double *a,
                              const double *b, bool negate, LGBlockResult gradient);

// MARK: - Matrices; begin..<end are parameter rows

// What the factorization finds out about the precisions.
typedef struct {
  // Whether each P is known to be far from singular: by bounds on its factor, or because each
  // diagonal element exceeds the absolute sum of its row's other elements by the share
  // `dominance_margin`.
  bool is_dominant;
  // Whether each block on the diagonal of P that was read is symmetric, up to rounding.
  bool is_symmetric;
} LGBlockFindings;

// L for P, whose lower triangles are read. Returns -1, or the first index row·k + pivot whose pivot
// is not positive and finite; A then holds that pivot, and the factors from there on are undefined.
ptrdiff_t lg_block_chain_factor_f32(LGBlockRows rows, LGBlocks precision, double dominance_margin,
                                    LGBlockResult factor, LGBlockFindings *findings,
                                    float *workspace);
ptrdiff_t lg_block_chain_factor_f64(LGBlockRows rows, LGBlocks precision, double dominance_margin,
                                    LGBlockResult factor, LGBlockFindings *findings,
                                    double *workspace);

// The adjoint of the factor, given the factor, dA (lower triangles) and dC. dD is symmetric: the
// two elements of each pair of D share the gradient evenly.
void lg_block_chain_factor_adjoint_f32(LGBlockRows rows, LGBlocks factor, LGBlocks dfactor,
                                       LGBlockResult dprecision, float *workspace);
void lg_block_chain_factor_adjoint_f64(LGBlockRows rows, LGBlocks factor, LGBlocks dfactor,
                                       LGBlockResult dprecision, double *workspace);

// Σ = P⁻¹: S[t] is block (t, t) of Σ and, if K is not null, K[t] is block (t + 1, t).
void lg_block_chain_covariance_f32(LGBlockRows rows, LGBlocks factor, LGBlockResult covariance,
                                   float *workspace);
void lg_block_chain_covariance_f64(LGBlockRows rows, LGBlocks factor, LGBlockResult covariance,
                                   double *workspace);

// The adjoint of the covariance, given S, K, dS and dK; dK may be null and then counts as zero. dA
// is zero above its diagonals.
void lg_block_chain_covariance_adjoint_f32(LGBlockRows rows, LGBlocks factor, LGBlocks covariance,
                                           LGBlocks dcovariance, LGBlockResult gradient,
                                           float *workspace);
void lg_block_chain_covariance_adjoint_f64(LGBlockRows rows, LGBlocks factor, LGBlocks covariance,
                                           LGBlocks dcovariance, LGBlockResult gradient,
                                           double *workspace);

// Copies the lower triangles of the matrices A[count, d, d], with zeros above them.
void lg_block_chain_lower_f32(ptrdiff_t count, ptrdiff_t d, const float *A, float *lower);
void lg_block_chain_lower_f64(ptrdiff_t count, ptrdiff_t d, const double *A, double *lower);
