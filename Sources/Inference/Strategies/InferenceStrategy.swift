import LatentGraphs
import NeuralNetworks
import Tensors

/// A strategy computes a loss and a report from a model and a batch.
public protocol InferenceStrategy: Sendable {
  /// The objective on a batch of observations `[batch, variables]`.
  ///
  /// - Parameter time: the training time in epochs, with fractions, for settings that change with
  ///   time.
  func objective<Model: LatentVariableModel>(
    of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, time: Double,
    using generator: inout Philox
  ) -> Objective<Model.Scalar>

  /// The way in which the divergence of the posterior from the prior is computed on a test set. The
  /// default is `.exact`; `.sampled` is for nodes without a closed form.
  var divergence: VariationalInference.Divergence { get }

  /// A description of the strategy and its settings for a run's checkpoint. A run is resumed only
  /// by a strategy with an equal description. The default is the value as Swift prints it.
  var recipe: String { get }
}

extension InferenceStrategy {
  /// The value as Swift prints it.
  public var recipe: String { "\(self)" }

  /// `.exact`.
  public var divergence: VariationalInference.Divergence { .exact }
}

/// A loss and its parts, in nats.
public struct Objective<Scalar: TensorScalar> {
  /// The loss that is minimized, with one element: the mean over the batch.
  public let loss: Tensor<Scalar>
  /// The evidence lower bound of each observation, `[batch]`.
  public let evidenceLowerBound: Tensor<Scalar>
  /// `E log p(x|z)`, `[batch]`.
  public let logLikelihood: Tensor<Scalar>
  /// `KL(q(z|x) ‖ p(z))`, `[batch]`.
  public let klDivergence: Tensor<Scalar>

  /// An objective with these parts.
  public init(
    loss: Tensor<Scalar>, evidenceLowerBound: Tensor<Scalar>, logLikelihood: Tensor<Scalar>,
    klDivergence: Tensor<Scalar>
  ) {
    self.loss = loss
    self.evidenceLowerBound = evidenceLowerBound
    self.logLikelihood = logLikelihood
    self.klDivergence = klDivergence
  }
}
