import NeuralNetworks
import Tensors

/// A network that gives an independent normal: features, a hidden layer with batch norm, and two
/// linear layers for the mean and the log-variance (He et al., 2019, appendix B).
///
/// `fc(inputs, hidden) → batch norm → ELU → fc(hidden, k)`, then `fc(k, k)` twice; the last two are
/// one layer here, whose output is cut in halves.
public struct NormalHead<Scalar: TensorScalar>: Module {
  /// From the features to `k` numbers.
  public let body: MLP<Scalar>
  /// From these to the mean and the log-variance.
  public let moments: Dense<Scalar>
  let perceptron: Perceptron<Scalar>

  /// A head for `dimension` variables.
  public init(inputs: Int, dimension: Int, hidden: Int = 128, using generator: inout Philox) {
    body = MLP([inputs, hidden, dimension], hasBatchNorm: true, using: &generator)
    moments = Dense(dimension, 2 * dimension, using: &generator)
    perceptron = body.perceptron.followed(by: moments)
  }

  /// The normal that features `[…, inputs]` give: a batch of `[…]`.
  public func callAsFunction(_ features: Tensor<Scalar>, mode: Mode) -> Normal<Scalar> {
    Normal(moments: moments(of: features, mode: mode))
  }

  /// Its means and log-variances, `[…, 2·dimension]`.
  public func moments(of features: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar> {
    Self.jointMoments([self], of: [features], mode: mode)[0]
  }

  /// The moments that several heads give, each of its own input: what `moments(of:mode:)` gives one
  /// after the other. This is one operation, whose heads are shared out among the threads.
  @specialized(where Scalar == Float)
  package static func jointMoments(
    _ heads: [NormalHead], of inputs: [Tensor<Scalar>], mode: Mode
  ) -> [Tensor<Scalar>] {
    outputs(of: heads.map { $0.perceptron }, for: inputs, mode: mode)
  }
}
