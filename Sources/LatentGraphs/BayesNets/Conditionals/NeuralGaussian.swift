import NeuralNetworks
import Tensors

/// A normal whose mean and log-variance a network makes of the parents: the top-down prior of the
/// Graph VAE (He et al., 2019, appendix B).
///
/// Where the gates of all its edges are closed, the network sees zeros, and the node has a learned
/// normal that is the same for all rows.
public struct NeuralGaussian<Scalar: TensorScalar>: HeadedConditional {
  /// From the parents to the normal.
  public let topDown: NormalHead<Scalar>?

  /// A node of `dimension` variables with one hidden layer.
  public init(
    parents: Int, dimension: Int, hidden: Int = 128, using generator: inout Philox
  ) {
    topDown = NormalHead(
      inputs: parents, dimension: dimension, hidden: hidden, using: &generator)
  }

  /// `nil`: the node looks at its parents alone.
  public var bottomUp: NormalHead<Scalar>? { nil }
}
