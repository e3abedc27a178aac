import Foundation
import LatentGraphs
import NeuralNetworks
import Tensors

/// `p(x|z)`: the distribution of an observation given what the decoder sees of the latents.
///
/// An observation model of one's own is a module with the first of these methods.
public protocol ObservationModel<Scalar>: Module {
  /// The distribution of observations given latents `[…, latents]`.
  func distribution(given latents: Tensor<Scalar>, mode: Mode) -> any Distribution<Scalar>

  /// The first element of observations `[batch, pixels]` that lies outside of the support of these
  /// distributions, whatever the latents; `nil` where there is none, and by default.
  ///
  /// Training asks where a loss is infinite or NaN, so that the message names the observation.
  func firstOutsideSupport(_ x: Tensor<Scalar>) -> UnsupportedElement?
}

/// An element of an observation that has a density of zero under a model, whatever its parameters.
public struct UnsupportedElement: Sendable, Equatable {
  /// Its index in the batch in row-major order.
  public let index: Int
  /// The values that the model gives a density, in words: "0 or 1".
  public let support: String

  /// An element, and what the model takes in its place.
  public init(index: Int, support: String) {
    self.index = index
    self.support = support
  }

  /// The first of the elements that is outside of a support; `nil` where there is none.
  public init?<Scalar>(
    in x: Tensor<Scalar>, support: String, isSupported: (Scalar) -> Bool
  ) {
    guard let index = x.withScalars({ $0.firstIndex { !isSupported($0) } }) else { return nil }
    self.init(index: index, support: support)
  }
}

extension ObservationModel {
  /// `nil`: nothing is known of the support.
  public func firstOutsideSupport(_ x: Tensor<Scalar>) -> UnsupportedElement? { nil }
}

/// Independent binary pixels, whose logits a network makes of the latents.
public struct BernoulliObservation<Scalar: TensorScalar>: ObservationModel {
  /// From the latents to the logits.
  public let decoder: MLP<Scalar>

  /// Whether pixels between 0 and 1 are scored, as expectations of bits.
  public let acceptsFractions: Bool

  /// Pixels whose logits this network gives.
  ///
  /// - Parameter acceptsFractions: whether pixels between 0 and 1, such as grey values, are scored as
  ///   the expectation over bits with these probabilities. That is no log-likelihood of the pixels:
  ///   it does not compare with one of bits.
  public init(_ decoder: MLP<Scalar>, acceptsFractions: Bool = false) {
    self.decoder = decoder
    self.acceptsFractions = acceptsFractions
  }

  /// Sets the bias of the decoder's last layer to the log-odds of the pixels' means, so that training
  /// starts from pixels of about the right brightness.
  ///
  /// The log-odds are those of `(n·mean + ½)/(n + 1)`: finite where a pixel is the same in all images.
  /// - Parameters:
  ///   - means: the mean of each pixel, from 0 to 1.
  ///   - count: `n`, the number of images that the means are of.
  public func setBias(toLogOddsOf means: [Double], over count: Int) {
    let bias = decoder.layers.last!.bias!
    require(
      means.count == bias.value.count && means.allSatisfy { (0...1).contains($0) } && count > 0,
      "\(means.count) means of \(count) images for a decoder of \(bias.value.count) pixels; each "
        + "mean lies in 0...1")
    let n = Double(count)
    bias.assign(
      Tensor(means.map { Scalar(log((n * $0 + 0.5) / (n * (1 - $0) + 0.5))) }))
  }

  /// Bernoulli variables.
  public func distribution(
    given latents: Tensor<Scalar>, mode: Mode
  ) -> any Distribution<Scalar> {
    Bernoulli(logits: decoder(latents, mode: mode), acceptsFractions: acceptsFractions)
  }

  /// The first element that is neither 0 nor 1 or, where fractions are accepted, outside of [0, 1].
  public func firstOutsideSupport(_ x: Tensor<Scalar>) -> UnsupportedElement? {
    acceptsFractions
      ? UnsupportedElement(in: x, support: "from 0 to 1") { (0...1).contains($0) }
      : UnsupportedElement(in: x, support: "0 or 1") { $0 == 0 || $0 == 1 }
  }
}

/// Independent normal pixels in `(0, 1)` with a learned variance each (He et al., 2019, appendix B,
/// for CIFAR-10): `mean = σ(h)` and `log-variance = fc(h)` of the decoder's last layer `h`.
///
/// A density of values that lie on a lattice grows without bound as a variance goes to zero: train on
/// dequantized pixels, `(pixel + u)/256`. The log-variance is kept at `−2·log 256` and above, a
/// deviation of one level of grey, by `softplus`.
public struct NormalObservation<Scalar: TensorScalar>: ObservationModel {
  /// From the latents to the last layer.
  public let decoder: MLP<Scalar>
  /// From there to what the log-variances exceed the lowest one by.
  public let logVariance: Dense<Scalar>

  /// Pixels whose moments this network gives.
  public init(_ decoder: MLP<Scalar>, using generator: inout Philox) {
    self.decoder = decoder
    let pixels = decoder.layers.last!.weight.value.shape[1]
    logVariance = Dense(pixels, pixels, using: &generator)
    // At first a deviation of about a tenth of the range.
    logVariance.bias!.assign(.full(6.5, [pixels]))
  }

  /// Normal variables.
  public func distribution(
    given latents: Tensor<Scalar>, mode: Mode
  ) -> any Distribution<Scalar> {
    let h = decoder(latents, mode: mode)
    let lowest = Scalar(-11.090354888959125)  // −2·log 256
    return Normal(
      mean: h.sigmoid(), logVariance: logVariance(h, mode: mode).softplus() + lowest)
  }
}
