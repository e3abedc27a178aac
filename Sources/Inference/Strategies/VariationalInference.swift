import LatentGraphs
import NeuralNetworks
import Tensors

/// Variational inference: maximizes `E_q log p(x|z) − β Σₙ max(KLₙ, λ)` by reparameterized draws
/// (Kingma and Welling, 2014).
public struct VariationalInference: InferenceStrategy {
  /// How the divergence of a node is computed.
  public enum Divergence: Sendable {
    /// Its closed form, given the drawn values of the parents.
    case exact
    /// `log q(z) − log p(z)` at the drawn values (He et al., 2019, eq. 5): of more variance, and
    /// there for any distributions.
    case sampled
  }

  /// The draws from the posterior for each observation; at least 1.
  public var draws: Int { didSet { check() } }
  /// How the divergence is computed.
  public var divergence: Divergence { didSet { check() } }
  /// `β`, the weight of the divergence in training; for a warm-up, say, `.warmUp(duration: 10, then: .constant)`
  /// (Sønderby et al., 2016).
  public var weight: Schedule { didSet { check() } }
  /// `λ`, the nats of each node that are free in training: the mean over the batch of a node's
  /// divergence is counted as this much at least (Kingma et al., 2016). 0 for none; they need the exact
  /// divergence.
  public var freeNats: Double { didSet { check() } }

  /// Variational inference with this many draws.
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
    require(draws > 0, "variational inference with \(draws) draws")
    require(
      freeNats >= 0 && freeNats.isFinite, "\(freeNats) free nats are negative or not finite")
    require(
      freeNats == 0 || divergence == .exact, "free nats need the exact divergence of each node")
    weight.check()
  }

  /// The bound on a batch. `β` and `λ` change the loss alone, and not in evaluation: the reported
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
      mode == .training ? (Model.Scalar(weight.factor(at: time)), self.freeNats) : (1, 0)
    let loss: Tensor<Model.Scalar>
    if beta == 0 {
      // An infinite divergence of no weight does not count; times 0 it would be NaN.
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
