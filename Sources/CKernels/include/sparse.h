// The supernodal Cholesky factor of a sparse matrix: P = W Wᵀ, W = Πᵀ L Π, where the permutation Π
// sorts the variables in the order of elimination.
//
// A supernode is a range of columns of L that have the same rows below them. Its panel holds their
// elements: a column-major matrix of (columns + rows)×columns, with zeros above the diagonal.
// Supernodes are numbered in a postorder of their tree: every subtree is a contiguous range that
// ends with its root, and disjoint ranges can be computed concurrently. The update of a supernode
// is the matrix that its elimination subtracts from later columns; it is rows×rows and is stored in
// memory that all ranges share.
//
// Vectors are in the order of the variables, as is the diagonal [dimension] of the matrix. Each of
// its off-diagonal elements [edges] stands for both positions.
//
// J. Liu, The multifrontal method for sparse matrix solution, SIAM Review 34 (1992).
#pragma once

#include "scalar.h"

typedef struct {
  int32_t first, columns, rows;      // first column; numbers of columns and of rows below
  int32_t first_child, child_count;  // a range of `children`
  int64_t panel, row, update;        // the offsets of its panel, rows and update
} LGSupernode;

// The sparsity pattern of the factor of a graph.
typedef struct {
  const LGSupernode *supernodes;
  const int32_t *children;
  const int32_t *rows;         // as positions in the order of elimination
  const int32_t *relative;     // the same rows as indices of the parent's panel
  const int32_t *order;        // the variable at each position
  const int32_t *supernode;    // the supernode of each position
  ptrdiff_t dimension, count;  // the numbers of variables and supernodes
} LGSparsePattern;

// The positions of a symmetric matrix's elements in the panels. Those in supernode s are
// start[s]..<start[s + 1]. `source` is i for the diagonal element of variable i, dimension + e for
// off-diagonal element e.
typedef struct {
  const int64_t *start;
  const int32_t *source, *row, *column;  // row and column within the panel
} LGSparseEntries;

typedef enum LGFactorOperation : int32_t {
  LG_FACTOR_WHITEN,    // Wᵀ x
  LG_FACTOR_UNWHITEN,  // W⁻ᵀ x
  LG_FACTOR_MULTIPLY,  // W x
  LG_FACTOR_SOLVE      // W⁻¹ x
} LGFactorOperation;

// The rows of workspaces are padded to a multiple of this, which is a multiple of the vector width.
enum { LG_SPARSE_ROW_MULTIPLE = 16 };

// The number of vectors that are processed at once.
enum { LG_SPARSE_VECTORS = 32 };

// The number of elements of an update with this many rows.
static inline ptrdiff_t lg_sparse_update_count(ptrdiff_t rows) {
  return rows <= 2 ? rows * rows
                   : rows * ((rows + LG_SPARSE_ROW_MULTIPLE - 1) / LG_SPARSE_ROW_MULTIPLE *
                             LG_SPARSE_ROW_MULTIPLE);
}

// The number of scratch elements that any of the functions below needs for a supernode.
static inline ptrdiff_t lg_sparse_scratch_count(ptrdiff_t columns, ptrdiff_t rows) {
  const ptrdiff_t more = 2 * LG_SPARSE_ROW_MULTIPLE;
  const ptrdiff_t n = columns + more, m = rows + more;
  return 6 * (n + m) * n + 3 * n * n + m * n + m * m + m + (n + m) * LG_SPARSE_VECTORS;
}

// Some supernodes of a factorization, and the memory for computing them.
typedef struct {
  const LGSparsePattern *pattern;
  const LGSparseEntries *entries;  // of the matrix
  ptrdiff_t begin, end;            // the supernodes that a call computes
  ptrdiff_t helpers;               // how many other threads help with large supernodes
  LGScalar *updates;               // the memory of all updates, which all ranges share
  LGScalar *scratch;               // lg_sparse_scratch_count of the largest supernode
} LGSparseWork;

// Vectors that are `step` elements apart.
typedef struct {
  ptrdiff_t count, step;
  // For operations with a factor: dimension × LG_SPARSE_VECTORS elements, or dimension if count is
  // below 4.
  LGScalar *workspace;
} LGSparseVectors;

// MARK: - The factor

// Computes the panels of supernodes from the elements of P. Returns the variable of the first pivot
// that is not positive and finite, with the pivot in its place in the panel, or -1. With
// `continues` it goes on past such pivots and returns -1.
ptrdiff_t lg_sparse_factor_f32(LGSparseWork work, const float *diagonal, const float *off,
                               bool continues, float *panels);
ptrdiff_t lg_sparse_factor_f64(LGSparseWork work, const double *diagonal, const double *off,
                               bool continues, double *panels);

// The adjoint of the factor, from the last supernode to the first: converts the gradient of the
// panels to that of the diagonal and the off-diagonal elements.
void lg_sparse_factor_adjoint_f32(LGSparseWork work, const float *panels, const float *dpanels,
                                  float *ddiagonal, float *doff);
void lg_sparse_factor_adjoint_f64(LGSparseWork work, const double *panels, const double *dpanels,
                                  double *ddiagonal, double *doff);

// MARK: - Vectors

// y = the operation applied to each vector x.
void lg_sparse_apply_f32(LGSparseWork work, LGFactorOperation operation, const float *panels,
                         LGSparseVectors vectors, const float *x, float *y);
void lg_sparse_apply_f64(LGSparseWork work, LGFactorOperation operation, const double *panels,
                         LGSparseVectors vectors, const double *x, double *y);

// dpanels[i, j] = ±Σ a[i] b[j] over all vectors.
void lg_sparse_outer_f32(LGSparseWork work, LGSparseVectors vectors, const float *a, const float *b,
                         bool negate, float *dpanels);
void lg_sparse_outer_f64(LGSparseWork work, LGSparseVectors vectors, const double *a,
                         const double *b, bool negate, double *dpanels);

// MARK: - The covariance

// Σ = P⁻¹ on the pattern of the factor, from the last supernode to the first, in panels of the same
// shape as those of L; diagonal blocks are complete.
void lg_sparse_covariance_f32(LGSparseWork work, const float *panels, float *covariance);
void lg_sparse_covariance_f64(LGSparseWork work, const double *panels, double *covariance);

// The adjoint of the covariance: converts the gradients of the variances and of the off-diagonal
// covariances to the gradient of the panels of L.
void lg_sparse_covariance_adjoint_f32(LGSparseWork work, const float *panels,
                                      const float *covariance, const float *dvariance,
                                      const float *dcovariance, float *dpanels);
void lg_sparse_covariance_adjoint_f64(LGSparseWork work, const double *panels,
                                      const double *covariance, const double *dvariance,
                                      const double *dcovariance, double *dpanels);

// MARK: - Differences of two factors

// For the precision with these panels of L, to which a symmetric matrix is added on its graph: E,
// with L' = L (I + E), on the columns of each supernode and G = L'₂₁ - L₂₁ (I + E) below them, in
// panels, from the first supernode to the last. Returns whether no pivot has lost more than three
// quarters; if one has, the result is undefined.
bool lg_sparse_difference_f32(LGSparseWork work, const float *panels, const float *diagonal,
                              const float *off, float *differences);
bool lg_sparse_difference_f64(LGSparseWork work, const double *panels, const double *diagonal,
                              const double *off, double *differences);

// From these differences and the panels of Σ: for each supernode, the sum of the squares of the
// elements of L⁻¹ (L' - L) below the diagonal in its columns.
void lg_sparse_difference_squares_f32(LGSparseWork work, const float *differences,
                                      const float *covariance, double *squares);
void lg_sparse_difference_squares_f64(LGSparseWork work, const double *differences,
                                      const double *covariance, double *squares);

// MARK: - Elements of symmetric matrices

// The edges of a graph, as pairs of variables.
typedef struct {
  const int32_t *ends;
  ptrdiff_t count;
  ptrdiff_t dimension;  // the number of variables
} LGEdges;

// Whether each diagonal element exceeds the absolute sum of its row's off-diagonal elements by more
// than its share `dominance_margin`. `sums` is a workspace of dimension elements.
bool lg_sparse_is_dominant_f32(LGEdges edges, const float *diagonal, const float *off,
                               double dominance_margin, float *sums);
bool lg_sparse_is_dominant_f64(LGEdges edges, const double *diagonal, const double *off,
                               double dominance_margin, double *sums);

// Conversion between panels and the elements of a symmetric matrix.
void lg_sparse_gather_f32(LGSparseWork work, const float *panels, float *diagonal, float *off);
void lg_sparse_gather_f64(LGSparseWork work, const double *panels, double *diagonal, double *off);
void lg_sparse_scatter_f32(LGSparseWork work, const float *diagonal, const float *off,
                           float *panels);
void lg_sparse_scatter_f64(LGSparseWork work, const double *diagonal, const double *off,
                           double *panels);
