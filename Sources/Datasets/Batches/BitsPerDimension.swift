import Foundation
import Tensors

/// Bits per dimension of dequantized data: `−logDensity / (dimension · ln 2) + log₂ levels`.
///
/// Of the bytes of an image, `[0, 1)` holds `levels` to a dimension, and a byte's share of it is an
/// interval of `1/levels`. So the model's probability of the whole image is the mean of its density
/// over the noise, times the volume of the little cube:
///
///     P(pixels) = E_u[p((pixels + u) / levels)] · levels^−dimension
///     −log₂ P(pixels) / dimension ≤ −E_u[ln p] / (dimension · ln 2) + log₂ levels
///
/// by Jensen's inequality: bits per dimension of dequantized data bound from above what a lossless
/// code of the pixels needs (Theis, van den Oord and Bethge, 2016). With 256 levels the constant is 8;
/// the uniform density, which knows nothing, has 8 bits, and fewer are better.
///
/// - Parameters:
///   - logDensity: the log-density, or a lower bound of it, of `PixelPreparation.dequantized` pixels,
///     in nats an image, on the scale [0, 1). For densities of `c·x`, add `dimension · ln c` first.
///   - dimension: the numbers of an image, channels included: 3,072 for CIFAR-10.
///   - levels: the values that a pixel can have, `maximum + 1`.
public func bitsPerDimension(
  logDensity: Double, dimension: Int, levels: Int = 256
) -> Double {
  require(dimension > 0, "bits per dimension of \(dimension) dimensions")
  require(levels > 0, "bits per dimension of pixels of \(levels) levels")
  return log2(Double(levels)) - logDensity / (Double(dimension) * log(2))
}
