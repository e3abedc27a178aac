import LatentGraphs
import NeuralNetworks
import Tensors

/// What turns a model and a batch into a loss and a report.
public protocol InferenceStrategy: Sendable {
  /// The objective on a batch of observations `[batch, pixels]`.
  ///
  /// - Parameter time: the epochs of training so far, with fractions, for what changes with time.
  func objective<Model: LatentVariableModel>(
    of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, time: Double,
    using generator: inout Philox
  ) -> Objective<Model.Scalar>

  /// How the divergence of the posterior from the prior is taken where the model is evaluated on a
  /// test set; `.exact` by default. `.sampled` is for nodes without a closed form.
  var divergence: VariationalInference.Divergence { get }

  /// The strategy and its settings as text for a run's checkpoint: a run is resumed by an equal one
  /// only. The value as Swift prints it, by default.
  var recipe: String { get }
}

extension InferenceStrategy {
  /// The value as Swift prints it.
  public var recipe: String { "\(self)" }

  /// `.exact`.
  public var divergence: VariationalInference.Divergence { .exact }
}

/// A loss and what it consists of, in nats.
public struct Objective<Scalar: TensorScalar> {
  /// What is minimized, of one element: the mean over the batch.
  public let loss: Tensor<Scalar>
  /// The evidence lower bound of each observation, `[batch]`.
  public let evidenceLowerBound: Tensor<Scalar>
  /// `E log p(x|z)`, `[batch]`.
  public let logLikelihood: Tensor<Scalar>
  /// `KL(q(z|x) ‖ p(z))`, `[batch]`.
  public let klDivergence: Tensor<Scalar>

  /// An objective of these parts, for a strategy of one's own.
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
