/// How the bytes of an image become the numbers that a model observes.
public enum PixelPreparation: Sendable, Hashable {
  /// Zeros and ones, for a Bernoulli likelihood.
  case binarized(Binarization)
  /// `(pixel + u) / (maximum + 1)` in [0, 1), `u` uniform on [0, 1), for a continuous likelihood:
  /// the density of `[0, 1)` is what `bitsPerDimension(logDensity:dimension:levels:)` converts.
  case dequantized(Dequantization)
  /// `pixel / maximum`, from 0 to 1 with both ends: grey values, to look at or to compare with.
  ///
  /// They are discrete. The log-density of a continuous model in them has no bound, and bits per
  /// dimension do not follow from it.
  case scaled
}
