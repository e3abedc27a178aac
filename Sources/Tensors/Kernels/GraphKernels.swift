import CKernels

/// Products and solves of the factor of a chain or an extended grid with vectors (`grid.h`).
package struct GridVectorKernels<S: TensorScalar>: Sendable {
  package typealias Vector = @Sendable (LGGridRows, LGGridFactor, Input<S>, Output<S>) -> Void

  package let unwhiten: Vector
  package let solve: Vector
  package let whiten: Vector
  package let multiply: Vector
  package let unwhitenAdjoint:
    @Sendable (LGGridRows, LGGridFactor, Input<S>, Input<S>, Output<S>, LGGridGradient) -> Void
  package let outer:
    @Sendable (LGGridRows, LGElementRange, Input<S>, Input<S>, Bool, LGGridGradient) -> Void
}

/// Operations on the factor of a chain's precision (`bidiagonal.h`).
package struct BidiagonalKernels<S: TensorScalar>: Sendable {
  package let vectors: GridVectorKernels<S>
  package let covariance: @Sendable (LGGridRows, LGGridFactor, Output<S>, Output<S>?) -> Void
  package let covarianceAdjoint:
    @Sendable (LGGridRows, LGGridFactor, Input<S>, Input<S>?, Input<S>?, LGGridGradient) -> Void
  package let factor:
    @Sendable (
      LGGridRows, LGTridiagonal, Double, Output<S>, Output<S>, UnsafeMutablePointer<Bool>
    ) -> Int
  package let factorAdjoint:
    @Sendable (LGGridRows, LGGridFactor, Input<S>, Input<S>, Output<S>, Output<S>) -> Void
}

extension BidiagonalKernels where S == Float {
  static var single: Self {
    Self(
      vectors: GridVectorKernels(
        unwhiten: lg_bidiagonal_unwhiten_f32, solve: lg_bidiagonal_solve_f32,
        whiten: lg_bidiagonal_whiten_f32, multiply: lg_bidiagonal_multiply_f32,
        unwhitenAdjoint: lg_bidiagonal_unwhiten_adjoint_f32, outer: lg_bidiagonal_outer_f32),
      covariance: lg_bidiagonal_covariance_f32,
      covarianceAdjoint: lg_bidiagonal_covariance_adjoint_f32, factor: lg_bidiagonal_factor_f32,
      factorAdjoint: lg_bidiagonal_factor_adjoint_f32)
  }
}

extension BidiagonalKernels where S == Double {
  static var double: Self {
    Self(
      vectors: GridVectorKernels(
        unwhiten: lg_bidiagonal_unwhiten_f64, solve: lg_bidiagonal_solve_f64,
        whiten: lg_bidiagonal_whiten_f64, multiply: lg_bidiagonal_multiply_f64,
        unwhitenAdjoint: lg_bidiagonal_unwhiten_adjoint_f64, outer: lg_bidiagonal_outer_f64),
      covariance: lg_bidiagonal_covariance_f64,
      covarianceAdjoint: lg_bidiagonal_covariance_adjoint_f64, factor: lg_bidiagonal_factor_f64,
      factorAdjoint: lg_bidiagonal_factor_adjoint_f64)
  }
}

/// Operations on the factor of an extended grid's precision (`extended_grid.h`).
package struct ExtendedGridKernels<S: TensorScalar>: Sendable {
  package let vectors: GridVectorKernels<S>
  package let covariance: @Sendable (LGGridRows, LGGridFactor, LGGridCovariance, Output<S>) -> Void
  package let covarianceAdjoint:
    @Sendable (
      LGGridRows, LGGridFactor, LGGridCovarianceGradient, LGGridGradient, Output<S>
    ) -> Void
}

extension ExtendedGridKernels where S == Float {
  static var single: Self {
    Self(
      vectors: GridVectorKernels(
        unwhiten: lg_extended_grid_unwhiten_f32, solve: lg_extended_grid_solve_f32,
        whiten: lg_extended_grid_whiten_f32, multiply: lg_extended_grid_multiply_f32,
        unwhitenAdjoint: lg_extended_grid_unwhiten_adjoint_f32, outer: lg_extended_grid_outer_f32),
      covariance: lg_extended_grid_covariance_f32,
      covarianceAdjoint: lg_extended_grid_covariance_adjoint_f32)
  }
}

extension ExtendedGridKernels where S == Double {
  static var double: Self {
    Self(
      vectors: GridVectorKernels(
        unwhiten: lg_extended_grid_unwhiten_f64, solve: lg_extended_grid_solve_f64,
        whiten: lg_extended_grid_whiten_f64, multiply: lg_extended_grid_multiply_f64,
        unwhitenAdjoint: lg_extended_grid_unwhiten_adjoint_f64, outer: lg_extended_grid_outer_f64),
      covariance: lg_extended_grid_covariance_f64,
      covarianceAdjoint: lg_extended_grid_covariance_adjoint_f64)
  }
}

extension LGGridFactor {
  /// The bands of a factor: the diagonal, the elements to the right and, for a grid, those down.
  package init<S: TensorScalar>(_ bands: [Input<S>]) {
    self.init(diagonal: bands[0], right: bands[1], down: bands.count > 2 ? bands[2] : nil)
  }
}

extension LGGridGradient {
  /// The memory for the gradient of a factor with these bands.
  package init<S: TensorScalar>(_ bands: [Output<S>]) {
    self.init(diagonal: bands[0], right: bands[1], down: bands.count > 2 ? bands[2] : nil)
  }
}
