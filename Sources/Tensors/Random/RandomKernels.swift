import CKernels

/// The fills of one scalar type: `count` elements from the chunk that starts at block `first` of
/// the stream `key`. See `random.h` for what stands where.
package protocol RandomKernels {
  /// How many elements the 16 blocks of a chunk give. A fill may be split at its multiples.
  static var elementsPerChunk: Int { get }

  static func fillUniform(
    key: UInt64, first: UInt64, _ out: UnsafeMutablePointer<Self>, count: Int)
  static func fillNormal(
    key: UInt64, first: UInt64, _ out: UnsafeMutablePointer<Self>, count: Int)
  static func fillGumbel(
    key: UInt64, first: UInt64, _ out: UnsafeMutablePointer<Self>, count: Int)

  /// `stride` is 1 for a probability an element, 0 for one probability for all.
  static func fillBernoulli(
    key: UInt64, first: UInt64, probability: UnsafePointer<Self>, stride: Int,
    _ out: UnsafeMutablePointer<Self>, count: Int)
}

extension Float: RandomKernels {
  package static var elementsPerChunk: Int { LG_RANDOM_FLOATS_PER_CHUNK }

  package static func fillUniform(
    key: UInt64, first: UInt64, _ out: UnsafeMutablePointer<Float>, count: Int
  ) {
    lg_fill_uniform_f32(key, first, out, count)
  }

  package static func fillNormal(
    key: UInt64, first: UInt64, _ out: UnsafeMutablePointer<Float>, count: Int
  ) {
    lg_fill_normal_f32(key, first, out, count)
  }

  package static func fillGumbel(
    key: UInt64, first: UInt64, _ out: UnsafeMutablePointer<Float>, count: Int
  ) {
    lg_fill_gumbel_f32(key, first, out, count)
  }

  package static func fillBernoulli(
    key: UInt64, first: UInt64, probability: UnsafePointer<Float>, stride: Int,
    _ out: UnsafeMutablePointer<Float>, count: Int
  ) {
    lg_fill_bernoulli_f32(key, first, probability, stride, out, count)
  }
}

extension Double: RandomKernels {
  package static var elementsPerChunk: Int { LG_RANDOM_DOUBLES_PER_CHUNK }

  package static func fillUniform(
    key: UInt64, first: UInt64, _ out: UnsafeMutablePointer<Double>, count: Int
  ) {
    lg_fill_uniform_f64(key, first, out, count)
  }

  package static func fillNormal(
    key: UInt64, first: UInt64, _ out: UnsafeMutablePointer<Double>, count: Int
  ) {
    lg_fill_normal_f64(key, first, out, count)
  }

  package static func fillGumbel(
    key: UInt64, first: UInt64, _ out: UnsafeMutablePointer<Double>, count: Int
  ) {
    lg_fill_gumbel_f64(key, first, out, count)
  }

  package static func fillBernoulli(
    key: UInt64, first: UInt64, probability: UnsafePointer<Double>, stride: Int,
    _ out: UnsafeMutablePointer<Double>, count: Int
  ) {
    lg_fill_bernoulli_f64(key, first, probability, stride, out, count)
  }
}
