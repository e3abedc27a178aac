import CKernels

/// The factor of a block chain's precision (`block_chain.h`).
package struct BlockChainKernels<S: TensorScalar>: Sendable {
  package typealias Vector = @Sendable (LGBlockRows, LGBlocks, Input<S>, Output<S>) -> Void

  package let unwhiten: Vector
  package let solve: Vector
  package let whiten: Vector
  package let multiply: Vector
  package let unwhitenAdjoint:
    @Sendable (LGBlockRows, LGBlocks, Input<S>, Input<S>, Output<S>, LGBlockResult) -> Void
  package let outer:
    @Sendable (LGBlockRows, LGElementRange, Input<S>, Input<S>, Bool, LGBlockResult) -> Void
  package let factor:
    @Sendable (
      LGBlockRows, LGBlocks, Double, LGBlockResult, UnsafeMutablePointer<LGBlockFindings>,
      Output<S>
    ) -> Int
  package let factorAdjoint:
    @Sendable (LGBlockRows, LGBlocks, LGBlocks, LGBlockResult, Output<S>) -> Void
  package let covariance: @Sendable (LGBlockRows, LGBlocks, LGBlockResult, Output<S>) -> Void
  package let covarianceAdjoint:
    @Sendable (LGBlockRows, LGBlocks, LGBlocks, LGBlocks, LGBlockResult, Output<S>) -> Void
  package let lower: @Sendable (Int, Int, Input<S>, Output<S>) -> Void

  /// The number of workspace elements for factors and covariances with blocks of this size.
  package func workspace(blockSize: Int) -> Int { lg_block_chain_workspace(blockSize) }
}

extension BlockChainKernels where S == Float {
  static var single: Self {
    Self(
      unwhiten: lg_block_chain_unwhiten_f32, solve: lg_block_chain_solve_f32,
      whiten: lg_block_chain_whiten_f32, multiply: lg_block_chain_multiply_f32,
      unwhitenAdjoint: lg_block_chain_unwhiten_adjoint_f32, outer: lg_block_chain_outer_f32,
      factor: lg_block_chain_factor_f32, factorAdjoint: lg_block_chain_factor_adjoint_f32,
      covariance: lg_block_chain_covariance_f32,
      covarianceAdjoint: lg_block_chain_covariance_adjoint_f32, lower: lg_block_chain_lower_f32)
  }
}

extension BlockChainKernels where S == Double {
  static var double: Self {
    Self(
      unwhiten: lg_block_chain_unwhiten_f64, solve: lg_block_chain_solve_f64,
      whiten: lg_block_chain_whiten_f64, multiply: lg_block_chain_multiply_f64,
      unwhitenAdjoint: lg_block_chain_unwhiten_adjoint_f64, outer: lg_block_chain_outer_f64,
      factor: lg_block_chain_factor_f64, factorAdjoint: lg_block_chain_factor_adjoint_f64,
      covariance: lg_block_chain_covariance_f64,
      covarianceAdjoint: lg_block_chain_covariance_adjoint_f64, lower: lg_block_chain_lower_f64)
  }
}
