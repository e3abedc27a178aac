import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Tensors

/// A strategy of one's own: the variational Rényi bound (Li and Turner, 2016),
///
///     1/(1−α) · log 1/K Σₖ wₖ^(1−α),   wₖ = p(x, zₖ) / q(zₖ|x)
///
/// which goes from the importance-weighted bound at `α = 0` to the ELBO as `α → 1`.
///
/// A strategy is one method: it gets a model and a batch, and returns what is to be minimized and what
/// a report shows. It knows nothing of the model's graph, networks or likelihood.
struct RenyiInference: InferenceStrategy {
  /// `α`, at least 0 and below 1.
  var order: Double
  /// `K`, the draws for each observation.
  var samples: Int

  func objective<Model: LatentVariableModel>(
    of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, time: Double,
    using generator: inout Philox
  ) -> Objective<Model.Scalar> {
    // q(z|x), draws from it, and what the decoder says of x at each of them.
    let posterior = model.posterior(of: x, mode: mode)
    let sample = model.sample(from: posterior, draws: samples, mode: mode, using: &generator)
    let density = model.observation(given: sample.latents, mode: mode).logDensity(of: x)
    let ratio = sample.logRatio()  // log p(z) − log q(z|x), [K, batch]

    // The bound. All of it is differentiable: no gradient is written by hand.
    let power = Model.Scalar(1 - order)
    let logWeights = power * (density + ratio)
    let logCount = Model.Scalar(log(Double(samples)))
    let bound = (logWeights.logSumExp(axis: 0) - logCount) * (1 / power)  // [batch]

    return Objective(
      loss: -bound.mean(), evidenceLowerBound: bound.detached,
      logLikelihood: density.detached.mean(axis: 0),
      klDivergence: -(ratio.detached.mean(axis: 0)))
  }
}
