import Foundation
import LatentGraphs
import NeuralNetworks
import Tensors

/// `p(x|z)`: the distribution of an observation given the latents.
///
/// A new observation model is a module with the method `distribution(given:mode:)`.
public protocol ObservationModel<Scalar>: Module, ArchitectureDescribing {
  /// The distribution of observations given latents `[…, latents]`.
  func distribution(given latents: Tensor<Scalar>, mode: Mode) -> any Distribution<Scalar>

  /// The first element of observations `[batch, variables]` that is outside the support of these
  /// distributions for all latents; `nil` if there is none. The default is `nil`.
  ///
  /// Training calls this if a loss is infinite or NaN, so that the error can name the observation.
  func firstOutsideSupport(_ x: Tensor<Scalar>) -> UnsupportedElement?
}

/// An element of an observation whose density is zero under a model for all parameters.
public struct UnsupportedElement: Sendable, Equatable {
  /// The index of the element in the batch, in row-major order.
  public let index: Int
  /// A description of the model's support, for example "0 or 1".
  public let support: String

  /// An element outside the support.
  public init(index: Int, support: String) {
    self.index = index
    self.support = support
  }

  /// The first element that is outside a support; `nil` if there is none.
  public init?<Scalar>(
    in x: Tensor<Scalar>, support: String, isSupported: (Scalar) -> Bool
  ) {
    guard let index = x.withScalars({ $0.firstIndex { !isSupported($0) } }) else { return nil }
    self.init(index: index, support: support)
  }
}

extension ObservationModel {
  /// The name of the type, so that a checkpoint is refused by a model of other observations.
  public var architecture: String { architecture(of: "observation") }

  /// `nil`: the support is not known.
  public func firstOutsideSupport(_ x: Tensor<Scalar>) -> UnsupportedElement? { nil }
}

/// Independent binary pixels, whose logits are computed by a network from the latents.
public struct BernoulliObservation<Scalar: TensorScalar>: ObservationModel {
  /// The network from the latents to the logits.
  public let decoder: MLP<Scalar>

  /// Whether pixels between 0 and 1 are scored, as expectations over bits.
  public let acceptsFractions: Bool

  /// Pixels whose logits are computed by this network.
  ///
  /// - Parameter acceptsFractions: whether pixels between 0 and 1, such as grey values, are scored
  ///   by the expectation over bits with these probabilities. Such a score is not a log-likelihood
  ///   of the pixels and cannot be compared with a log-likelihood of bits.
  public init(_ decoder: MLP<Scalar>, acceptsFractions: Bool = false) {
    self.decoder = decoder
    self.acceptsFractions = acceptsFractions
  }

  /// The kind of the observations: bits or, if fractions are accepted, numbers from 0 to 1.
  public var architecture: String {
    architecture(of: "observation") + (acceptsFractions ? " of fractions" : "")
  }

  /// Sets the bias of the decoder's last layer to the log-odds of the pixels' means, so that
  /// training starts with about the right brightness of each pixel.
  ///
  /// The log-odds are those of `(n·mean + ½)/(n + 1)`, which are finite even if a pixel is the same
  /// in all images.
  /// - Parameters:
  ///   - means: the mean of each pixel, from 0 to 1.
  ///   - count: `n`, the number of images from which the means were computed.
  public func setBias(toLogOddsOf means: [Double], over count: Int) {
    let bias = decoder.layers.last!.bias!
    require(
      means.count == bias.value.count && means.allSatisfy { (0...1).contains($0) } && count > 0,
      "a decoder of \(bias.value.count) pixels got \(means.count) means of \(count) images; each "
        + "mean must be in 0...1")
    let n = Double(count)
    bias.assign(
      Tensor(means.map { Scalar(log((n * $0 + 0.5) / (n * (1 - $0) + 0.5))) }))
  }

  /// The Bernoulli distribution of observations given latents `[…, latents]`.
  public func distribution(
    given latents: Tensor<Scalar>, mode: Mode
  ) -> any Distribution<Scalar> {
    Bernoulli(logits: decoder(latents, mode: mode), acceptsFractions: acceptsFractions)
  }

  /// The first element that is neither 0 nor 1 or, if fractions are accepted, is outside [0, 1].
  public func firstOutsideSupport(_ x: Tensor<Scalar>) -> UnsupportedElement? {
    acceptsFractions
      ? UnsupportedElement(in: x, support: "from 0 to 1") { (0...1).contains($0) }
      : UnsupportedElement(in: x, support: "0 or 1") { $0 == 0 || $0 == 1 }
  }
}

/// Independent normal pixels with means in `(0, 1)` and a variance for each (He et al., 2019,
/// appendix B, for CIFAR-10): `mean = σ(h)` and `log-variance = fc(h)`, where `h` is the decoder's
/// last layer.
///
/// The density of values on a lattice grows without bound if a variance approaches zero. Train the
/// model on dequantized pixels, `(pixel + u)/256`. By `softplus`, the log-variance is at least
/// `−2·log 256`, which is a standard deviation of one grey level.
public struct NormalObservation<Scalar: TensorScalar>: ObservationModel {
  /// The network from the latents to `h`.
  public let decoder: MLP<Scalar>
  /// The layer from `h` to the log-variances, before `softplus`.
  public let logVariance: Dense<Scalar>

  /// Pixels whose moments are computed by this network.
  public init(_ decoder: MLP<Scalar>, using generator: inout Philox) {
    self.decoder = decoder
    let pixels = decoder.layers.last!.weight.value.shape[1]
    logVariance = Dense(pixels, pixels, using: &generator)
    // The initial standard deviation is about a tenth of the range.
    logVariance.bias!.assign(.full(6.5, [pixels]))
  }

  /// The normal distribution of observations given latents `[…, latents]`.
  public func distribution(
    given latents: Tensor<Scalar>, mode: Mode
  ) -> any Distribution<Scalar> {
    let h = decoder(latents, mode: mode)
    let lowest = Scalar(-11.090354888959125)  // −2·log 256
    return Normal(
      mean: h.sigmoid(), logVariance: logVariance(h, mode: mode).softplus() + lowest)
  }
}
