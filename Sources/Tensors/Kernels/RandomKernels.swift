import CKernels

/// Functions that fill buffers with random numbers: `count` elements starting with the chunk at
/// block `first` of the stream `key`. `random.h` documents the layout.
package struct RandomKernels<S: TensorScalar>: Sendable {
  package typealias Fill = @Sendable (_ key: UInt64, _ first: UInt64, Output<S>, Int) -> Void

  /// The number of elements from one chunk of 16 blocks. A fill may be divided at multiples of it.
  package let elementsPerChunk: Int
  package let uniform: Fill
  package let normal: Fill
  package let gumbel: Fill
  /// The last argument is the stride of the probabilities: 1 for one each element, 0 for one in
  /// all.
  package let bernoulli: @Sendable (UInt64, UInt64, Input<S>, Int, Output<S>, Int) -> Void
}

extension RandomKernels where S == Float {
  static var single: Self {
    Self(
      elementsPerChunk: LG_RANDOM_FLOATS_PER_CHUNK, uniform: lg_fill_uniform_f32,
      normal: lg_fill_normal_f32, gumbel: lg_fill_gumbel_f32, bernoulli: lg_fill_bernoulli_f32)
  }
}

extension RandomKernels where S == Double {
  static var double: Self {
    Self(
      elementsPerChunk: LG_RANDOM_DOUBLES_PER_CHUNK, uniform: lg_fill_uniform_f64,
      normal: lg_fill_normal_f64, gumbel: lg_fill_gumbel_f64, bernoulli: lg_fill_bernoulli_f64)
  }
}
