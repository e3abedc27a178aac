import LatentGraphs
import NeuralNetworks
import Tensors

/// Variational inference: maximizes `E_q log p(x|z) − β Σₙ max(KLₙ, λ)` with reparameterized
/// samples (Kingma and Welling, 2014).
public struct VariationalInference: InferenceStrategy {
  /// The way in which the divergence of a node is computed.
  public enum Divergence: Sendable {
    /// The closed form, given the sampled values of the parents.
    case exact
    /// `log q(z) − log p(z)` at the sampled values (He et al., 2019, eq. 5). It has a larger
    /// variance and is available for all distributions.
    case sampled
  }

  /// The number of samples from the posterior for each observation; at least 1.
  public var draws: Int { didSet { check() } }
  /// The way in which the divergence is computed.
  public var divergence: Divergence { didSet { check() } }
  /// `β`, the weight of the divergence in training. For a warm-up, use a schedule such as
  /// `.warmUp(duration: 10, then: .constant)` (Sønderby et al., 2016).
  public var weight: Schedule { didSet { check() } }
  /// `λ`, the free nats of each node in training: the batch mean of a node's divergence is replaced
  /// by `λ` if it is smaller (Kingma et al., 2016). The default is 0. Free nats require the exact
  /// divergence.
  public var freeNats: Double { didSet { check() } }

  /// Variational inference with this number of samples.
  public init(
    draws: Int = 1, divergence: Divergence = .exact, weight: Schedule = .constant,
    freeNats: Double = 0
  ) {
    self.draws = draws
    self.divergence = divergence
    self.weight = weight
    self.freeNats = freeNats
    check()
  }

  private func check() {
    require(draws > 0, "variational inference got \(draws) draws; it takes at least 1")
    require(
      freeNats >= 0 && freeNats.isFinite, "\(freeNats) free nats are negative or not finite")
    require(
      freeNats == 0 || divergence == .exact, "free nats need the exact divergence of each node")
    weight.check()
  }

  /// The bound on a batch. `β` and `λ` change only the loss, and only in training. The reported
  /// bound and divergence are always those of the model.
  public func objective<Model: LatentVariableModel>(
    of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, time: Double,
    using generator: inout Philox
  ) -> Objective<Model.Scalar> {
    let posterior = model.posterior(of: x, mode: mode)
    let sample = model.sample(from: posterior, draws: draws, mode: mode, using: &generator)
    let density = model.observation(given: sample.latents, mode: mode).logDensity(of: x)
    let logLikelihood = density.mean(axis: 0)
    let parts =
      divergence == .exact
      ? sample.divergences() : -(sample.logRatio().mean(axis: 0)).addingAxis(at: 0)
    let divergence = parts.sum(axis: 0)
    let bound = logLikelihood - divergence
    let (beta, freeNats) =
      mode.isTraining ? (Model.Scalar(weight.factor(at: time)), self.freeNats) : (1, 0)
    let loss: Tensor<Model.Scalar>
    if beta == 0 {
      // A divergence with zero weight is ignored, since the product with an infinite one would be
      // NaN.
      loss = -logLikelihood.mean()
    } else if beta == 1, freeNats == 0 {
      loss = -bound.mean()
    } else {
      let counted =
        freeNats == 0
        ? divergence.mean()
        : .maximum(parts.mean(axis: 1), Tensor(Model.Scalar(freeNats))).sum()
      loss = beta * counted - logLikelihood.mean()
    }
    return Objective(
      loss: loss, evidenceLowerBound: bound.detached, logLikelihood: logLikelihood.detached,
      klDivergence: divergence.detached)
  }
}
