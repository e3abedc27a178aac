import Foundation
import LatentGraphs
import NeuralNetworks
import Tensors

/// `log p(x)` of each observation of a batch, estimated by importance sampling from the posterior:
/// `log 1/K Σ exp(log p(x|z) + log p(z) − log q(z|x))`, in nats: `[batch]`.
///
/// The expectation of the estimate is a lower bound of `log p(x)`, and converges to it as the
/// number of samples increases (Burda et al., 2016).
/// - Parameters:
///   - draws: `K`, the number of samples for each observation.
///   - rowsAtOnce: the number of samples that are decoded together, which limits the memory.
public func importanceSampledLogLikelihood<Model: LatentVariableModel>(
  of x: Tensor<Model.Scalar>, under model: Model, draws: Int, rowsAtOnce: Int = 4096,
  using generator: inout Philox
) -> Tensor<Model.Scalar> {
  require(draws > 0, "a likelihood got \(draws) draws; it takes at least 1")
  require(rowsAtOnce > 0, "a likelihood got \(rowsAtOnce) rows at once; it takes at least 1")
  require(x.rank == 2 && x.shape[0] > 0, "a likelihood got observations of shape \(x.shape)")
  return withoutRecording {
    let posterior = model.posterior(of: x, mode: .evaluation)
    // The chunks have about the same size, because threads would be idle in a small last chunk.
    let most = max(1, rowsAtOnce / x.shape[0])
    let chunks = (draws - 1) / most + 1
    let drawsOfChunk = (draws - 1) / chunks + 1
    var total: Tensor<Model.Scalar>?
    var done = 0
    while done < draws {
      let count = min(drawsOfChunk, draws - done)
      let sample = model.sample(
        from: posterior, draws: count, mode: .evaluation, using: &generator)
      let density = model.observation(given: sample.latents, mode: .evaluation).logDensity(of: x)
      let chunk = (density + sample.logRatio()).logSumExp(axis: 0)
      total = total.map { Tensor.stacked([$0, chunk]).logSumExp(axis: 0) } ?? chunk
      done += count
    }
    return total! - Model.Scalar(Foundation.log(Double(draws)))
  }
}

/// The mean of `importanceSampledLogLikelihood` over a data set, or over some of its observations.
///
/// The files of some data sets are sorted by class. If only some observations are used, they are
/// therefore the first of a fixed shuffle, which is the same for all models.
public func meanLogLikelihood<Model: LatentVariableModel>(
  of data: any BatchSource<Model.Scalar>, under model: Model, draws: Int,
  observations: Int? = nil, rowsAtOnce: Int = 4096, using generator: inout Philox,
  progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
) -> Double {
  require(draws > 0, "a likelihood got \(draws) draws; it takes at least 1")
  require(rowsAtOnce > 0, "a likelihood got \(rowsAtOnce) rows at once; it takes at least 1")
  let count = min(observations ?? data.count, data.count)
  require(count > 0, "a likelihood got no observations")
  let batchSize = observationsScoredAtOnce(of: count, draws: draws, rowsAtOnce: rowsAtOnce)
  var shuffle = Philox(seed: 0)
  let order = count < data.count ? shuffle.permutation(data.count) : Array(0..<count)
  var sum = 0.0
  for start in stride(from: 0, to: count, by: batchSize) {
    let indices = Array(order[start..<min(start + batchSize, count)])
    let x = data.batch(indices, using: &generator)
    let estimate = importanceSampledLogLikelihood(
      of: x, under: model, draws: draws, rowsAtOnce: rowsAtOnce, using: &generator)
    sum += Double(estimate.sum().scalar)
    progress(start + indices.count, count)
  }
  return sum / Double(count)
}

/// The number of observations, of `count`, that `meanLogLikelihood` scores together.
package func observationsScoredAtOnce(
  of count: Int, draws: Int, rowsAtOnce: Int = 4096
) -> Int {
  max(1, min(count, rowsAtOnce / min(draws, rowsAtOnce)))
}
