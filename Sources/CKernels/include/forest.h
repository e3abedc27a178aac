// The Cholesky factor of a matrix P on a forest: P = W Wᵀ, W = Πᵀ L Π. The permutation Π sorts the
// variables in postorder, in which every subtree is a contiguous range that ends with its root. L
// then has at most one element below the diagonal in each column.
//
// Positions are indices in that order. For each position, `order` is its variable, `parent` is the
// position of the element below the diagonal (-1 for a root), and `edge` is the index of that
// element among the off-diagonal elements of P (-1 if it is zero). L is stored as two numbers for
// each position, the diagonal and the element below it (0 for a root): `panels`, [2·dimension].
//
// The caller's order of variables may be arbitrary. Each element in that order is read or written
// once, at an address that is known in advance and can be prefetched. Elements that depend on each
// other, those of a child and its parent, are mostly in the cache.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sparse.h"

#define LG_DECLARE_FOREST(Scalar, name)                                                            \
  /* Conversion between panels and the elements of a symmetric matrix, for positions begin..<end.  \
     */                                                                                            \
  void name(lg_forest_scatter)(const int32_t *order, const int32_t *edge, ptrdiff_t begin,         \
                               ptrdiff_t end, const Scalar *diagonal, const Scalar *off,           \
                               Scalar *panels);                                                    \
  void name(lg_forest_gather)(const int32_t *order, const int32_t *edge, ptrdiff_t begin,          \
                              ptrdiff_t end, const Scalar *panels, Scalar *diagonal, Scalar *off); \
  /* Computes L for a matrix that has all edges. The panels must be zero initially. Returns the    \
     first position whose pivot is not positive and finite, with the pivot in place of its         \
     diagonal element, or -1. With `goes_on` it continues past such pivots and returns -1. */      \
  ptrdiff_t name(lg_forest_factor)(const int32_t *order, const int32_t *parent,                    \
                                   const int32_t *edge, ptrdiff_t begin, ptrdiff_t end,            \
                                   const Scalar *diagonal, const Scalar *off, bool goes_on,        \
                                   Scalar *panels);                                                \
  /* The adjoint of the factor, from the last position to the first. `workspace`: dimension. */    \
  void name(lg_forest_factor_adjoint)(const int32_t *order, const int32_t *parent,                 \
                                      const int32_t *edge, ptrdiff_t begin, ptrdiff_t end,         \
                                      const Scalar *panels, const Scalar *dpanels,                 \
                                      Scalar *workspace, Scalar *ddiagonal, Scalar *doff);         \
  /* Σ = P⁻¹ on the pattern of L, in panels, and on the graph, in `diagonal` and `off`; from the   \
     last position to the first. */                                                                \
  void name(lg_forest_covariance)(const int32_t *order, const int32_t *parent,                     \
                                  const int32_t *edge, ptrdiff_t begin, ptrdiff_t end,             \
                                  const Scalar *panels, Scalar *covariance, Scalar *diagonal,      \
                                  Scalar *off);                                                    \
  /* The adjoint of the covariance: the gradient of L, in panels that must be zero initially. */   \
  void name(lg_forest_covariance_adjoint)(                                                         \
      const int32_t *order, const int32_t *parent, const int32_t *edge, ptrdiff_t begin,           \
      ptrdiff_t end, const Scalar *panels, const Scalar *covariance, const Scalar *dvariance,      \
      const Scalar *dcovariance, Scalar *dpanels);                                                 \
  /* y = the operation applied to each of `count` vectors x, with stride `step` between vectors in \
     both. `workspace`: dimension × LG_SPARSE_VECTORS, or dimension if count is below 4. */        \
  void name(lg_forest_apply)(const int32_t *order, const int32_t *parent, ptrdiff_t dimension,     \
                             LGFactorOperation operation, const Scalar *panels, ptrdiff_t count,   \
                             ptrdiff_t step, const Scalar *x, Scalar *y, Scalar *workspace);       \
  /* dpanels[i, j] = ±Σ a[i] b[j] over `count` vectors, for positions begin..<end. */              \
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
