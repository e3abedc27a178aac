import CKernels

/// Operations on the factor of a precision on a forest (`forest.h`).
package struct ForestKernels<S: TensorScalar>: Sendable {
  package let scatter: @Sendable (LGForest, Input<S>, Input<S>, Output<S>) -> Void
  package let gather: @Sendable (LGForest, Input<S>, Output<S>, Output<S>) -> Void
  package let factor: @Sendable (LGForest, Input<S>, Input<S>, Bool, Output<S>) -> Int
  package let factorAdjoint:
    @Sendable (LGForest, Input<S>, Input<S>, Output<S>, Output<S>, Output<S>) -> Void
  package let covariance: @Sendable (LGForest, Input<S>, Output<S>, Output<S>, Output<S>) -> Void
  package let covarianceAdjoint:
    @Sendable (LGForest, Input<S>, Input<S>, Input<S>, Input<S>, Output<S>) -> Void
  package let apply:
    @Sendable (
      LGForest, LGFactorOperation, Input<S>, LGSparseVectors, Input<S>, Output<S>
    ) -> Void
  package let outer:
    @Sendable (LGForest, LGSparseVectors, Input<S>, Input<S>, Bool, Output<S>) -> Void
}

/// The positions of a forest in the kernels' format, in memory that does not move.
package final class ForestTable: @unchecked Sendable {
  private let lists: [FixedArray<Int32>]

  /// - Parameters:
  ///   - order: The variable at each position.
  ///   - parent: The position of the parent, or −1 for a root.
  ///   - edge: The edge below the diagonal, or −1 if there is none.
  package init(order: [Int32], parent: [Int32], edge: [Int32]) {
    lists = [order, parent, edge].map { list in FixedArray(count: list.count) { list[$0] } }
  }

  /// Some positions.
  package func positions(_ range: Range<Int>) -> LGForest {
    LGForest(
      order: lists[0].pointer, parent: lists[1].pointer, edge: lists[2].pointer,
      begin: range.lowerBound, end: range.upperBound)
  }
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
