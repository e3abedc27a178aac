// Fused layers of neural networks, and steps of optimizers.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Activations whose derivative is a function of their value, so that only the value is stored.
typedef enum __attribute__((enum_extensibility(closed))) FusedActivation : int32_t {
  FusedActivationIdentity,
  FusedActivationRelu,
  FusedActivationElu,
  FusedActivationTanh,
} FusedActivation;

#define DECLARE(Scalar, S)                                                                         \
  /* Batch normalization of the columns [first, last) of x [rows, columns], followed by an         \
     activation: y = f((x − mean)·inverse_deviation·scale + shift). The mean and the (biased)      \
     variance of each column are computed and returned; if `given`, they are inputs. Sums          \
     accumulate in double. A column is centered before it is scaled, so that a constant column, or \
     one far from 0, keeps its digits. */                                                          \
  void lg_batch_norm_##S(                                                                          \
    const Scalar *x, const Scalar *scale, const Scalar *shift, Scalar epsilon, Scalar *y,          \
    Scalar *mean, Scalar *variance, Scalar *inverse_deviation, size_t rows, size_t columns,        \
    size_t first, size_t last, FusedActivation f, bool given);                                     \
  /* The adjoint of batch normalization, where g is the gradient of y. dx [rows, columns] is       \
     overwritten, or added to if `accumulate`, and may be g; d_scale and d_shift are               \
     overwritten. */                                                                               \
  void lg_batch_norm_adjoint_##S(                                                                  \
    const Scalar *x, const Scalar *y, const Scalar *g, const Scalar *scale, const Scalar *mean,    \
    const Scalar *inverse_deviation, Scalar *dx, Scalar *d_scale, Scalar *d_shift, size_t rows,    \
    size_t columns, size_t first, size_t last, FusedActivation f, int accumulate, bool given);     \
  /* y = f(x) in the columns [first, last) of [rows, columns]; y may be x. */                      \
  void lg_activation_##S(                                                                          \
    const Scalar *x, Scalar *y, size_t rows, size_t columns, size_t first, size_t last,            \
    FusedActivation f);                                                                            \
  /* Its adjoint: dz = g·f'(y), with y = f(z); dz may be g. */                                     \
  void lg_activation_adjoint_##S(                                                                  \
    const Scalar *y, const Scalar *g, Scalar *dz, size_t rows, size_t columns, size_t first,       \
    size_t last, FusedActivation f);                                                               \
  /* Adam (Kingma and Ba, 2015) with decoupled weight decay (Loshchilov and Hutter, 2019): m ← β₁m \
     + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← p − rate·(m·m_scale/(√(v·v_scale) + ε) + decay·p), where g \
     is the gradient times g_scale, m_scale and v_scale are the bias corrections, m_pace = 1 − β₁  \
     and v_pace = 1 − β₂. */                                                                       \
  void lg_adam_##S(                                                                                \
    Scalar *p, const Scalar *g, Scalar *m, Scalar *v, size_t n, Scalar g_scale, Scalar rate,       \
    Scalar m_pace, Scalar v_pace, Scalar epsilon, Scalar m_scale, Scalar v_scale, Scalar decay);   \
  /* v ← momentum·v + g·g_scale, p ← p − rate·v. */                                                \
  void lg_momentum_##S(                                                                            \
    Scalar *p, const Scalar *g, Scalar *v, size_t n, Scalar g_scale, Scalar rate,                  \
    Scalar momentum);                                                                              \
  /* y (+)= gate·x for rows of `width` elements, whose row strides are x_step and y_step. */       \
  void lg_gate_##S(                                                                                \
    const Scalar *x, size_t x_step, Scalar gate, Scalar *y, size_t y_step, size_t rows,            \
    size_t width, bool accumulate);                                                                \
  /* Σ x·y over such rows: the derivative with respect to the gate. */                             \
  Scalar lg_gate_slope_##S(                                                                        \
    const Scalar *x, size_t x_step, const Scalar *y, size_t y_step, size_t rows, size_t width);

DECLARE(float, f32)
DECLARE(double, f64)
#undef DECLARE
