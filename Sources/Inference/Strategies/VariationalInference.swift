import LatentGraphs
import NeuralNetworks
import Tensors

/// Variational inference: maximizes `E_q log p(x|z) − KL(q(z|x) ‖ p(z))` with the exact KL and
/// reparameterized draws (Kingma and Welling, 2014).
public struct VariationalInference: InferenceStrategy {
  /// The draws from the posterior for each observation.
  public var draws: Int

  /// Variational inference with this many draws.
  public init(draws: Int = 1) {
    require(draws > 0, "variational inference with \(draws) draws")
    self.draws = draws
  }

  /// The bound on a batch.
  public func objective<Model: LatentVariableModel>(
    of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, using generator: inout Philox
  ) -> Objective<Model.Scalar> {
    let posterior = model.posterior(of: x, mode: mode)
    let sample = model.sample(from: posterior, draws: draws, mode: mode, using: &generator)
    let density = model.observation(given: sample.latents, mode: mode).logDensity(of: x)
    let logLikelihood = density.mean(axis: 0)
    let divergence = sample.klDivergence()
    let bound = logLikelihood - divergence
    return Objective(
      loss: -bound.mean(), evidenceLowerBound: bound.detached,
      logLikelihood: logLikelihood.detached, klDivergence: divergence.detached)
  }
}
