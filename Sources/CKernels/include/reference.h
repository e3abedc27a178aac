// Readable references of the kernels: plain loops in double, one element after another. Tests
// compare the kernels with them. The library does not call them. The numbers of a kernel in float
// are exact in double, so that one reference serves both types; where the bits of a type matter,
// there are two.
#pragma once

#include "block_chain.h"
#include "elementwise.h"
#include "forest.h"
#include "grid.h"
#include "networks.h"
#include "nonzeros.h"
#include "normals.h"
#include "products.h"
#include "reductions.h"
#include "sparse.h"
#include "sparse_newton.h"
#include "sparse_root.h"

// MARK: - Chains, grids and block chains

// The operation of a chain's or a grid's factor, applied to the rows begin..<end.
void lg_reference_grid_apply(LGGridRows rows, LGGridFactor factor, LGFactorOperation operation,
                             const double *x, double *y);

// dL[i, j] = Σ a[i] b[j] on the pattern of a chain's or a grid's factor.
void lg_reference_grid_outer(LGGridRows rows, const double *a, const double *b,
                             LGGridGradient gradient);

// The operation of a block chain's factor, applied to the rows begin..<end.
void lg_reference_block_apply(LGBlockRows rows, LGBlocks factor, LGFactorOperation operation,
                              const double *x, double *y);

// The factor of a block-tridiagonal precision; returns the first index row·k + pivot whose pivot is
// not positive, or -1.
ptrdiff_t lg_reference_block_factor(LGBlockRows rows, LGBlocks precision, LGBlockResult factor);

// MARK: - Sparse factors
//
// L, Σ and other matrices are n×n, row by row, in the order of elimination; L has zeros above the
// diagonal. `order` is the variable at each position.

// The symmetric matrix with these elements.
void lg_reference_symmetric(LGEdges edges, const int32_t *order, const double *diagonal,
                            const double *off, double *P);

// The elements of a matrix in panels. Of M = L those above the diagonal are zero.
void lg_reference_sparse_panels(const LGSparsePattern *p, const double *M, double *panels);
void lg_reference_forest_panels(LGForest forest, const double *M, double *panels);

// P = L Lᵀ. Returns the position of the first pivot that is not positive, or -1.
ptrdiff_t lg_reference_cholesky(ptrdiff_t n, const double *P, double *L);

// Its adjoint: the gradient dP of the elements on and below the diagonal, each of which stands for
// both positions. dL is overwritten.
void lg_reference_cholesky_adjoint(ptrdiff_t n, const double *L, double *dL, double *dP);

// y = the operation applied to x; vectors are in the order of the variables.
void lg_reference_factor_apply(ptrdiff_t n, const int32_t *order, LGFactorOperation operation,
                               const double *L, const double *x, double *y);

// dL[i, j] = Σ a[i] b[j] over all vectors, on and below the diagonal.
void lg_reference_factor_outer(ptrdiff_t n, const int32_t *order, LGSparseVectors vectors,
                               const double *a, const double *b, double *dL);

// Σ = (L Lᵀ)⁻¹, by the equations of Takahashi, Fagan and Chen (1973).
void lg_reference_covariance(ptrdiff_t n, const double *L, double *S);

// Its adjoint: the gradient of L for tr(G dΣ), where G is symmetric.
void lg_reference_covariance_adjoint(ptrdiff_t n, const double *L, const double *S, const double *G,
                                     double *dL);

// The differences of two factors, L and L' = `changed`, as lg_sparse_difference defines them; and
// L⁻¹ (L' - L) with the squares of its elements below the diagonal, summed for each supernode.
void lg_reference_difference(const LGSparsePattern *p, const double *L, const double *changed,
                             double *D);
void lg_reference_difference_squares(const LGSparsePattern *p, const double *L,
                                     const double *changed, double *D, double *squares);

// MARK: - Square roots of sparse matrices

// A, with count × dimension elements. Row r is at ids[r].
void lg_reference_rows_matrix(const LGRows *a, const double *values, double *A);

// Makes the first columns of a rows×width matrix upper triangular, with a diagonal that is not
// negative, by Givens rotations of its rows.
void lg_reference_triangularize(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t width, double *M);

// MARK: - Newton's method for sparse precisions
//
// As in sparse_newton.h, without U and workspaces.

ptrdiff_t lg_reference_newton_free(LGNewtonProblem problem, ptrdiff_t *starts, int32_t *columns);
double lg_reference_newton_sweep(LGNewtonProblem problem, double *d);
void lg_reference_newton_curvature(LGNewtonProblem problem, const double *d, double *h);
void lg_reference_newton_hessian(LGNewtonProblem problem, ptrdiff_t count, const int32_t *rows,
                                 const int32_t *columns, double *h);
// The predicted change of the objective, with or without the curvature.
double lg_reference_newton_change(LGNewtonProblem problem, const double *d, bool is_curved);
double lg_reference_newton_terms(LGNewtonProblem problem);
void lg_reference_newton_dual(LGNewtonProblem problem, double *dual);

// MARK: - Elements

// y[i] = f(x[i]) and dx[i] (+)= g[i]·f'(x[i]), by the C library, for arguments at which the
// formulas neither overflow nor cancel.
void lg_reference_unary(LGUnaryFunction f, const double *x, double *y, ptrdiff_t n);
void lg_reference_unary_adjoint(LGUnaryAdjoint adjoint, const double *x, const double *g,
                                double *dx);

// c[r, j] = f(a[r·a_row + j·a_step], b[r·b_row + j·b_step]), for the same arguments.
void lg_reference_binary(LGBinary binary, const double *a, const double *b, double *c);

// y[o, i] = the reduction of x[o, :, i].
void lg_reference_reduce(LGReduction f, LGAxis axis, const double *x, double *y);

// C (+)= op(A) op(B), of float matrices, with sums in double.
void lg_reference_product(LGProductShape shape, const float *a, const float *b, double *c);

// The nonzeros of a dense m×k matrix, as in nonzeros.h. Returns how many there are.
ptrdiff_t lg_reference_nonzeros(const double *a, ptrdiff_t m, ptrdiff_t k, uint32_t *starts,
                                uint8_t *places, double *values);

// C (+)= A B for a dense m×k matrix A; `starts` and `places` are not read.
void lg_reference_nonzeros_product(LGNonzeroProduct product, const double *a, const double *b,
                                   double *c);

// MARK: - Random numbers
//
// The elements of fills (random.h), by the formulas in double. Normal and Gumbel numbers are not
// rounded to the type.

void lg_reference_philox(uint64_t key, uint64_t low, uint64_t high, uint32_t out[4]);
void lg_reference_fill_bits(uint64_t key, uint64_t first, uint32_t *out, ptrdiff_t count);
void lg_reference_fill_uniform_f32(uint64_t key, uint64_t first, double *out, ptrdiff_t count);
void lg_reference_fill_uniform_f64(uint64_t key, uint64_t first, double *out, ptrdiff_t count);
void lg_reference_fill_normal_f32(uint64_t key, uint64_t first, double *out, ptrdiff_t count);
void lg_reference_fill_normal_f64(uint64_t key, uint64_t first, double *out, ptrdiff_t count);
void lg_reference_fill_gumbel_f32(uint64_t key, uint64_t first, double *out, ptrdiff_t count);
void lg_reference_fill_gumbel_f64(uint64_t key, uint64_t first, double *out, ptrdiff_t count);

// MARK: - Layers and distributions

// Batch normalization, with its statistics.
void lg_reference_batch_norm(LGLayerColumns part, LGBatchNorm norm, const double *x, double *y);

// A step of Adam.
void lg_reference_adam(LGAdam step, ptrdiff_t n, const double *g, double *p, double *m, double *v);

// Log-densities, divergences and fusions of rows of independent normals.
void lg_reference_normal_density(LGNormalRows rows, const double *a, const double *b,
                                 double *density);
void lg_reference_normal_divergence(LGNormalRows rows, const double *a, const double *b,
                                    double *divergence);
void lg_reference_normal_fusion(LGNormalRows rows, const double *a, const double *b,
                                double *moments);
