// The Cholesky factor L of a tridiagonal precision P = L Lᵀ: the diagonal l[k] > 0 and the
// subdiagonal m[k - 1], m[i] = L[i + 1, i]. `grid.h` describes batches; the height is 1, the width
// k, and m is the band to the right. Cost: O(k) a row.
#pragma once

#include "grid.h"

// If each pivot is at least this share of its diagonal element of P, solving with L contracts: the
// ratio of the elements of L in a row is at most √((1 − 0.52)/0.52) = 0.96 < 1.
static const double LG_CONTRACTING_PIVOT = 0.52;

// MARK: - Vectors

// u = L⁻ᵀ e.
void lg_bidiagonal_unwhiten_f32(LGGridRows rows, LGGridFactor factor, const float *e, float *u);
void lg_bidiagonal_unwhiten_f64(LGGridRows rows, LGGridFactor factor, const double *e, double *u);

// x = L⁻¹ g.
void lg_bidiagonal_solve_f32(LGGridRows rows, LGGridFactor factor, const float *g, float *x);
void lg_bidiagonal_solve_f64(LGGridRows rows, LGGridFactor factor, const double *g, double *x);

// y = Lᵀ x.
void lg_bidiagonal_whiten_f32(LGGridRows rows, LGGridFactor factor, const float *x, float *y);
void lg_bidiagonal_whiten_f64(LGGridRows rows, LGGridFactor factor, const double *x, double *y);

// y = L x, the adjoint of y = Lᵀ x.
void lg_bidiagonal_multiply_f32(LGGridRows rows, LGGridFactor factor, const float *x, float *y);
void lg_bidiagonal_multiply_f64(LGGridRows rows, LGGridFactor factor, const double *x, double *y);

// The adjoint of u = L⁻ᵀ e for g = ∂/∂u: x = L⁻¹ g = ∂/∂e, and dL[i, j] = -Σ u[i] x[j] on the
// pattern, summed over the batch rows that share a parameter row. begin..<end are parameter rows,
// each with all of its batch rows.
void lg_bidiagonal_unwhiten_adjoint_f32(LGGridRows rows, LGGridFactor factor, const float *g,
                                        const float *u, float *x, LGGridGradient gradient);
void lg_bidiagonal_unwhiten_adjoint_f64(LGGridRows rows, LGGridFactor factor, const double *g,
                                        const double *u, double *x, LGGridGradient gradient);

// dL[i, j] = ±Σ a[i] b[j] on the pattern, for parameter rows begin..<end and elements j in the
// range (a division of the elements parallelizes parameters that all rows share). The adjoint of
// u = L⁻ᵀ e is (u, L⁻¹ du) negated, with the same bits as above; the adjoint of y = Lᵀ x is
// (x, dy).
void lg_bidiagonal_outer_f32(LGGridRows rows, LGElementRange elements, const float *a,
                             const float *b, bool negate, LGGridGradient gradient);
void lg_bidiagonal_outer_f64(LGGridRows rows, LGElementRange elements, const double *a,
                             const double *b, bool negate, LGGridGradient gradient);

// MARK: - The covariance; begin..<end are parameter rows

// Σ = P⁻¹: v[i] = Σ[i, i] and, if c is not null, c[i] = Σ[i, i + 1].
void lg_bidiagonal_covariance_f32(LGGridRows rows, LGGridFactor factor, float *v, float *c);
void lg_bidiagonal_covariance_f64(LGGridRows rows, LGGridFactor factor, double *v, double *c);

// The adjoint of the covariance, given v, dv and dc; dv or dc may be null and then counts as zero.
void lg_bidiagonal_covariance_adjoint_f32(LGGridRows rows, LGGridFactor factor, const float *v,
                                          const float *dv, const float *dc,
                                          LGGridGradient gradient);
void lg_bidiagonal_covariance_adjoint_f64(LGGridRows rows, LGGridFactor factor, const double *v,
                                          const double *dv, const double *dc,
                                          LGGridGradient gradient);

// MARK: - The factor of a tridiagonal precision; begin..<end are parameter rows

// A tridiagonal precision: the diagonal, k elements, and the off-diagonal elements, k - 1.
typedef struct {
  const LGScalar *diagonal, *off;
} LGTridiagonal;

// L for P. Returns -1, or the first index row·k + pivot whose pivot l² is not positive and finite;
// l then holds that pivot, and the factors from that row on are undefined. `is_dominant` is set to
// whether each P is known to be far from singular: its pivots are large (LG_CONTRACTING_PIVOT), or
// each diagonal element exceeds the absolute sum of its row's other elements by the share
// `dominance_margin`.
ptrdiff_t lg_bidiagonal_factor_f32(LGGridRows rows, LGTridiagonal precision,
                                   double dominance_margin, float *l, float *m, bool *is_dominant);
ptrdiff_t lg_bidiagonal_factor_f64(LGGridRows rows, LGTridiagonal precision,
                                   double dominance_margin, double *l, double *m,
                                   bool *is_dominant);

// The adjoint of the factor, given the factor, dl and dm. Each off-diagonal element stands for both
// of P's elements.
void lg_bidiagonal_factor_adjoint_f32(LGGridRows rows, LGGridFactor factor, const float *dl,
                                      const float *dm, float *ddiagonal, float *doff);
void lg_bidiagonal_factor_adjoint_f64(LGGridRows rows, LGGridFactor factor, const double *dl,
                                      const double *dm, double *ddiagonal, double *doff);
