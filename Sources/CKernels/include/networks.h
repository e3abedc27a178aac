// Fused layers of neural networks, and steps of optimizers.
#pragma once

#include "scalar.h"

// Activations whose derivative is a function of their value, so that only the value is stored.
typedef enum __attribute__((enum_extensibility(closed))) LGFusedActivation : int32_t {
  LGFusedActivationIdentity,
  LGFusedActivationRelu,
  LGFusedActivationElu,
  LGFusedActivationTanh,
} LGFusedActivation;

// The columns first..<last of a matrix [rows, columns], which a layer transforms, and the
// activation that follows.
typedef struct {
  ptrdiff_t rows, columns, first, last;
  LGFusedActivation activation;
} LGLayerColumns;

// MARK: - Layers

// A batch normalization: the scale and shift of each column, what is added to its variance, and its
// statistics. They are computed from the rows, unless they are given; the inverse deviation is
// always computed by the layer and read by its adjoint.
typedef struct {
  const LGScalar *scale, *shift;
  double epsilon;
  LGScalar *mean, *variance, *inverse_deviation;
  bool is_given;
} LGBatchNorm;

// y = f((x − mean)·inverse_deviation·scale + shift), where f is the activation and the variance is
// the biased one. Sums accumulate in double. A column is centered before it is scaled, so that a
// constant column, or one far from 0, keeps its digits. y may be the same memory as x.
void lg_batch_norm_f32(LGLayerColumns part, LGBatchNorm norm, const float *x, float *y);
void lg_batch_norm_f64(LGLayerColumns part, LGBatchNorm norm, const double *x, double *y);

// The gradients of a batch normalization: dx [rows, columns] is overwritten, or added to if
// `accumulate`; those of the scale and shift are overwritten.
typedef struct {
  LGScalar *dx, *d_scale, *d_shift;
  bool accumulate;
} LGBatchNormGradient;

// The adjoint of batch normalization, where g is the gradient of y; dx may be g.
void lg_batch_norm_adjoint_f32(LGLayerColumns part, LGBatchNorm norm, const float *x,
                               const float *y, const float *g, LGBatchNormGradient gradient);
void lg_batch_norm_adjoint_f64(LGLayerColumns part, LGBatchNorm norm, const double *x,
                               const double *y, const double *g, LGBatchNormGradient gradient);

// y = f(x); y may be x.
void lg_activation_f32(LGLayerColumns part, const float *x, float *y);
void lg_activation_f64(LGLayerColumns part, const double *x, double *y);

// Its adjoint: dz = g·f'(y), with y = f(z); dz may be g.
void lg_activation_adjoint_f32(LGLayerColumns part, const float *y, const float *g, float *dz);
void lg_activation_adjoint_f64(LGLayerColumns part, const double *y, const double *g, double *dz);

// MARK: - Optimizers

// A step of Adam (Kingma and Ba, 2015) with decoupled weight decay (Loshchilov and Hutter, 2019): m
// ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← p − rate·(m·m_scale/(√(v·v_scale) + ε) + decay·p), where
// g is the gradient times g_scale, m_scale and v_scale are the bias corrections, m_pace = 1 − β₁
// and v_pace = 1 − β₂.
typedef struct {
  double g_scale, rate, m_pace, v_pace, epsilon, m_scale, v_scale, decay;
} LGAdam;

void lg_adam_f32(LGAdam step, ptrdiff_t n, const float *g, float *p, float *m, float *v);
void lg_adam_f64(LGAdam step, ptrdiff_t n, const double *g, double *p, double *m, double *v);

// A step of gradient descent: v ← momentum·v + g·g_scale, p ← p − rate·v.
typedef struct {
  double g_scale, rate, momentum;
} LGMomentum;

void lg_momentum_f32(LGMomentum step, ptrdiff_t n, const float *g, float *p, float *v);
void lg_momentum_f64(LGMomentum step, ptrdiff_t n, const double *g, double *p, double *v);

// MARK: - Gates

// Rows of `width` elements in two matrices; their starts are x_step and y_step apart.
typedef struct {
  ptrdiff_t rows, width, x_step, y_step;
} LGGatedRows;

// y (+)= gate·x.
void lg_gate_f32(LGGatedRows rows, float gate, bool accumulate, const float *x, float *y);
void lg_gate_f64(LGGatedRows rows, double gate, bool accumulate, const double *x, double *y);

// Σ x·y: the derivative with respect to the gate.
float lg_gate_slope_f32(LGGatedRows rows, const float *x, const float *y);
double lg_gate_slope_f64(LGGatedRows rows, const double *x, const double *y);
