import CKernels

/// Products with a sparse matrix (`nonzeros.h`).
package struct NonzeroKernels<S: TensorScalar>: Sendable {
  package typealias Collect =
    @Sendable (Input<S>, Int, Int, Output<UInt32>, Output<UInt8>, Output<S>) -> Void

  package let count: @Sendable (Input<S>, Int) -> Int
  package let collect: Collect
  package let collectTransposed: Collect
  package let product: @Sendable (LGNonzeroProduct, Input<S>, Input<S>, Output<S>) -> Void
}

extension NonzeroKernels where S == Float {
  static var single: Self {
    Self(
      count: lg_count_nonzeros_f32, collect: lg_nonzeros_f32,
      collectTransposed: lg_transposed_nonzeros_f32, product: lg_nonzeros_product_f32)
  }
}

extension NonzeroKernels where S == Double {
  static var double: Self {
    Self(
      count: lg_count_nonzeros_f64, collect: lg_nonzeros_f64,
      collectTransposed: lg_transposed_nonzeros_f64, product: lg_nonzeros_product_f64)
  }
}
