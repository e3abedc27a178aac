// The Cholesky factor of a matrix on a forest: P = W Wᵀ, W = Πᵀ L Π, where Π brings the variables
// into a postorder, in which every subtree is a range that its root ends, so that L has at most one
// element below the diagonal in each column.
//
// Positions are in that order. `order` has the variable at each of them, `parent` the position of
// the element below the diagonal, -1 for a root, and `edge` where the matrix has that element among
// those off its diagonal, -1 where it is zero. L lies in two numbers for each position, the diagonal
// and the element below it, 0 for a root: `panels`, [2·dimension].
//
// The caller's order may be any. What is in it is read or written once, at places that are known
// beforehand, so that it can be sent for in time; what depends on each other, a child and its
// parent, lies mostly in the cache.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sparse.h"

#define LG_DECLARE_FOREST(Scalar, name)                                                            \
  /* Between panels and the elements of a symmetric matrix, for begin..<end. */                    \
  void name(lg_forest_scatter)(const int32_t *order, const int32_t *edge, ptrdiff_t begin,         \
                               ptrdiff_t end, const Scalar *diagonal, const Scalar *off,           \
                               Scalar *panels);                                                    \
  void name(lg_forest_gather)(const int32_t *order, const int32_t *edge, ptrdiff_t begin,          \
                              ptrdiff_t end, const Scalar *panels, Scalar *diagonal, Scalar *off); \
  /* L of a matrix that has all edges, in panels that are zero before any of it is computed.       \
     Returns the first position whose pivot is not positive and finite, which stands in its place  \
     then, or -1; with `goes_on` it computes what follows from any pivot, and returns -1. */       \
  ptrdiff_t name(lg_forest_factor)(const int32_t *order, const int32_t *parent,                    \
                                   const int32_t *edge, ptrdiff_t begin, ptrdiff_t end,            \
                                   const Scalar *diagonal, const Scalar *off, bool goes_on,        \
                                   Scalar *panels);                                                \
  /* Its adjoint, from the last position to the first. `workspace`: dimension. */                  \
  void name(lg_forest_factor_adjoint)(const int32_t *order, const int32_t *parent,                 \
                                      const int32_t *edge, ptrdiff_t begin, ptrdiff_t end,         \
                                      const Scalar *panels, const Scalar *dpanels,                 \
                                      Scalar *workspace, Scalar *ddiagonal, Scalar *doff);         \
  /* Σ = P⁻¹ on the places of L, in panels, and what the graph has of it, from the last position   \
     to the first. */                                                                              \
  void name(lg_forest_covariance)(const int32_t *order, const int32_t *parent,                     \
                                  const int32_t *edge, ptrdiff_t begin, ptrdiff_t end,             \
                                  const Scalar *panels, Scalar *covariance, Scalar *diagonal,      \
                                  Scalar *off);                                                    \
  /* Its adjoint: the gradient in L, in panels that are zero before any of it is computed. */      \
  void name(lg_forest_covariance_adjoint)(                                                         \
      const int32_t *order, const int32_t *parent, const int32_t *edge, ptrdiff_t begin,           \
      ptrdiff_t end, const Scalar *panels, const Scalar *covariance, const Scalar *dvariance,      \
      const Scalar *dcovariance, Scalar *dpanels);                                                 \
  /* y = the operation on each of `count` vectors x, `step` numbers apart in both. `workspace`:    \
     dimension × LG_SPARSE_VECTORS, or dimension where count is below 4. */                        \
  void name(lg_forest_apply)(const int32_t *order, const int32_t *parent, ptrdiff_t dimension,     \
                             LGFactorOperation operation, const Scalar *panels, ptrdiff_t count,   \
                             ptrdiff_t step, const Scalar *x, Scalar *y, Scalar *workspace);       \
  /* dpanels[i, j] = ±Σ a[i] b[j] over `count` vectors, for begin..<end. */                        \
  void name(lg_forest_outer)(const int32_t *order, const int32_t *parent, ptrdiff_t begin,         \
                             ptrdiff_t end, ptrdiff_t count, ptrdiff_t step, const Scalar *a,      \
                             const Scalar *b, bool negate, Scalar *dpanels);

#define LG_F32(name) name##_f32
#define LG_F64(name) name##_f64
LG_DECLARE_FOREST(float, LG_F32)
LG_DECLARE_FOREST(double, LG_F64)
#undef LG_F32
#undef LG_F64
#undef LG_DECLARE_FOREST
