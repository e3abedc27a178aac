// The Cholesky factor L of a tridiagonal precision P = L Lᵀ: the diagonal l[k] > 0 and the
// subdiagonal m[k - 1], m[i] = L[i + 1, i].
//
// A batch is a row-major matrix of rows×k elements. Batch row j uses parameter row j % param_rows
// (l is [param_rows, k], m is [param_rows, k - 1]): the axis of draws comes first, the batch of
// parameters second. With param_rows = 1 all rows share one parameter row. Each function gets the
// whole arrays and computes the rows begin..<end. The bits of a row depend on its own elements
// alone, not on the other rows or on how the rows are divided. Outputs must not overlap inputs.
// Cost: O(k) a row.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// If each pivot is at least this share of its diagonal element of P, solving with L contracts: the
// ratio of the elements of L in a row is at most √((1 − 0.52)/0.52) = 0.96 < 1.
#define LG_CONTRACTING_PIVOT 0.52

#define LG_DECLARE_BIDIAGONAL(Scalar, name)                                                        \
  /* u = L⁻ᵀ e. If `mean` [mean_rows, k] is not null, also z = mean + u. */                        \
  void name(lg_bidiagonal_unwhiten)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t k,                   \
                                    ptrdiff_t param_rows, const Scalar *l, const Scalar *m,        \
                                    const Scalar *e, ptrdiff_t mean_rows, const Scalar *mean,      \
                                    Scalar *u, Scalar *z);                                         \
  /* x = L⁻¹ g. */                                                                                 \
  void name(lg_bidiagonal_solve)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t k,                      \
                                 ptrdiff_t param_rows, const Scalar *l, const Scalar *m,           \
                                 const Scalar *g, Scalar *x);                                      \
  /* The adjoint of u = L⁻ᵀ e for g = ∂/∂u: x = L⁻¹ g = ∂/∂e, and dL[i, j] = -Σ u[i] x[j] on the   \
     pattern, summed over the batch rows that share a parameter row, and added to dl and dm if     \
     `accumulate`. begin..<end are parameter rows, each with all of its batch rows. */             \
  void name(lg_bidiagonal_unwhiten_adjoint)(                                                       \
      ptrdiff_t begin, ptrdiff_t end, ptrdiff_t rows, ptrdiff_t k, ptrdiff_t param_rows,           \
      const Scalar *l, const Scalar *m, const Scalar *g, const Scalar *u, Scalar *x,               \
      bool accumulate, Scalar *dl, Scalar *dm);                                                    \
  /* dL[i, j] (+)= ±Σ a[i] b[j] on the pattern, for parameter rows begin..<end and elements j in   \
     low..<high (a division of the elements parallelizes parameters that all rows share). The      \
     adjoint of u = L⁻ᵀ e is (u, L⁻¹ du) negated, with the same bits as above; the adjoint of y =  \
     Lᵀ x is (x, dy). */                                                                           \
  void name(lg_bidiagonal_outer)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t low, ptrdiff_t high,    \
                                 ptrdiff_t rows, ptrdiff_t k, ptrdiff_t param_rows,                \
                                 const Scalar *a, const Scalar *b, bool negate, bool accumulate,   \
                                 Scalar *dl, Scalar *dm);                                          \
  /* y = Lᵀ x. */                                                                                  \
  void name(lg_bidiagonal_whiten)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t k,                     \
                                  ptrdiff_t param_rows, const Scalar *l, const Scalar *m,          \
                                  const Scalar *x, Scalar *y);                                     \
  /* y = L x, the adjoint of y = Lᵀ x. */                                                          \
  void name(lg_bidiagonal_multiply)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t k,                   \
                                    ptrdiff_t param_rows, const Scalar *l, const Scalar *m,        \
                                    const Scalar *x, Scalar *y);                                   \
  /* Σ = P⁻¹ for each parameter row: v[i] = Σ[i, i] and, if c is not null, c[i] = Σ[i, i + 1]. */  \
  void name(lg_bidiagonal_covariance)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t k,                 \
                                      const Scalar *l, const Scalar *m, Scalar *v, Scalar *c);     \
  /* The adjoint of the covariance, given v, dv and dc; dv or dc may be null and then counts as    \
     zero. */                                                                                      \
  void name(lg_bidiagonal_covariance_adjoint)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t k,         \
                                              const Scalar *l, const Scalar *m, const Scalar *v,   \
                                              const Scalar *dv, const Scalar *dc, bool accumulate, \
                                              Scalar *dl, Scalar *dm);                             \
  /* L for P with the given diagonal [k] and off-diagonal [k - 1], for each parameter row. Returns \
     -1, or the first index row * k + pivot whose pivot l² is not positive and finite; l then      \
     holds that pivot, and the factors from that row on are undefined. `is_tame` is set to whether \
     each P is known to be far from singular: its pivots are large (LG_CONTRACTING_PIVOT), or each \
     diagonal element exceeds the absolute sum of its row's other elements by the share `excess`.  \
     */                                                                                            \
  ptrdiff_t name(lg_bidiagonal_factor)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t k,                \
                                       const Scalar *diagonal, const Scalar *off, Scalar excess,   \
                                       Scalar *l, Scalar *m, bool *is_tame);                       \
  /* The adjoint of the factor, given the factor, dl and dm. Each off-diagonal element stands for  \
     both of P's elements. */                                                                      \
  void name(lg_bidiagonal_factor_adjoint)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t k,             \
                                          const Scalar *l, const Scalar *m, const Scalar *dl,      \
                                          const Scalar *dm, Scalar *ddiagonal, Scalar *doff);

#define LG_F32(name) name##_f32
#define LG_F64(name) name##_f64
LG_DECLARE_BIDIAGONAL(float, LG_F32)
LG_DECLARE_BIDIAGONAL(double, LG_F64)
#undef LG_F32
#undef LG_F64
#undef LG_DECLARE_BIDIAGONAL
