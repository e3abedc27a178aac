import Foundation
import Tensors

/// Bits per dimension of dequantized data: `−logDensity / (dimension · ln 2) + log₂ levels`.
///
/// On the scale [0, 1), a byte occupies an interval of length `1/levels` in each dimension. The
/// model's probability of an image is therefore the mean of its density over the noise, times the
/// volume of a cube with that side:
///
///     P(pixels) = E_u[p((pixels + u) / levels)] · levels^−dimension
///     −log₂ P(pixels) / dimension ≤ −E_u[ln p] / (dimension · ln 2) + log₂ levels
///
/// The second line is Jensen's inequality. Bits per dimension of dequantized data are thus an upper
/// bound of the code length of a lossless code for the pixels (Theis, van den Oord and Bethge,
/// 2016). With 256 levels the constant is 8: the uniform density has 8 bits per dimension; fewer
/// are better.
///
/// - Parameters:
///   - logDensity: The log-density, or a lower bound of it, of `PixelPreparation.dequantized`
///     pixels on the scale [0, 1), in nats an image. For densities of `c·x`, add `dimension · ln c`
///     first.
///   - dimension: The number of elements of an image, including channels: 3,072 for CIFAR-10.
///   - levels: The number of values of a pixel, `maximum + 1`.
public func bitsPerDimension(
  logDensity: Double, dimension: Int, levels: Int = 256
) -> Double {
  require(dimension > 0, "bits per dimension of \(dimension) dimensions; at least one is needed")
  require(levels > 0, "bits per dimension of pixels with \(levels) levels; at least one is needed")
  return log2(Double(levels)) - logDensity / (Double(dimension) * log(2))
}
