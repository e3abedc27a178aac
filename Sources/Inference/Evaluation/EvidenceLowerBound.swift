import LatentGraphs
import NeuralNetworks
import Tensors

/// The mean evidence lower bound over a data set, in nats an observation.
public struct BoundEstimate: Sendable {
  /// `E log p(x|z) − KL(q(z|x) ‖ p(z))`.
  public let evidenceLowerBound: Double
  /// `KL(q(z|x) ‖ p(z))`.
  public let klDivergence: Double
}

/// The mean evidence lower bound over a data set, by some draws from each posterior.
///
/// The networks run in evaluation mode; nothing is recorded for a gradient.
/// - Parameter kind: whether the divergence is exact, node by node, or sampled, for models with nodes
///   that have no closed form.
/// - Complexity: memory for `batchSize·draws` observations at a time.
public func evidenceLowerBound<Model: LatentVariableModel>(
  of data: any BatchSource<Model.Scalar>, under model: Model, draws: Int = 1,
  divergence kind: VariationalInference.Divergence = .exact, batchSize: Int = 1000,
  using generator: inout Philox
) -> BoundEstimate {
  require(data.count > 0, "a bound on no observations")
  require(batchSize > 0, "a bound by batches of \(batchSize)")
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
