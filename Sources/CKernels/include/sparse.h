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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  int32_t first, columns, rows;      // first column; numbers of columns and of rows below
  int32_t first_child, child_count;  // a range of `children`
  int64_t panel, row, update;        // the offsets of its panel, rows and update
} LGSupernode;

// The sparsity pattern of the factor of a graph.
typedef struct {
  const LGSupernode *supernodes;
  const int32_t *children;
  const int32_t *rows;       // as positions in the order of elimination
  const int32_t *relative;   // the same rows as indices of the parent's panel
  const int32_t *order;      // the variable at each position
  const int32_t *supernode;  // the supernode of each position
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

#define LG_DECLARE_SPARSE(Scalar, name)                                                            \
  /* Computes the panels of supernodes begin..<end. Returns the variable of the first pivot that   \
     is not positive and finite, with the pivot in its place in the panel, or -1. With `goes_on`   \
     it continues past such pivots and returns -1. Large supernodes are computed with the help of  \
     `helpers` other threads. */                                                                   \
  ptrdiff_t name(lg_sparse_factor)(const LGSparsePattern *p, const LGSparseEntries *entries,       \
                                   ptrdiff_t begin, ptrdiff_t end, const Scalar *diagonal,         \
                                   const Scalar *off, bool goes_on, ptrdiff_t helpers,             \
                                   Scalar *panels, Scalar *updates, Scalar *scratch);              \
  /* The adjoint of the factor, from the last supernode to the first: converts the gradient of the \
     panels to that of the diagonal and the off-diagonal elements. */                              \
  void name(lg_sparse_factor_adjoint)(const LGSparsePattern *p, const LGSparseEntries *entries,    \
                                      ptrdiff_t begin, ptrdiff_t end, const Scalar *panels,        \
                                      const Scalar *dpanels, ptrdiff_t helpers, Scalar *ddiagonal, \
                                      Scalar *doff, Scalar *updates, Scalar *scratch);             \
  /* y = the operation applied to each of `count` vectors x, with stride `step` between vectors in \
     both. `workspace`: dimension × LG_SPARSE_VECTORS, or dimension if count is below 4. */        \
  void name(lg_sparse_apply)(const LGSparsePattern *p, LGFactorOperation operation,                \
                             const Scalar *panels, ptrdiff_t count, ptrdiff_t step,                \
                             const Scalar *x, Scalar *y, Scalar *workspace, Scalar *scratch);      \
  /* dpanels[i, j] = ±Σ a[i] b[j] over `count` vectors, for supernodes begin..<end. */             \
  void name(lg_sparse_outer)(const LGSparsePattern *p, ptrdiff_t begin, ptrdiff_t end,             \
                             ptrdiff_t count, ptrdiff_t step, const Scalar *a, const Scalar *b,    \
                             bool negate, Scalar *dpanels, Scalar *scratch);                       \
  /* Σ = P⁻¹ on the pattern of the factor, from the last supernode to the first, in panels of the  \
     same shape as those of L; diagonal blocks are complete. */                                    \
  void name(lg_sparse_covariance)(const LGSparsePattern *p, ptrdiff_t begin, ptrdiff_t end,        \
                                  const Scalar *panels, ptrdiff_t helpers, Scalar *covariance,     \
                                  Scalar *updates, Scalar *scratch);                               \
  /* The adjoint of the covariance: converts the gradients of the variances and of the             \
     off-diagonal covariances to the gradient of the panels of L. */                               \
  void name(lg_sparse_covariance_adjoint)(                                                         \
      const LGSparsePattern *p, const LGSparseEntries *entries, ptrdiff_t begin, ptrdiff_t end,    \
      const Scalar *panels, const Scalar *covariance, const Scalar *dvariance,                     \
      const Scalar *dcovariance, ptrdiff_t helpers, Scalar *dpanels, Scalar *updates,              \
      Scalar *scratch);                                                                            \
  /* Of the precision with these panels of L, to which a symmetric matrix is added on its graph: E, \
     with L' = L (I + E), on the columns of each supernode and G = L'₂₁ - L₂₁ (I + E) below them,   \
     in panels, from the first supernode to the last. Returns whether no pivot has lost more than  \
     three quarters, which the rest is undefined without. */                                       \
  bool name(lg_sparse_difference)(const LGSparsePattern *p, const LGSparseEntries *entries,        \
                                  ptrdiff_t begin, ptrdiff_t end, const Scalar *panels,            \
                                  const Scalar *diagonal, const Scalar *off, ptrdiff_t helpers,    \
                                  Scalar *differences, Scalar *updates, Scalar *scratch);          \
  /* Of those and the panels of Σ: the squares of the elements of L⁻¹ (L' - L) below the diagonal  \
     in the columns of each supernode. */                                                          \
  void name(lg_sparse_difference_squares)(const LGSparsePattern *p, ptrdiff_t begin,               \
                                          ptrdiff_t end, const Scalar *differences,                \
                                          const Scalar *covariance, ptrdiff_t helpers,             \
                                          double *squares, Scalar *scratch);                       \
  /* Whether each diagonal element exceeds the absolute sum of its row's off-diagonal elements by  \
     more than its share `excess`. `ends` are the two ends of each edge. `sums`: dimension. */     \
  bool name(lg_sparse_dominates)(const int32_t *ends, ptrdiff_t edge_count, ptrdiff_t dimension,   \
                                 const Scalar *diagonal, const Scalar *off, Scalar excess,         \
                                 Scalar *sums);                                                    \
  /* Conversion between panels and the elements of a symmetric matrix. */                          \
  void name(lg_sparse_gather)(const LGSparsePattern *p, const LGSparseEntries *entries,            \
                              ptrdiff_t begin, ptrdiff_t end, const Scalar *panels,                \
                              Scalar *diagonal, Scalar *off);                                      \
  void name(lg_sparse_scatter)(const LGSparsePattern *p, const LGSparseEntries *entries,           \
                               ptrdiff_t begin, ptrdiff_t end, const Scalar *diagonal,             \
                               const Scalar *off, Scalar *panels);

#define LG_F32(name) name##_f32
#define LG_F64(name) name##_f64
LG_DECLARE_SPARSE(float, LG_F32)
LG_DECLARE_SPARSE(double, LG_F64)
#undef LG_F32
#undef LG_F64
#undef LG_DECLARE_SPARSE
