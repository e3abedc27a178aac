import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Tensors

/// Your own strategy: the variational Rényi bound (Li and Turner, 2016),
///
///     1/(1−α) · log 1/K Σₖ wₖ^(1−α),   wₖ = p(x, zₖ) / q(zₖ|x)
///
/// which interpolates between the importance-weighted bound at `α = 0` and the ELBO for `α → 1`.
///
/// A strategy is one method: given a model and a batch, it returns the loss and the quantities to
/// report. It does not depend on the model's graph, networks or likelihood.
struct RenyiInference: InferenceStrategy {
  /// `α`, at least 0 and below 1.
  var order: Double
  /// `K`, the number of samples for each observation.
  var draws: Int

  func objective<Model: LatentVariableModel>(
    of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, time: Double,
    using generator: inout Philox
  ) -> Objective<Model.Scalar> {
    // q(z|x), samples from it, and the log-likelihood of x at each of them.
    let posterior = model.posterior(of: x, mode: mode)
    let sample = model.sample(from: posterior, draws: draws, mode: mode, using: &generator)
    let density = model.observation(given: sample.latents, mode: mode).logDensity(of: x)
    let ratio = sample.logRatio()  // log p(z) − log q(z|x), [K, batch]

    // The bound. Its gradient is computed by automatic differentiation.
    let power = Model.Scalar(1 - order)
    let logWeights = power * (density + ratio)
    let logCount = Model.Scalar(log(Double(draws)))
    let bound = (logWeights.logSumExp(axis: 0) - logCount) * (1 / power)  // [batch]

    return Objective(
      loss: -bound.mean(), evidenceLowerBound: bound.detached,
      logLikelihood: density.detached.mean(axis: 0),
      klDivergence: -(ratio.detached.mean(axis: 0)))
  }
}
