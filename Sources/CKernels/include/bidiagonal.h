// The Cholesky factor L of a tridiagonal precision P = L Lᵀ: diagonal l[k] > 0, below it m[k - 1],
// m[i] = L[i + 1, i].
//
// A batch is rows×k numbers, row after row. Batch row j uses parameter row j % param_rows (l is
// [param_rows, k], m is [param_rows, k - 1]), so draws lead and the batch follows; param_rows = 1
// is one set for all. Each function works on the rows begin..<end, given the whole arrays. The bits
// of a row depend on its own numbers alone: not on the other rows, nor on how they are split.
// Outputs must not overlap inputs. Cost: O(k) a row.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// A pivot that is this part of its element of the diagonal of P, or more, leaves less than that to
// the rows before: √((1 − 0.52)/0.52) = 0.96 < 1.
#define LG_CONTRACTING_PIVOT 0.52

#define LG_DECLARE_BIDIAGONAL(Scalar, name)                                                        \
  /* u = L⁻ᵀ e. Where `mean` [mean_rows, k] is not null, also z = mean + u. */                     \
  void name(lg_bidiagonal_unwhiten)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t k,                   \
                                    ptrdiff_t param_rows, const Scalar *l, const Scalar *m,        \
                                    const Scalar *e, ptrdiff_t mean_rows, const Scalar *mean,      \
                                    Scalar *u, Scalar *z);                                         \
  /* x = L⁻¹ g. */                                                                                 \
  void name(lg_bidiagonal_solve)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t k,                      \
                                 ptrdiff_t param_rows, const Scalar *l, const Scalar *m,           \
                                 const Scalar *g, Scalar *x);                                      \
  /* The adjoint of u = L⁻ᵀ e for g = ∂/∂u: x = L⁻¹ g = ∂/∂e, and dL[i, j] = -Σ u[i] x[j] on the   \
     pattern, summed over the batch rows that share a parameter row and added to dl and dm where   \
     `accumulate` is set. begin..<end are parameter rows: all their batch rows are treated. */     \
  void name(lg_bidiagonal_unwhiten_adjoint)(                                                       \
      ptrdiff_t begin, ptrdiff_t end, ptrdiff_t rows, ptrdiff_t k, ptrdiff_t param_rows,           \
      const Scalar *l, const Scalar *m, const Scalar *g, const Scalar *u, Scalar *x,               \
      bool accumulate, Scalar *dl, Scalar *dm);                                                    \
  /* dL[i, j] (+)= ±Σ a[i] b[j] on the pattern, for parameter rows begin..<end and elements        \
     j in low..<high (a split over elements serves parameters that all rows share). The adjoint    \
     of u = L⁻ᵀ e is (u, L⁻¹ du) negated, bit for bit as above; that of y = Lᵀ x is (x, dy). */    \
  void name(lg_bidiagonal_outer)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t low, ptrdiff_t high,    \
                                 ptrdiff_t rows, ptrdiff_t k, ptrdiff_t param_rows,                \
                                 const Scalar *a, const Scalar *b, bool negate, bool accumulate,   \
                                 Scalar *dl, Scalar *dm);                                          \
  /* y = Lᵀ x. */                                                                                  \
  void name(lg_bidiagonal_whiten)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t k,                     \
                                  ptrdiff_t param_rows, const Scalar *l, const Scalar *m,          \
                                  const Scalar *x, Scalar *y);                                     \
  /* y = L x, the adjoint of the former. */                                                        \
  void name(lg_bidiagonal_multiply)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t k,                   \
                                    ptrdiff_t param_rows, const Scalar *l, const Scalar *m,        \
                                    const Scalar *x, Scalar *y);                                   \
  /* Of Σ = P⁻¹, by parameter row: v[i] = Σ[i, i] and, where c is not null, c[i] = Σ[i, i + 1]. */ \
  void name(lg_bidiagonal_covariance)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t k,                 \
                                      const Scalar *l, const Scalar *m, Scalar *v, Scalar *c);     \
  /* Its adjoint, from v and the adjoints dv and dc; a null one counts as zeros. */                \
  void name(lg_bidiagonal_covariance_adjoint)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t k,         \
                                              const Scalar *l, const Scalar *m, const Scalar *v,   \
                                              const Scalar *dv, const Scalar *dc, bool accumulate, \
                                              Scalar *dl, Scalar *dm);                             \
  /* L of P with the given diagonal [k] and off-diagonal [k - 1], by parameter row. Returns -1, or \
     the first index row * k + pivot whose pivot l² is not positive and finite: l holds it there   \
     then, and the factors from that row on are undefined. `is_tame`: whether each P is known to   \
     be far from singular, as where its diagonal exceeds what stands beside it by this part. */    \
  ptrdiff_t name(lg_bidiagonal_factor)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t k,                \
                                       const Scalar *diagonal, const Scalar *off, Scalar excess,   \
                                       Scalar *l, Scalar *m, bool *is_tame);                       \
  /* Its adjoint, from the factor and the adjoints dl and dm. Each off-diagonal number stands for  \
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
