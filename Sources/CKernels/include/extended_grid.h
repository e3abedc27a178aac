// The Cholesky factor L of the extended grid of h×w variables, k = h w, element i = row · w +
// column: the diagonal l[k] > 0, the elements to the right r[h, w - 1] = L[i + 1, i] within a grid
// row, and the elements down d[k - w] = L[i + w, i]. P = L Lᵀ has the anti-diagonal neighbours (i +
// 1, i + w) in addition to these.
//
// Batches, row ranges, parameter rows and the reproducibility of bits are as in bidiagonal.h. Cost:
// O(k) a row; O(k w) for covariances.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define LG_DECLARE_EXTENDED_GRID(Scalar, name)                                                     \
  /* u = L⁻ᵀ e. If `mean` [mean_rows, k] is not null, also z = mean + u. */                        \
  void name(lg_extended_grid_unwhiten)(                                                            \
      ptrdiff_t begin, ptrdiff_t end, ptrdiff_t h, ptrdiff_t w, ptrdiff_t param_rows,              \
      const Scalar *l, const Scalar *r, const Scalar *d, const Scalar *e, ptrdiff_t mean_rows,     \
      const Scalar *mean, Scalar *u, Scalar *z);                                                   \
  /* x = L⁻¹ g. */                                                                                 \
  void name(lg_extended_grid_solve)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t h, ptrdiff_t w,      \
                                    ptrdiff_t param_rows, const Scalar *l, const Scalar *r,        \
                                    const Scalar *d, const Scalar *g, Scalar *x);                  \
  /* The adjoint of u = L⁻ᵀ e for g = ∂/∂u: x = L⁻¹ g = ∂/∂e, and dL[i, j] = -Σ u[i] x[j] on the   \
     pattern, summed over the batch rows that share a parameter row, and added to the gradients if \
     `accumulate`. begin..<end are parameter rows, each with all of its batch rows. */             \
  void name(lg_extended_grid_unwhiten_adjoint)(                                                    \
      ptrdiff_t begin, ptrdiff_t end, ptrdiff_t rows, ptrdiff_t h, ptrdiff_t w,                    \
      ptrdiff_t param_rows, const Scalar *l, const Scalar *r, const Scalar *d, const Scalar *g,    \
      const Scalar *u, Scalar *x, bool accumulate, Scalar *dl, Scalar *dr, Scalar *dd);            \
  /* dL[i, j] (+)= ±Σ a[i] b[j] on the pattern, for parameter rows begin..<end and elements j in   \
     low..<high. The adjoint of u = L⁻ᵀ e is (u, L⁻¹ du) negated, with the same bits as above; the \
     adjoint of y = Lᵀ x is (x, dy). */                                                            \
  void name(lg_extended_grid_outer)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t low, ptrdiff_t high, \
                                    ptrdiff_t rows, ptrdiff_t h, ptrdiff_t w,                      \
                                    ptrdiff_t param_rows, const Scalar *a, const Scalar *b,        \
                                    bool negate, bool accumulate, Scalar *dl, Scalar *dr,          \
                                    Scalar *dd);                                                   \
  /* y = Lᵀ x. */                                                                                  \
  void name(lg_extended_grid_whiten)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t h, ptrdiff_t w,     \
                                     ptrdiff_t param_rows, const Scalar *l, const Scalar *r,       \
                                     const Scalar *d, const Scalar *x, Scalar *y);                 \
  /* y = L x, the adjoint of y = Lᵀ x. */                                                          \
  void name(lg_extended_grid_multiply)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t h, ptrdiff_t w,   \
                                       ptrdiff_t param_rows, const Scalar *l, const Scalar *r,     \
                                       const Scalar *d, const Scalar *x, Scalar *y);               \
  /* Σ = P⁻¹ on the pattern of P, for each parameter row, as bands: variance[i] = Σ[i, i] (k       \
     elements), next[i] = Σ[i, i + 1] (k - 1, including those from the end of a grid row to the    \
     start of the next), diagonal[i] = Σ[i, i + w - 1] (k - w + 1), below[i] = Σ[i, i + w] (k -    \
     w). All bands but the variance may be null. `workspace`: 4 w² elements. */                    \
  void name(lg_extended_grid_covariance)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t h, ptrdiff_t w, \
                                         const Scalar *l, const Scalar *r, const Scalar *d,        \
                                         Scalar *variance, Scalar *next, Scalar *diagonal,         \
                                         Scalar *below, Scalar *workspace);                        \
  /* The adjoint of the covariance; a null band counts as zero. The blocks of Σ are recomputed,    \
     because storing them for the whole batch would take too much memory. `workspace`: k w + 5 w²  \
     elements. */                                                                                  \
  void name(lg_extended_grid_covariance_adjoint)(                                                  \
      ptrdiff_t begin, ptrdiff_t end, ptrdiff_t h, ptrdiff_t w, const Scalar *l, const Scalar *r,  \
      const Scalar *d, const Scalar *dvariance, const Scalar *dnext, const Scalar *ddiagonal,      \
      const Scalar *dbelow, bool accumulate, Scalar *dl, Scalar *dr, Scalar *dd,                   \
      Scalar *workspace);

#define LG_F32(name) name##_f32
#define LG_F64(name) name##_f64
LG_DECLARE_EXTENDED_GRID(float, LG_F32)
LG_DECLARE_EXTENDED_GRID(double, LG_F64)
#undef LG_F32
#undef LG_F64
#undef LG_DECLARE_EXTENDED_GRID
