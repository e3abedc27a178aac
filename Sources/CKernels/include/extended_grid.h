// The Cholesky factor L of the extended grid of h×w variables: the diagonal, the elements to the
// right and the elements down, as in `grid.h`. P = L Lᵀ has the anti-diagonal neighbours (i + 1,
// i + w) in addition to these. Cost: O(k) a row; O(k w) for covariances.
#pragma once

#include "grid.h"

// MARK: - Vectors

// u = L⁻ᵀ e.
void lg_extended_grid_unwhiten_f32(LGGridRows rows, LGGridFactor factor, const float *e, float *u);
void lg_extended_grid_unwhiten_f64(LGGridRows rows, LGGridFactor factor, const double *e,
                                   double *u);

// x = L⁻¹ g.
void lg_extended_grid_solve_f32(LGGridRows rows, LGGridFactor factor, const float *g, float *x);
void lg_extended_grid_solve_f64(LGGridRows rows, LGGridFactor factor, const double *g, double *x);

// y = Lᵀ x.
void lg_extended_grid_whiten_f32(LGGridRows rows, LGGridFactor factor, const float *x, float *y);
void lg_extended_grid_whiten_f64(LGGridRows rows, LGGridFactor factor, const double *x, double *y);

// y = L x, the adjoint of y = Lᵀ x.
void lg_extended_grid_multiply_f32(LGGridRows rows, LGGridFactor factor, const float *x, float *y);
void lg_extended_grid_multiply_f64(LGGridRows rows, LGGridFactor factor, const double *x,
                                   double *y);

// The adjoint of u = L⁻ᵀ e for g = ∂/∂u: x = L⁻¹ g = ∂/∂e, and dL[i, j] = -Σ u[i] x[j] on the
// pattern, summed over the batch rows that share a parameter row. begin..<end are parameter rows,
// each with all of its batch rows.
void lg_extended_grid_unwhiten_adjoint_f32(LGGridRows rows, LGGridFactor factor, const float *g,
                                           const float *u, float *x, LGGridGradient gradient);
void lg_extended_grid_unwhiten_adjoint_f64(LGGridRows rows, LGGridFactor factor, const double *g,
                                           const double *u, double *x, LGGridGradient gradient);

// dL[i, j] = ±Σ a[i] b[j] on the pattern, for parameter rows begin..<end and elements j in the
// range. The adjoint of u = L⁻ᵀ e is (u, L⁻¹ du) negated, with the same bits as above; the adjoint
// of y = Lᵀ x is (x, dy).
void lg_extended_grid_outer_f32(LGGridRows rows, LGElementRange elements, const float *a,
                                const float *b, bool negate, LGGridGradient gradient);
void lg_extended_grid_outer_f64(LGGridRows rows, LGElementRange elements, const double *a,
                                const double *b, bool negate, LGGridGradient gradient);

// MARK: - The covariance; begin..<end are parameter rows

// Bands of Σ = P⁻¹ on the pattern of P. All but the variance may be null.
typedef struct {
  LGScalar *variance;  // Σ[i, i]: k elements
  LGScalar *next;      // Σ[i, i + 1], also from the end of a grid row to the next: k - 1 elements
  LGScalar *diagonal;  // Σ[i, i + w - 1]: k - w + 1 elements
  LGScalar *below;     // Σ[i, i + w]: k - w elements
} LGGridCovariance;

// The gradient of these bands; a null band counts as zero.
typedef struct {
  const LGScalar *variance, *next, *diagonal, *below;
} LGGridCovarianceGradient;

// The bands of Σ. `workspace`: 4 w² elements.
void lg_extended_grid_covariance_f32(LGGridRows rows, LGGridFactor factor, LGGridCovariance bands,
                                     float *workspace);
void lg_extended_grid_covariance_f64(LGGridRows rows, LGGridFactor factor, LGGridCovariance bands,
                                     double *workspace);

// The adjoint of the covariance. The blocks of Σ are recomputed, because storing them for the whole
// batch would take too much memory. `workspace`: k w + 5 w² elements.
void lg_extended_grid_covariance_adjoint_f32(LGGridRows rows, LGGridFactor factor,
                                             LGGridCovarianceGradient bands,
                                             LGGridGradient gradient, float *workspace);
void lg_extended_grid_covariance_adjoint_f64(LGGridRows rows, LGGridFactor factor,
                                             LGGridCovarianceGradient bands,
                                             LGGridGradient gradient, double *workspace);
