// Rows of independent normals. Each row is given by its moments: k means, then k log-variances.
//
// If a batch of moments or of values has fewer rows than the result, it is repeated: row r of the
// result uses row r % rows. Adjoints add to the gradients, in the order of the rows; each gradient
// may be null.
#pragma once

#include "scalar.h"

// The rows begin..<end of a result of two batches a and b with their own numbers of rows.
typedef struct {
  ptrdiff_t begin, end;
  ptrdiff_t k;
  ptrdiff_t a_rows, b_rows;
} LGNormalRows;

// z = mean + exp(log-variance/2)·noise, [rows, k], for the moments a.
void lg_normal_sample_f32(LGNormalRows rows, const float *a, const float *noise, float *z);
void lg_normal_sample_f64(LGNormalRows rows, const double *a, const double *noise, double *z);

// The adjoint of the sample, for g = ∂/∂z.
void lg_normal_sample_adjoint_f32(LGNormalRows rows, const float *a, const float *noise,
                                  const float *g, float *da, float *d_noise);
void lg_normal_sample_adjoint_f64(LGNormalRows rows, const double *a, const double *noise,
                                  const double *g, double *da, double *d_noise);

// density[r] = −½ Σ [log 2π + log-variance + (b − mean)²/variance] of values b [b_rows, k] under
// the moments a.
void lg_normal_density_f32(LGNormalRows rows, const float *a, const float *b, float *density);
void lg_normal_density_f64(LGNormalRows rows, const double *a, const double *b, double *density);

// The adjoint of the density, for g = ∂/∂density.
void lg_normal_density_adjoint_f32(LGNormalRows rows, const float *a, const float *b,
                                   const float *g, float *da, float *db);
void lg_normal_density_adjoint_f64(LGNormalRows rows, const double *a, const double *b,
                                   const double *g, double *da, double *db);

// divergence[r] = KL(a ‖ b) of the moments a and b.
void lg_normal_divergence_f32(LGNormalRows rows, const float *a, const float *b, float *divergence);
void lg_normal_divergence_f64(LGNormalRows rows, const double *a, const double *b,
                              double *divergence);

// The adjoint of the divergence, for g = ∂/∂divergence.
void lg_normal_divergence_adjoint_f32(LGNormalRows rows, const float *a, const float *b,
                                      const float *g, float *da, float *db);
void lg_normal_divergence_adjoint_f64(LGNormalRows rows, const double *a, const double *b,
                                      const double *g, double *da, double *db);

// The moments of the normal proportional to the product of the densities of a and b.
void lg_normal_fusion_f32(LGNormalRows rows, const float *a, const float *b, float *moments);
void lg_normal_fusion_f64(LGNormalRows rows, const double *a, const double *b, double *moments);

// The adjoint of the fusion, for g = ∂/∂moments.
void lg_normal_fusion_adjoint_f32(LGNormalRows rows, const float *a, const float *b, const float *g,
                                  float *da, float *db);
void lg_normal_fusion_adjoint_f64(LGNormalRows rows, const double *a, const double *b,
                                  const double *g, double *da, double *db);
