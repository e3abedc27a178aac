import CKernels

/// Operations on the factor of a chain's precision (`bidiagonal.h`).
package struct BidiagonalKernels<S: TensorScalar>: Sendable {
  package let unwhiten:
    @Sendable (
      Int, Int, Int, Int, Input<S>, Input<S>, Input<S>, Int, Input<S>?, Output<S>, Output<S>?
    ) -> Void
  package let solve: @Sendable (Int, Int, Int, Int, Input<S>, Input<S>, Input<S>, Output<S>) -> Void
  package let unwhitenAdjoint:
    @Sendable (
      Int, Int, Int, Int, Int, Input<S>, Input<S>, Input<S>, Input<S>, Output<S>, Bool, Output<S>,
      Output<S>
    ) -> Void
  package let outer:
    @Sendable (
      Int, Int, Int, Int, Int, Int, Int, Input<S>, Input<S>, Bool, Bool, Output<S>, Output<S>
    ) -> Void
  package let whiten:
    @Sendable (Int, Int, Int, Int, Input<S>, Input<S>, Input<S>, Output<S>) -> Void
  package let multiply:
    @Sendable (Int, Int, Int, Int, Input<S>, Input<S>, Input<S>, Output<S>) -> Void
  package let covariance:
    @Sendable (Int, Int, Int, Input<S>, Input<S>, Output<S>, Output<S>?) -> Void
  package let covarianceAdjoint:
    @Sendable (
      Int, Int, Int, Input<S>, Input<S>, Input<S>, Input<S>?, Input<S>?, Bool, Output<S>, Output<S>
    ) -> Void
  package let factor:
    @Sendable (
      Int, Int, Int, Input<S>, Input<S>, S, Output<S>, Output<S>, UnsafeMutablePointer<Bool>
    ) -> Int
  package let factorAdjoint:
    @Sendable (
      Int, Int, Int, Input<S>, Input<S>, Input<S>, Input<S>, Output<S>, Output<S>
    ) -> Void
}

extension BidiagonalKernels where S == Float {
  static var single: Self {
    Self(
      unwhiten: lg_bidiagonal_unwhiten_f32, solve: lg_bidiagonal_solve_f32,
      unwhitenAdjoint: lg_bidiagonal_unwhiten_adjoint_f32, outer: lg_bidiagonal_outer_f32,
      whiten: lg_bidiagonal_whiten_f32,
      multiply: lg_bidiagonal_multiply_f32, covariance: lg_bidiagonal_covariance_f32,
      covarianceAdjoint: lg_bidiagonal_covariance_adjoint_f32, factor: lg_bidiagonal_factor_f32,
      factorAdjoint: lg_bidiagonal_factor_adjoint_f32)
  }
}

extension BidiagonalKernels where S == Double {
  static var double: Self {
    Self(
      unwhiten: lg_bidiagonal_unwhiten_f64, solve: lg_bidiagonal_solve_f64,
      unwhitenAdjoint: lg_bidiagonal_unwhiten_adjoint_f64, outer: lg_bidiagonal_outer_f64,
      whiten: lg_bidiagonal_whiten_f64,
      multiply: lg_bidiagonal_multiply_f64, covariance: lg_bidiagonal_covariance_f64,
      covarianceAdjoint: lg_bidiagonal_covariance_adjoint_f64, factor: lg_bidiagonal_factor_f64,
      factorAdjoint: lg_bidiagonal_factor_adjoint_f64)
  }
}

/// Operations on the factor of an extended grid's precision (`extended_grid.h`).
package struct ExtendedGridKernels<S: TensorScalar>: Sendable {
  package let unwhiten:
    @Sendable (
      Int, Int, Int, Int, Int, Input<S>, Input<S>, Input<S>, Input<S>, Int, Input<S>?, Output<S>,
      Output<S>?
    ) -> Void
  package let solve:
    @Sendable (
      Int, Int, Int, Int, Int, Input<S>, Input<S>, Input<S>, Input<S>, Output<S>
    ) -> Void
  package let unwhitenAdjoint:
    @Sendable (
      Int, Int, Int, Int, Int, Int, Input<S>, Input<S>, Input<S>, Input<S>, Input<S>, Output<S>,
      Bool, Output<S>, Output<S>, Output<S>
    ) -> Void
  package let outer:
    @Sendable (
      Int, Int, Int, Int, Int, Int, Int, Int, Input<S>, Input<S>, Bool, Bool, Output<S>, Output<S>,
      Output<S>
    ) -> Void
  package let whiten:
    @Sendable (
      Int, Int, Int, Int, Int, Input<S>, Input<S>, Input<S>, Input<S>, Output<S>
    ) -> Void
  package let multiply:
    @Sendable (
      Int, Int, Int, Int, Int, Input<S>, Input<S>, Input<S>, Input<S>, Output<S>
    ) -> Void
  package let covariance:
    @Sendable (
      Int, Int, Int, Int, Input<S>, Input<S>, Input<S>, Output<S>, Output<S>?, Output<S>?,
      Output<S>?, Output<S>
    ) -> Void
  package let covarianceAdjoint:
    @Sendable (
      Int, Int, Int, Int, Input<S>, Input<S>, Input<S>, Input<S>?, Input<S>?, Input<S>?,
      Input<S>?, Bool, Output<S>, Output<S>, Output<S>, Output<S>
    ) -> Void
}

extension ExtendedGridKernels where S == Float {
  static var single: Self {
    Self(
      unwhiten: lg_extended_grid_unwhiten_f32, solve: lg_extended_grid_solve_f32,
      unwhitenAdjoint: lg_extended_grid_unwhiten_adjoint_f32, outer: lg_extended_grid_outer_f32,
      whiten: lg_extended_grid_whiten_f32,
      multiply: lg_extended_grid_multiply_f32, covariance: lg_extended_grid_covariance_f32,
      covarianceAdjoint: lg_extended_grid_covariance_adjoint_f32)
  }
}

extension ExtendedGridKernels where S == Double {
  static var double: Self {
    Self(
      unwhiten: lg_extended_grid_unwhiten_f64, solve: lg_extended_grid_solve_f64,
      unwhitenAdjoint: lg_extended_grid_unwhiten_adjoint_f64, outer: lg_extended_grid_outer_f64,
      whiten: lg_extended_grid_whiten_f64,
      multiply: lg_extended_grid_multiply_f64, covariance: lg_extended_grid_covariance_f64,
      covarianceAdjoint: lg_extended_grid_covariance_adjoint_f64)
  }
}
