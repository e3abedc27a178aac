// The Cholesky factor of a sparse matrix by supernodes: P = W Wᵀ, W = Πᵀ L Π, where Π brings the
// variables into the order of elimination.
//
// A supernode is a range of columns with the rows below them in common; its panel, (columns +
// rows)×columns, column-major, holds their elements of L, with zeros above the diagonal. Supernodes
// are numbered in a postorder of their tree: every subtree is a range that its root ends, and
// disjoint ranges may be computed at the same time. The matrix that a supernode takes off what comes
// later, its update, is rows×rows and lies in memory that all ranges share.
//
// Vectors are in the order of the variables, and so are the diagonal [dimension] and the elements
// off it [edges] of the matrix, each of which stands for both places.
//
// J. Liu, The multifrontal method for sparse matrix solution, SIAM Review 34 (1992).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  int32_t first, columns, rows;      // the first column; how many columns and rows below them
  int32_t first_child, child_count;  // in `children`
  int64_t panel, row, update;        // where its panel, its rows and its update start
} LGSupernode;

// The structure of the factor of a graph.
typedef struct {
  const LGSupernode *supernodes;
  const int32_t *children;
  const int32_t *rows;       // as positions in the order of elimination
  const int32_t *relative;   // the same as rows of the parent's panel
  const int32_t *order;      // the variable at each position
  const int32_t *supernode;  // the supernode of each position
  ptrdiff_t dimension, count;  // of variables; of supernodes
} LGSparsePattern;

// Which elements of a symmetric matrix lie where in the panels: those of supernode s are
// start[s]..<start[s + 1]. `source` is i for the variable i on the diagonal, dimension + e for the
// element e off it.
typedef struct {
  const int64_t *start;
  const int32_t *source, *row, *column;  // the place as a row and a column of the panel
} LGSparseEntries;

typedef enum LGFactorOperation : int32_t {
  LG_FACTOR_WHITEN,    // Wᵀ x
  LG_FACTOR_UNWHITEN,  // W⁻ᵀ x
  LG_FACTOR_MULTIPLY,  // W x
  LG_FACTOR_SOLVE      // W⁻¹ x
} LGFactorOperation;

// A multiple of the numbers in a vector register, to which the rows of workspaces are filled up.
enum { LG_SPARSE_ROW_MULTIPLE = 16 };

// How many vectors are treated at once.
enum { LG_SPARSE_VECTORS = 32 };

// The numbers that an update of this many rows takes.
static inline ptrdiff_t lg_sparse_update_count(ptrdiff_t rows) {
  return rows <= 2 ? rows * rows
                   : rows * ((rows + LG_SPARSE_ROW_MULTIPLE - 1) / LG_SPARSE_ROW_MULTIPLE *
                             LG_SPARSE_ROW_MULTIPLE);
}

// The numbers of scratch memory that a supernode takes in any of the functions below.
static inline ptrdiff_t lg_sparse_scratch_count(ptrdiff_t columns, ptrdiff_t rows) {
  const ptrdiff_t more = 2 * LG_SPARSE_ROW_MULTIPLE;
  const ptrdiff_t n = columns + more, m = rows + more;
  return 6 * (n + m) * n + 3 * n * n + m * n + m * m + m + (n + m) * LG_SPARSE_VECTORS;
}

#define LG_DECLARE_SPARSE(Scalar, name)                                                            \
  /* The panels of supernodes begin..<end. Returns the variable of the first pivot that is not     \
     positive and finite, which stands in its place then, or -1; with `goes_on` it computes what   \
     follows from any pivot, and returns -1. Large supernodes are shared with `helpers` other      \
     threads. */                                                                                   \
  ptrdiff_t name(lg_sparse_factor)(const LGSparsePattern *p, const LGSparseEntries *entries,       \
                                   ptrdiff_t begin, ptrdiff_t end, const Scalar *diagonal,         \
                                   const Scalar *off, bool goes_on, ptrdiff_t helpers,             \
                                   Scalar *panels, Scalar *updates, Scalar *scratch);              \
  /* Its adjoint, from the last supernode to the first: of the gradient in the panels makes that   \
     in the diagonal and the elements off it. */                                                   \
  void name(lg_sparse_factor_adjoint)(const LGSparsePattern *p, const LGSparseEntries *entries,    \
                                      ptrdiff_t begin, ptrdiff_t end, const Scalar *panels,        \
                                      const Scalar *dpanels, ptrdiff_t helpers, Scalar *ddiagonal, \
                                      Scalar *doff, Scalar *updates, Scalar *scratch);             \
  /* y = the operation on each of `count` vectors x, `step` numbers apart in both. `workspace`:    \
     dimension × LG_SPARSE_VECTORS, or dimension where count is below 4. */                        \
  void name(lg_sparse_apply)(const LGSparsePattern *p, LGFactorOperation operation,                \
                             const Scalar *panels, ptrdiff_t count, ptrdiff_t step,                \
                             const Scalar *x, Scalar *y, Scalar *workspace, Scalar *scratch);      \
  /* dpanels[i, j] = ±Σ a[i] b[j] over `count` vectors, for supernodes begin..<end. */             \
  void name(lg_sparse_outer)(const LGSparsePattern *p, ptrdiff_t begin, ptrdiff_t end,             \
                             ptrdiff_t count, ptrdiff_t step, const Scalar *a, const Scalar *b,    \
                             bool negate, Scalar *dpanels, Scalar *scratch);                       \
  /* Σ = P⁻¹ on the pattern of the factor, from the last supernode to the first, in panels: those  \
     of L, with all of a diagonal block. */                                                        \
  void name(lg_sparse_covariance)(const LGSparsePattern *p, ptrdiff_t begin, ptrdiff_t end,        \
                                  const Scalar *panels, ptrdiff_t helpers, Scalar *covariance,     \
                                  Scalar *updates, Scalar *scratch);                               \
  /* Its adjoint: of the gradients in the variances and in the elements off the diagonal makes     \
     that in the panels of L. */                                                                   \
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
  /* Whether each element of the diagonal exceeds the sum of those beside it by more than its part \
     `excess`, for elements `off` on edges with these ends, two an edge. `sums`: dimension. */     \
  bool name(lg_sparse_dominates)(const int32_t *ends, ptrdiff_t edge_count, ptrdiff_t dimension,   \
                                 const Scalar *diagonal, const Scalar *off, Scalar excess,         \
                                 Scalar *sums);                                                    \
  /* Between panels and the elements of a symmetric matrix. */                                     \
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
