import CKernels

/// Rows of independent normals, given by their means and log-variances (`normals.h`).
package struct NormalKernels<S: TensorScalar>: Sendable {
  package typealias Function = @Sendable (LGNormalRows, Input<S>, Input<S>, Output<S>) -> Void
  package typealias Adjoint =
    @Sendable (LGNormalRows, Input<S>, Input<S>, Input<S>, Output<S>?, Output<S>?) -> Void

  package let sample: Function
  package let sampleAdjoint: Adjoint
  package let density: Function
  package let densityAdjoint: Adjoint
  package let divergence: Function
  package let divergenceAdjoint: Adjoint
  package let fusion: Function
  package let fusionAdjoint: Adjoint
}

extension NormalKernels where S == Float {
  static var single: Self {
    Self(
      sample: lg_normal_sample_f32, sampleAdjoint: lg_normal_sample_adjoint_f32,
      density: lg_normal_density_f32, densityAdjoint: lg_normal_density_adjoint_f32,
      divergence: lg_normal_divergence_f32, divergenceAdjoint: lg_normal_divergence_adjoint_f32,
      fusion: lg_normal_fusion_f32, fusionAdjoint: lg_normal_fusion_adjoint_f32)
  }
}

extension NormalKernels where S == Double {
  static var double: Self {
    Self(
      sample: lg_normal_sample_f64, sampleAdjoint: lg_normal_sample_adjoint_f64,
      density: lg_normal_density_f64, densityAdjoint: lg_normal_density_adjoint_f64,
      divergence: lg_normal_divergence_f64, divergenceAdjoint: lg_normal_divergence_adjoint_f64,
      fusion: lg_normal_fusion_f64, fusionAdjoint: lg_normal_fusion_adjoint_f64)
  }
}
