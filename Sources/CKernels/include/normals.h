// Rows of independent normals. Each row is given by its moments: k means, then k log-variances.
//
// If a batch of moments has fewer rows than the result, it is repeated: row r of the result uses
// row r % rows of the moments. Each function computes the rows begin..<end. Adjoints add to the
// gradients, in the order of the rows; each destination may be null.
#pragma once

#include <stddef.h>

#define DECLARE(Scalar, S)                                                                         \
  /* z = mean + exp(log-variance/2)·noise, [rows, k]. */                                           \
  void lg_normal_sample_##S(const Scalar *moments, size_t moment_rows, const Scalar *noise,        \
                            Scalar *z, size_t begin, size_t end, size_t k);                        \
  /* The adjoint of the sample, for g = ∂/∂z. */                                                   \
  void lg_normal_sample_adjoint_##S(const Scalar *moments, size_t moment_rows,                     \
                                    const Scalar *noise, const Scalar *g, Scalar *d_moments,       \
                                    Scalar *d_noise, size_t begin, size_t end, size_t k);          \
  /* density[r] = −½ Σ [log 2π + log-variance + (x − mean)²/variance] of values x [x_rows, k]. */  \
  void lg_normal_density_##S(const Scalar *moments, size_t moment_rows, const Scalar *x,           \
                             size_t x_rows, Scalar *density, size_t begin, size_t end, size_t k);  \
  /* The adjoint of the density, for g = ∂/∂density. */                                            \
  void lg_normal_density_adjoint_##S(const Scalar *moments, size_t moment_rows, const Scalar *x,   \
                                     size_t x_rows, const Scalar *g, Scalar *d_moments,            \
                                     Scalar *d_x, size_t begin, size_t end, size_t k);             \
  /* divergence[r] = KL(q ‖ p). */                                                                 \
  void lg_normal_divergence_##S(const Scalar *q, size_t q_rows, const Scalar *p, size_t p_rows,    \
                                Scalar *divergence, size_t begin, size_t end, size_t k);           \
  /* The adjoint of the divergence, for g = ∂/∂divergence. */                                      \
  void lg_normal_divergence_adjoint_##S(const Scalar *q, size_t q_rows, const Scalar *p,           \
                                        size_t p_rows, const Scalar *g, Scalar *d_q, Scalar *d_p,  \
                                        size_t begin, size_t end, size_t k);                       \
  /* The moments of the normal proportional to the product of the densities of a and b. */         \
  void lg_normal_fusion_##S(const Scalar *a, size_t a_rows, const Scalar *b, size_t b_rows,        \
                            Scalar *moments, size_t begin, size_t end, size_t k);                  \
  /* The adjoint of the fusion, for g = ∂/∂moments. */                                             \
  void lg_normal_fusion_adjoint_##S(const Scalar *a, size_t a_rows, const Scalar *b,               \
                                    size_t b_rows, const Scalar *g, Scalar *d_a, Scalar *d_b,      \
                                    size_t begin, size_t end, size_t k);

DECLARE(float, f32)
DECLARE(double, f64)
#undef DECLARE
