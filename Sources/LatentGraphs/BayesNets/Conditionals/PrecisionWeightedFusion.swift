import NeuralNetworks
import Tensors

/// A recognition node that fuses, by precision, a normal predicted bottom-up from the observation
/// with one predicted top-down from the parents (He et al., 2019, eq. 18; Sønderby et al., 2016).
///
/// With variances `b` and `t`, the variance is `1/(1/b + 1/t)` and the mean the one weighted by
/// `1/b` and `1/t`. (Eq. 18 prints the variance as `σ`; it is `σ²`.) At a root there is nothing to
/// fuse: its normal is the bottom-up one, which depends on the observation.
public struct PrecisionWeightedFusion<Scalar: TensorScalar>: HeadedConditional {
  /// From the features of the observation.
  public let bottomUp: NormalHead<Scalar>?
  /// From the parents; absent at a root.
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
}
