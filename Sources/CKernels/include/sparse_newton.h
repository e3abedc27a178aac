// Newton's method for a sparse precision P of a Gaussian, given its empirical covariance S. It
// minimizes -log|P| + tr(S P) + Σ α_ij |P_ij| over i ≠ j (the graphical lasso) or, with α = 0, the
// likelihood over all P with a given pattern. α_ij = α scales[i] scales[j]: the variables are
// rescaled so that their variances are below 2, and the penalties are those of the original units.
//
// S, P and W = P⁻¹ are symmetric n×n matrices, stored in full. A pattern is the upper triangle, row
// by row: row i has the entries starts[i]..<starts[i + 1] in increasing columns, starting with the
// diagonal. A direction D is symmetric, with one element for each entry. U = D W is n×n and
// row-major. Around P, the smooth part of the objective changes by about tr((S - W) D) + ½ tr(W D W
// D), the quadratic model.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LG_DECLARE_SPARSE_NEWTON(Scalar, name)                                                     \
  /* The pattern of the free entries: the diagonal, and the entries where P is not zero or its     \
     gradient exceeds α_ij. Returns the number of entries; `columns` must have room for n(n +      \
     1)/2. */                                                                                      \
  ptrdiff_t name(lg_sparse_newton_free)(ptrdiff_t n, const Scalar *s, const Scalar *w,             \
                                        const Scalar *p, Scalar alpha, const Scalar *scales,       \
                                        ptrdiff_t *starts, int32_t *columns);                      \
  /* One sweep of coordinate descent: minimizes the model in each entry of D in turn and updates U \
     = D W. Returns the sum of the absolute changes. `column` is a workspace of n. */              \
  double name(lg_sparse_newton_sweep)(ptrdiff_t n, const ptrdiff_t *starts,                        \
                                      const int32_t *columns, const Scalar *s, const Scalar *w,    \
                                      const Scalar *p, Scalar alpha, const Scalar *scales,         \
                                      Scalar *d, Scalar *u, Scalar *column);                       \
  /* Minimizes the model by conjugate gradients over the entries where P + D is not zero (all      \
     entries if α = 0), assuming that their signs do not change. It stops when the residual has    \
     decreased by the factor `tolerance` (returns true) or after `most` steps (returns false). U   \
     is a workspace; `work` is a workspace of n + 5 times the number of entries. */                \
  bool name(lg_sparse_newton_conjugate)(                                                           \
      ptrdiff_t n, const ptrdiff_t *starts, const int32_t *columns, const Scalar *s,               \
      const Scalar *w, const Scalar *p, Scalar alpha, const Scalar *scales, double tolerance,      \
      ptrdiff_t most, Scalar *d, Scalar *u, Scalar *work);                                         \
  /* D = from + part·(to - from), with P + D set to zero where its sign would differ from that of  \
     P + from. */                                                                                  \
  void name(lg_sparse_newton_blend)(ptrdiff_t n, const ptrdiff_t *starts, const int32_t *columns,  \
                                    const Scalar *p, const Scalar *from, const Scalar *to,         \
                                    Scalar part, Scalar *d);                                       \
  /* U = D W, and h = W D W on the pattern. `column` is a workspace of n. */                       \
  void name(lg_sparse_newton_curvature)(ptrdiff_t n, const ptrdiff_t *starts,                      \
                                        const int32_t *columns, const Scalar *w, const Scalar *d,  \
                                        Scalar *u, Scalar *column, Scalar *h);                     \
  /* The Hessian of the model tr((S - W) D) + ½ tr(W D W D) in `count` entries: the lower triangle \
     of a count×count matrix. An off-diagonal entry stands for two elements. */                    \
  void name(lg_sparse_newton_hessian)(ptrdiff_t n, const Scalar *w, ptrdiff_t count,               \
                                      const int32_t *rows, const int32_t *columns, Scalar *h);     \
  /* The change of the objective along D that the model predicts: its linear part and the change   \
     of the penalty and, if h is not null, the curvature ½ tr(D h). */                             \
  double name(lg_sparse_newton_change)(ptrdiff_t n, const ptrdiff_t *starts,                       \
                                       const int32_t *columns, const Scalar *s, const Scalar *w,   \
                                       const Scalar *p, Scalar alpha, const Scalar *scales,        \
                                       const Scalar *d, const Scalar *h);                          \
  /* q = P + step·D. */                                                                            \
  void name(lg_sparse_newton_step)(ptrdiff_t n, const ptrdiff_t *starts, const int32_t *columns,   \
                                   const Scalar *p, Scalar step, const Scalar *d, Scalar *q);      \
  /* tr(S P) + Σ α_ij |P_ij| over i ≠ j. */                                                        \
  double name(lg_sparse_newton_terms)(ptrdiff_t n, const Scalar *s, const Scalar *p, Scalar alpha, \
                                      const Scalar *scales);                                       \
  /* The point of the dual problem's domain nearest to W: S on the diagonal, and within α_ij of S  \
     elsewhere. */                                                                                 \
  void name(lg_sparse_newton_dual)(ptrdiff_t n, const Scalar *s, const Scalar *w, Scalar alpha,    \
                                   const Scalar *scales, Scalar *dual);                            \
  /* The same for a given pattern: S on the pattern, W elsewhere. */                               \
  void name(lg_sparse_newton_pattern_dual)(ptrdiff_t n, const ptrdiff_t *starts,                   \
                                           const int32_t *columns, const Scalar *s,                \
                                           const Scalar *w, Scalar *dual);                         \
  /* Copies the lower triangle to the upper one. */                                                \
  void name(lg_sparse_newton_mirror)(ptrdiff_t n, Scalar *a);

#define LG_F32(name) name##_f32
#define LG_F64(name) name##_f64
LG_DECLARE_SPARSE_NEWTON(float, LG_F32)
LG_DECLARE_SPARSE_NEWTON(double, LG_F64)
#undef LG_F32
#undef LG_F64
#undef LG_DECLARE_SPARSE_NEWTON
