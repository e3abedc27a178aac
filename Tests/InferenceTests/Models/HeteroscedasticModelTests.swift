import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

@Suite("A LatentGraphModel with nodes whose noise depends on the parents")
struct HeteroscedasticModelTests {
  /// A small model whose prior has a heteroscedastic node, with learned edges.
  private func model() -> LatentGraphModel<Double> {
    let parts = smallLatentGraph(nodes: 3)
    var generator = Philox(seed: 7)
    let prior = BayesNet<Double>(parts.graph) { node, parents in
      let dimension = parts.graph.nodes[node].dimension
      if parents == 0 { return StandardNormal(dimension) }
      return HeteroscedasticGaussian(parents: parents, dimension: dimension, using: &generator)
    }
    randomizeParameters(of: prior, deviation: 0.5, seed: 8)
    let model = LatentGraphModel<Double>(
      encoder: parts.encoder, recognition: parts.recognition, prior: prior,
      likelihood: parts.likelihood, learnsStructure: true)
    // Away from 0, where the most probable gates change.
    model.edgeLogits!.assign(Tensor([0.4, -0.3, 0.8]))
    return model
  }

  @Test("The gradients of all parameters and log-odds agree with central differences")
  func gradient() {
    let (model, x) = (model(), smallImages(4))
    let learning = StructureLearning(
      .gumbelSoftmax(temperature: 1), within: VariationalInference(draws: 2))
    for strategy in [
      learning.inner, VariationalInference(draws: 2, divergence: .sampled),
    ] {
      expectGradients(of: model) {
        var generator = Philox(seed: 9)
        return strategy.objective(
          of: x, under: model, mode: .training, time: 0, using: &generator
        ).loss
      }
    }
    expectGradients(of: model) {
      var generator = Philox(seed: 9)
      return learning.objective(
        of: x, under: model, mode: .training, time: 0, using: &generator
      ).loss
    }
  }

  @Test("Training increases the bound and moves the factors of the noise")
  func training() throws {
    let (model, x) = (model(), smallImages(32))
    func bound() -> Double {
      var generator = Philox(seed: 10)
      return withoutRecording {
        VariationalInference(draws: 50).objective(
          of: x, under: model, mode: .evaluation, time: 0, using: &generator
        ).evidenceLowerBound.mean().scalar
      }
    }
    let node = try #require(model.prior.conditionals[2] as? HeteroscedasticGaussian<Double>)
    let (before, weights) = (bound(), node.factorWeight.value.scalars)
    try Trainer(
      model, strategy: StructureLearning(.gumbelSoftmax(), within: VariationalInference()),
      optimizer: Adam(learningRate: 0.02), settings: TrainingSettings(batchSize: 8)
    ).fit(TensorRows(x), epochs: 50)
    #expect(bound() > before + 0.2)
    #expect(node.factorWeight.value.scalars != weights)
  }
}
