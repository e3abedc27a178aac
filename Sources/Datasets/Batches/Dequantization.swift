/// When the noise that makes bytes continuous is sampled.
///
/// With `levels = maximum + 1`, 256 for bytes, a pixel becomes `(pixel + u) / levels` with `u`
/// uniform on [0, 1): a number in [0, 1) that a continuous model can describe by a density. Without
/// the noise, a model could put ever narrower peaks on the few values that occur, and its
/// log-density would grow without bound (Uria, Murray and Larochelle, 2013; Theis, van den Oord and
/// Bethge, 2016). `bitsPerDimension(logDensity:dimension:levels:)` converts such densities.
public enum Dequantization: Sendable, Hashable {
  /// Each time an image is used.
  case dynamic
  /// Once, from this seed: an image has the same noise each time it is used.
  case `static`(seed: UInt64)
}
