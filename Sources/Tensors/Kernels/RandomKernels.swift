import CKernels

/// Fills with random numbers: `count` elements from the chunk that starts at block `first` of the
/// stream `key` (`random.h` says what stands where).
package struct RandomKernels<S: TensorScalar>: Sendable {
  package typealias Fill = @Sendable (_ key: UInt64, _ first: UInt64, Output<S>, Int) -> Void

  /// How many elements the 16 blocks of a chunk give. A fill may be split at its multiples.
  package let elementsPerChunk: Int
  package let uniform: Fill
  package let normal: Fill
  package let gumbel: Fill
  /// The step of the probabilities is 1 for one an element, 0 for one probability for all.
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
