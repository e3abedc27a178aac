import Experiments
import LatentGraphs
import Tensors

/// The work that is timed; the raw value is its name on the command line.
enum Work: String, CaseIterable {
  /// Creating the precision from its parameters.
  case factor
  /// The same, and a batch of samples.
  case sample
  /// Variances and covariances of neighbours, for a factored precision.
  case selectedInverse = "selected-inverse"
  /// Creating the precision, and these variances and covariances.
  case marginals
  /// Conditioning on exact values of every eighth variable: the model of the others and its mean.
  case conditioning
  /// `KL(q ‖ p)` of two precisions on the same graph, both created from their parameters.
  case kl
}

/// One thing to measure.
struct InferenceCase {
  let example: PrecisionExample
  let work: Work
  let batch: Int

  /// The work to be timed, given the parameters. It returns its results, so that their release is
  /// not timed.
  func task<Scalar: TensorScalar>(_ parameters: [Tensor<Scalar>]) throws -> () throws -> [Any] {
    let example = example
    var generator = Philox(seed: 0)
    switch work {
    case .factor:
      return { [try example.precision(parameters).logDeterminantOfFactor] }
    case .sample:
      return {
        let model = GaussianGraphicalModel(precision: try example.precision(parameters))
        return [model.sample(batch, using: &generator)]
      }
    case .selectedInverse:
      let precision = try example.precision(parameters)
      return { covariances(precision) }
    case .marginals:
      return { covariances(try example.precision(parameters)) }
    case .conditioning:
      let model = GaussianGraphicalModel(
        mean: .zeros([example.dimension]), precision: try example.precision(parameters))
      let known = Array(stride(from: 0, to: example.dimension - 1, by: 8))
      let evidence = Evidence(
        of: known, values: Tensor<Scalar>.normal([known.count], using: &generator))
      return { [try model.conditioned(on: evidence).mean] }
    case .kl:
      let others = parameters.enumerated().map { $0 == 0 ? 1.1 * $1 : $1 }
      return {
        [
          GaussianGraphicalModel(precision: try example.precision(parameters)).klDivergence(
            from: GaussianGraphicalModel(precision: try example.precision(others)))
        ]
      }
    }
  }
}

/// Variances and covariances of neighbours in the structure's own form: blocks of a block chain,
/// otherwise on the graph.
private func covariances<Scalar: TensorScalar>(_ precision: any PrecisionStructure<Scalar>) -> [Any]
{
  if let chain = precision as? BlockChainPrecision<Scalar> { return [chain.blockCovariances] }
  return [precision.neighbourCovariances]
}
