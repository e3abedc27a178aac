import Foundation
import Inference
import NeuralNetworks
import Tensors
import TestSupport
import Testing

/// The descriptions of strategies in checkpoints, by which a run is not continued with another
/// objective.
@Suite("Recipes of strategies")
struct StrategyRecipeTests {
  @Test("Strategies that differ in one setting have different recipes")
  func distinct() {
    let variational = [
      VariationalInference(), VariationalInference(draws: 2),
      VariationalInference(divergence: .sampled),
      VariationalInference(weight: .warmUp(duration: 3, then: .constant)),
      VariationalInference(freeNats: 0.5),
    ]
    let weighted = [
      ImportanceWeightedInference(draws: 5), ImportanceWeightedInference(draws: 6),
      ImportanceWeightedInference(draws: 5, gradient: .standard),
      ImportanceWeightedInference(draws: 5, divergence: .sampled),
    ]
    let tilted = [
      TiltedInference(tilt: 1), TiltedInference(tilt: 2), TiltedInference(tilt: 1, draws: 2),
      TiltedInference(tilt: 1, divergence: .sampled),
    ]
    func structures<Inner: InferenceStrategy>(_ inner: Inner) -> [String] {
      let estimators: [GateEstimator] = [
        .fixed, .gumbelSoftmax(temperature: 0.5), .gumbelSoftmax(temperature: 1),
        .straightThrough(temperature: 0.5), .scoreFunction(draws: 2), .scoreFunction(draws: 3),
        .exhaustive,
      ]
      return estimators.map { StructureLearning($0, within: inner).recipe }
        + [
          StructureLearning(
            .exhaustive, within: inner,
            edgePrior: EdgePrior(probability: 0.2, observations: 10)
          ).recipe,
          StructureLearning(
            .exhaustive, within: inner,
            edgePrior: EdgePrior(probability: 0.2, observations: 11)
          ).recipe,
        ]
    }
    let recipes =
      variational.map(\.recipe) + weighted.map(\.recipe) + tilted.map(\.recipe)
      + [ExactInference().recipe] + structures(variational[0]) + structures(variational[1])
    #expect(Set(recipes).count == recipes.count, "\(recipes)")
  }

  @Test("A run is not continued with another objective")
  func refused() throws {
    let data = try TensorRows(Tensor<Double>.ones([6, 4]))
    func trainer<Strategy: InferenceStrategy>(
      _ strategy: Strategy, _ folder: URL
    ) -> Trainer<FactorAnalysis, Strategy> {
      Trainer(
        FactorAnalysis(latents: 2, pixels: 4, seed: 9), strategy: strategy,
        optimizer: Adam(learningRate: 0.01),
        settings: TrainingSettings(batchSize: 3, seed: 3, folder: folder))
    }
    func refusal<Strategy: InferenceStrategy>(_ strategy: Strategy, _ folder: URL) {
      let error = #expect(throws: CheckpointError.self) { try trainer(strategy, folder).resume() }
      #expect(error.map { "\($0)" }?.contains("its run has strategy ") == true)
    }
    try withTemporaryFolder { folder in
      try trainer(VariationalInference(), folder).fit(data, epochs: 1)
      refusal(VariationalInference(divergence: .sampled), folder)
      refusal(ImportanceWeightedInference(draws: 5), folder)
      refusal(
        ImportanceWeightedInference(draws: 5, gradient: .doublyReparameterized), folder)
      #expect(try trainer(VariationalInference(), folder).resume())
    }
  }
}
