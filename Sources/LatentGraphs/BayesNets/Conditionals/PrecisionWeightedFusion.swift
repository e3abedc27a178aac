import NeuralNetworks
import Tensors

/// A recognition node that fuses, by precision, a normal predicted bottom-up from the observation
/// with a normal predicted top-down from the parents (He et al., 2019, eq. 18; Sønderby et al.,
/// 2016).
///
/// With the variances `b` and `t`, the fused variance is `1/(1/b + 1/t)`, and the fused mean is the
/// average of the two means with the weights `1/b` and `1/t`. (Eq. 18 prints the variance as `σ`;
/// it is `σ²`.) The distribution of a root is the bottom-up normal alone.
public struct PrecisionWeightedFusion<Scalar: TensorScalar>: Conditional {
  /// The head from the features of the observation.
  public let bottomUp: NormalHead<Scalar>
  /// The head from the parents; `nil` for a root.
  public let topDown: NormalHead<Scalar>?

  /// A node of `dimension` variables; `parents` is 0 at a root.
  public init(
    features: Int, parents: Int, dimension: Int, hidden: Int = 128, using generator: inout Philox
  ) {
    bottomUp = NormalHead(
      inputs: features, dimension: dimension, hidden: hidden, using: &generator)
    topDown =
      parents == 0
      ? nil : NormalHead(inputs: parents, dimension: dimension, hidden: hidden, using: &generator)
  }

  /// Both heads, or the one from the observation at a root.
  public var heads: NormalHeads<Scalar>? { NormalHeads(bottomUp: bottomUp, topDown: topDown) }

  /// The means and log-variances of the bottom-up normal, `[batch, 2·dimension]`.
  public func message(from features: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar>? {
    bottomUp.moments(of: features, mode: mode)
  }

  /// The fused normal distribution: a batch of `[rows…]`, or of `[batch]` at a root.
  public func distribution(
    given parents: Tensor<Scalar>?, message: Tensor<Scalar>?, mode: Mode
  ) -> any Distribution<Scalar> {
    NormalHeads(bottomUp: bottomUp, topDown: topDown)
      .distribution(given: parents, message: message, mode: mode)
  }
}
