/// How the bytes of an image become the numbers of an observation.
public enum PixelPreparation: Sendable, Hashable {
  /// Zeros and ones, for a Bernoulli likelihood.
  case binarized(Binarization)
  /// `(pixel + u) / (maximum + 1)` in [0, 1), with `u` uniform on [0, 1), for a continuous
  /// likelihood. `bitsPerDimension(logDensity:dimension:levels:)` converts the density on this
  /// scale.
  case dequantized(Dequantization)
  /// `pixel / maximum`, in [0, 1] with both ends: grey values, for display or comparison.
  ///
  /// These values are discrete. The log-density of a continuous model at them has no upper bound,
  /// and bits per dimension cannot be derived from it.
  case scaled
}
