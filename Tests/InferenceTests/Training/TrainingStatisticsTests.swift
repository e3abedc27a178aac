import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

@Suite("Running statistics in training")
struct TrainingStatisticsTests {
  /// A model on two nodes whose encoder has a batch norm.
  private func model() -> LatentGraphModel<Double> {
    var generator = Philox(seed: 6)
    let graph = LatentGraph.fullyConnected(nodes: 2, dimension: 1)
    return LatentGraphModel(
      encoder: MLP([4, 5, 3], hasBatchNorm: true, using: &generator),
      recognition: .fusingPosterior(graph, features: 3, hidden: 4, using: &generator),
      prior: .neuralPrior(graph, hidden: 4, using: &generator),
      likelihood: BernoulliObservation(MLP([2, 4], using: &generator)), learnsStructure: true)
  }

  private func statistics(of model: LatentGraphModel<Double>) -> [Double] {
    let norm = (model.encoder as! MLP<Double>).norms[0]
    return norm.mean.value.scalars + norm.variance.value.scalars
  }

  /// The statistics after one step on all observations.
  private func statistics(after strategy: some InferenceStrategy) throws -> [Double] {
    let model = model()
    try Trainer(model, strategy: strategy, settings: TrainingSettings(batchSize: 20)).fit(
      TensorRows(smallImages(20)), epochs: 1)
    return statistics(of: model)
  }

  @Test("A step moves the statistics once, however often its strategy evaluates the networks")
  func once() throws {
    let single = model()
    _ = single.encoder(smallImages(20), mode: .training)
    let expected = statistics(of: single)
    #expect(expected != statistics(of: model()))
    let inner = VariationalInference()
    let strategies: [any InferenceStrategy] = [
      inner, StructureLearning(.gumbelSoftmax(), within: inner),
      StructureLearning(.scoreFunction(draws: 3), within: inner),
      StructureLearning(.exhaustive, within: inner),
      ImportanceWeightedInference(draws: 4),
    ]
    for strategy in strategies {
      for (found, value) in zip(try statistics(after: strategy), expected) {
        // The order of the rows in a batch changes the rounding of its sums.
        #expect(abs(found - value) <= 1e-14, "\(strategy)")
      }
    }
  }
}
