import CKernels

/// Elementwise functions of one, two and three arrays (`elementwise.h`).
package struct ElementwiseKernels<S: TensorScalar>: Sendable {
  package let unary: @Sendable (LGUnaryFunction, Input<S>, Output<S>, Int) -> Void
  package let unaryAdjoint:
    @Sendable (LGUnaryAdjoint, Input<S>, Input<S>, Input<S>, Output<S>) -> Void
  package let binary: @Sendable (LGBinary, Input<S>, Input<S>, Output<S>) -> Void
  package let select: @Sendable (Input<S>, Input<S>, Input<S>, Output<S>, Int) -> Void
  package let fill: @Sendable (S, Output<S>, Int) -> Void
  package let affine: @Sendable (Input<S>, S, S, Output<S>, Int, Bool) -> Void
}

extension ElementwiseKernels where S == Float {
  static var single: Self {
    Self(
      unary: lg_unary_f32, unaryAdjoint: lg_unary_adjoint_f32, binary: lg_binary_f32,
      select: lg_select_f32, fill: lg_fill_f32, affine: lg_affine_f32)
  }
}

extension ElementwiseKernels where S == Double {
  static var double: Self {
    Self(
      unary: lg_unary_f64, unaryAdjoint: lg_unary_adjoint_f64, binary: lg_binary_f64,
      select: lg_select_f64, fill: lg_fill_f64, affine: lg_affine_f64)
  }
}
