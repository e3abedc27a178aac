import LatentGraphs
import NeuralNetworks
import Tensors

/// The mean evidence lower bound over a data set, in nats per observation.
public struct BoundEstimate: Sendable {
  /// `E log p(x|z) − KL(q(z|x) ‖ p(z))`.
  public let evidenceLowerBound: Double
  /// `KL(q(z|x) ‖ p(z))`.
  public let klDivergence: Double
}

/// Estimates the mean evidence lower bound over a data set from samples of each posterior.
///
/// The networks run in evaluation mode, and no gradient is recorded.
/// - Parameter kind: whether the divergence of each node is exact, or sampled, for models with
///   nodes that have no closed form.
/// - Complexity: the memory is that of `batchSize·draws` observations.
public func evidenceLowerBound<Model: LatentVariableModel>(
  of data: any BatchSource<Model.Scalar>, under model: Model, draws: Int = 1,
  divergence kind: VariationalInference.Divergence = .exact, batchSize: Int = 1000,
  using generator: inout Philox
) -> BoundEstimate {
  require(data.count > 0, "an evidence lower bound got no observations")
  require(batchSize > 0, "an evidence lower bound got a batch size of \(batchSize)")
  let strategy = VariationalInference(draws: draws, divergence: kind)
  var (bound, divergence) = (0.0, 0.0)
  for start in stride(from: 0, to: data.count, by: batchSize) {
    let indices = Array(start..<min(start + batchSize, data.count))
    let x = data.batch(indices, using: &generator)
    let objective = withoutRecording {
      strategy.objective(of: x, under: model, mode: .evaluation, time: 0, using: &generator)
    }
    bound += Double(objective.evidenceLowerBound.sum().scalar)
    divergence += Double(objective.klDivergence.sum().scalar)
  }
  let count = Double(data.count)
  return BoundEstimate(evidenceLowerBound: bound / count, klDivergence: divergence / count)
}
