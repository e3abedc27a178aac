import CKernels

/// Newton's method for a sparse precision (`sparse_newton.h`).
package struct SparseNewtonKernels<S: TensorScalar>: Sendable {
  package let free:
    @Sendable (
      Int, Input<S>, Input<S>, Input<S>, S, Input<S>, Output<Int>, Output<Int32>
    ) -> Int
  package let sweep:
    @Sendable (
      Int, Input<Int>, Input<Int32>, Input<S>, Input<S>, Input<S>, S, Input<S>, Output<S>,
      Output<S>, Output<S>
    ) -> Double
  package let conjugate:
    @Sendable (
      Int, Input<Int>, Input<Int32>, Input<S>, Input<S>, Input<S>, S, Input<S>, Double, Int,
      Output<S>, Output<S>, Output<S>
    ) -> Bool
  package let blend:
    @Sendable (
      Int, Input<Int>, Input<Int32>, Input<S>, Input<S>, Input<S>, S, Output<S>
    ) -> Void
  package let curvature:
    @Sendable (
      Int, Input<Int>, Input<Int32>, Input<S>, Input<S>, Output<S>, Output<S>, Output<S>
    ) -> Void
  package let hessian: @Sendable (Int, Input<S>, Int, Input<Int32>, Input<Int32>, Output<S>) -> Void
  package let change:
    @Sendable (
      Int, Input<Int>, Input<Int32>, Input<S>, Input<S>, Input<S>, S, Input<S>, Input<S>, Input<S>?
    ) -> Double
  package let step:
    @Sendable (Int, Input<Int>, Input<Int32>, Input<S>, S, Input<S>, Output<S>) -> Void
  package let terms: @Sendable (Int, Input<S>, Input<S>, S, Input<S>) -> Double
  package let dual: @Sendable (Int, Input<S>, Input<S>, S, Input<S>, Output<S>) -> Void
  package let patternDual:
    @Sendable (Int, Input<Int>, Input<Int32>, Input<S>, Input<S>, Output<S>) -> Void
  package let mirror: @Sendable (Int, Output<S>) -> Void
}

extension SparseNewtonKernels where S == Float {
  static var single: Self {
    Self(
      free: lg_sparse_newton_free_f32, sweep: lg_sparse_newton_sweep_f32,
      conjugate: lg_sparse_newton_conjugate_f32, blend: lg_sparse_newton_blend_f32,
      curvature: lg_sparse_newton_curvature_f32, hessian: lg_sparse_newton_hessian_f32,
      change: lg_sparse_newton_change_f32,
      step: lg_sparse_newton_step_f32, terms: lg_sparse_newton_terms_f32,
      dual: lg_sparse_newton_dual_f32, patternDual: lg_sparse_newton_pattern_dual_f32,
      mirror: lg_sparse_newton_mirror_f32)
  }
}

extension SparseNewtonKernels where S == Double {
  static var double: Self {
    Self(
      free: lg_sparse_newton_free_f64, sweep: lg_sparse_newton_sweep_f64,
      conjugate: lg_sparse_newton_conjugate_f64, blend: lg_sparse_newton_blend_f64,
      curvature: lg_sparse_newton_curvature_f64, hessian: lg_sparse_newton_hessian_f64,
      change: lg_sparse_newton_change_f64,
      step: lg_sparse_newton_step_f64, terms: lg_sparse_newton_terms_f64,
      dual: lg_sparse_newton_dual_f64, patternDual: lg_sparse_newton_pattern_dual_f64,
      mirror: lg_sparse_newton_mirror_f64)
  }
}
