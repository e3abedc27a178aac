import NeuralNetworks
import Tensors

/// A normal distribution whose mean and log-variance are computed by a network from the parents:
/// the top-down prior of the Graph VAE (He et al., 2019, appendix B).
///
/// If the gates of all incoming edges are closed, the input of the network is zero. The node then
/// has a learned normal distribution that does not depend on its parents.
public struct NeuralGaussian<Scalar: TensorScalar>: Conditional {
  /// The head from the parents to the normal.
  public let topDown: NormalHead<Scalar>

  /// A node of `dimension` variables with one hidden layer.
  public init(
    parents: Int, dimension: Int, hidden: Int = 128, using generator: inout Philox
  ) {
    topDown = NormalHead(
      inputs: parents, dimension: dimension, hidden: hidden, using: &generator)
  }

  /// The head from the parents alone.
  public var heads: NormalHeads<Scalar>? { NormalHeads(topDown: topDown) }

  /// The normal distribution that the head computes: a batch of `[rows…]`.
  public func distribution(
    given parents: Tensor<Scalar>?, message: Tensor<Scalar>?, mode: Mode
  ) -> any Distribution<Scalar> {
    NormalHeads(topDown: topDown).distribution(given: parents, message: message, mode: mode)
  }
}
