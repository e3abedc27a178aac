import CKernels

/// Sums, means, extrema and cumulative sums along an axis (`reductions.h`).
package struct ReductionKernels<S: TensorScalar>: Sendable {
  package let reduce: @Sendable (LGReduction, LGAxis, Bool, Input<S>, Output<S>) -> Void
  package let argmax: @Sendable (LGAxis, Input<S>, Output<Int64>) -> Void
  package let cumulativeSum: @Sendable (LGAxis, Bool, Input<S>, Output<S>) -> Void
  package let dot: @Sendable (Input<S>, Input<S>, Int) -> Double
  package let firstOutside: @Sendable (Input<S>, S, S, Int) -> Int
  package let allFinite: @Sendable (Input<S>, Int) -> Bool
}

extension ReductionKernels where S == Float {
  static var single: Self {
    Self(
      reduce: lg_reduce_f32, argmax: lg_argmax_f32, cumulativeSum: lg_cumulative_sum_f32,
      dot: lg_dot_f32, firstOutside: lg_first_outside_f32, allFinite: lg_all_finite_f32)
  }
}

extension ReductionKernels where S == Double {
  static var double: Self {
    Self(
      reduce: lg_reduce_f64, argmax: lg_argmax_f64, cumulativeSum: lg_cumulative_sum_f64,
      dot: lg_dot_f64, firstOutside: lg_first_outside_f64, allFinite: lg_all_finite_f64)
  }
}
