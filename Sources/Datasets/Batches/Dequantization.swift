/// When the noise is drawn that makes bytes continuous.
///
/// With `levels = maximum + 1`, 256 for bytes, a pixel becomes `(pixel + u) / levels`, `u` uniform on
/// [0, 1): a number in [0, 1) whose density a continuous model can have. Without the noise a model
/// would put ever narrower peaks on the few values that occur, and its log-density would grow without
/// bound (Uria, Murray and Larochelle, 2013; Theis, van den Oord and Bethge, 2016).
/// `bitsPerDimension(logDensity:dimension:levels:)` is the unit in which such densities are reported.
public enum Dequantization: Sendable, Hashable {
  /// Each time an image is taken.
  case dynamic
  /// Once, from this seed: an image has the same noise whenever it is taken.
  case `static`(seed: UInt64)
}
