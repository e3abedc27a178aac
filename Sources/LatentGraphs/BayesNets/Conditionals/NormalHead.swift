import NeuralNetworks
import Tensors

/// A network that computes a normal distribution with independent variables from features (He et
/// al., 2019, appendix B).
///
/// The layers are `fc(inputs, hidden) → batch norm → ELU → fc(hidden, k)`, then two layers
/// `fc(k, k)`, one for the mean and one for the log-variance. These two are stored as one layer
/// `fc(k, 2·k)`.
public struct NormalHead<Scalar: TensorScalar>: Module {
  /// The layers from the features to `k` values.
  public let body: MLP<Scalar>
  /// The layer from these values to the mean and the log-variance.
  public let moments: Dense<Scalar>
  let perceptron: FusedMLP<Scalar>

  /// The number of variables.
  public var dimension: Int { perceptron.outputs / 2 }

  /// A head for `dimension` variables.
  public init(inputs: Int, dimension: Int, hidden: Int = 128, using generator: inout Philox) {
    body = MLP([inputs, hidden, dimension], hasBatchNorm: true, using: &generator)
    moments = Dense(dimension, 2 * dimension, using: &generator)
    perceptron = body.perceptron.followed(by: moments)
  }

  /// The normal distribution computed from features `[…, inputs]`: a batch of `[…]`.
  public func callAsFunction(_ features: Tensor<Scalar>, mode: Mode) -> Normal<Scalar> {
    Normal(moments: moments(of: features, mode: mode))
  }

  /// The means and log-variances of this distribution, `[…, 2·dimension]`.
  public func moments(of features: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar> {
    Self.jointMoments([self], of: [features], mode: mode)[0]
  }

  /// The moments of several heads, each with its own input. The results equal those of
  /// `moments(of:mode:)` for each head. This is one operation, whose heads are distributed over the
  /// threads.
  @specialized(where Scalar == Float)
  package static func jointMoments(
    _ heads: [NormalHead], of inputs: [Tensor<Scalar>], mode: Mode
  ) -> [Tensor<Scalar>] {
    outputs(of: heads.map { $0.perceptron }, for: inputs, mode: mode)
  }
}
