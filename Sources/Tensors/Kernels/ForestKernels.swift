import CKernels

/// Operations on the factor of a precision on a forest (`forest.h`).
package struct ForestKernels<S: TensorScalar>: Sendable {
  package typealias Indices = UnsafePointer<Int32>

  package let scatter: @Sendable (Indices, Indices, Int, Int, Input<S>, Input<S>, Output<S>) -> Void
  package let gather: @Sendable (Indices, Indices, Int, Int, Input<S>, Output<S>, Output<S>) -> Void
  package let factor:
    @Sendable (
      Indices, Indices, Indices, Int, Int, Input<S>, Input<S>, Bool, Output<S>
    ) -> Int
  package let factorAdjoint:
    @Sendable (
      Indices, Indices, Indices, Int, Int, Input<S>, Input<S>, Output<S>, Output<S>, Output<S>
    ) -> Void
  package let covariance:
    @Sendable (
      Indices, Indices, Indices, Int, Int, Input<S>, Output<S>, Output<S>, Output<S>
    ) -> Void
  package let covarianceAdjoint:
    @Sendable (
      Indices, Indices, Indices, Int, Int, Input<S>, Input<S>, Input<S>, Input<S>, Output<S>
    ) -> Void
  package let apply:
    @Sendable (
      Indices, Indices, Int, LGFactorOperation, Input<S>, Int, Int, Input<S>, Output<S>, Output<S>
    ) -> Void
  package let outer:
    @Sendable (
      Indices, Indices, Int, Int, Int, Int, Input<S>, Input<S>, Bool, Output<S>
    ) -> Void
}

extension ForestKernels where S == Float {
  static var single: Self {
    Self(
      scatter: lg_forest_scatter_f32, gather: lg_forest_gather_f32, factor: lg_forest_factor_f32,
      factorAdjoint: lg_forest_factor_adjoint_f32, covariance: lg_forest_covariance_f32,
      covarianceAdjoint: lg_forest_covariance_adjoint_f32, apply: lg_forest_apply_f32,
      outer: lg_forest_outer_f32)
  }
}

extension ForestKernels where S == Double {
  static var double: Self {
    Self(
      scatter: lg_forest_scatter_f64, gather: lg_forest_gather_f64, factor: lg_forest_factor_f64,
      factorAdjoint: lg_forest_factor_adjoint_f64, covariance: lg_forest_covariance_f64,
      covarianceAdjoint: lg_forest_covariance_adjoint_f64, apply: lg_forest_apply_f64,
      outer: lg_forest_outer_f64)
  }
}
