import CKernels

/// Fused layers, optimizer steps and log-densities (`networks.h`, `densities.h`).
package struct NetworkKernels<S: TensorScalar>: Sendable {
  package let batchNorm: @Sendable (LGLayerColumns, LGBatchNorm, Input<S>, Output<S>) -> Void
  package let batchNormAdjoint:
    @Sendable (
      LGLayerColumns, LGBatchNorm, Input<S>, Input<S>, Input<S>, LGBatchNormGradient
    ) -> Void
  package let activation: @Sendable (LGLayerColumns, Input<S>, Output<S>) -> Void
  package let activationAdjoint: @Sendable (LGLayerColumns, Input<S>, Input<S>, Output<S>) -> Void
  package let adam: @Sendable (LGAdam, Int, Input<S>, Output<S>, Output<S>, Output<S>) -> Void
  package let momentum: @Sendable (LGMomentum, Int, Input<S>, Output<S>, Output<S>) -> Void
  package let bernoulli:
    @Sendable (LGBernoulliRows, Input<S>, Input<S>, Output<S>, Output<S>?) -> Void
  package let relaxedBernoulli:
    @Sendable (
      LGRelaxedRows, Input<S>, Input<S>, Output<S>, Output<S>?, Output<S>?
    ) -> Void
  package let gate: @Sendable (LGGatedRows, S, Bool, Input<S>, Output<S>) -> Void
  package let gateSlope: @Sendable (LGGatedRows, Input<S>, Input<S>) -> S
}

extension NetworkKernels where S == Float {
  static var single: Self {
    Self(
      batchNorm: lg_batch_norm_f32, batchNormAdjoint: lg_batch_norm_adjoint_f32,
      activation: lg_activation_f32, activationAdjoint: lg_activation_adjoint_f32,
      adam: lg_adam_f32, momentum: lg_momentum_f32, bernoulli: lg_bernoulli_f32,
      relaxedBernoulli: lg_relaxed_bernoulli_f32, gate: lg_gate_f32, gateSlope: lg_gate_slope_f32)
  }
}

extension NetworkKernels where S == Double {
  static var double: Self {
    Self(
      batchNorm: lg_batch_norm_f64, batchNormAdjoint: lg_batch_norm_adjoint_f64,
      activation: lg_activation_f64, activationAdjoint: lg_activation_adjoint_f64,
      adam: lg_adam_f64, momentum: lg_momentum_f64, bernoulli: lg_bernoulli_f64,
      relaxedBernoulli: lg_relaxed_bernoulli_f64, gate: lg_gate_f64, gateSlope: lg_gate_slope_f64)
  }
}
