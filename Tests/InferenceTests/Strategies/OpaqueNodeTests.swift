import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

/// A normal that hides its closed forms, like a custom distribution without them.
private struct OpaqueNormal: ReparameterizedDistribution {
  typealias Scalar = Double
  let normal: Normal<Double>

  var batchShape: Shape { normal.batchShape }
  var dimension: Int { normal.dimension }
  var support: Support<Double> { normal.support }
  var mean: Tensor<Double> { normal.mean }
  var variance: Tensor<Double> { normal.variance }
  var entropy: Tensor<Double> { normal.entropy }
  func logDensity(of value: Tensor<Double>) -> Tensor<Double> { normal.logDensity(of: value) }
  func sample(noise: Tensor<Double>) -> Tensor<Double> { normal.sample(noise: noise) }
}

private struct OpaqueRecognition: Conditional {
  typealias Scalar = Double
  let within: SmallRecognition

  func message(from features: Tensor<Double>, mode: Mode) -> Tensor<Double>? { features }

  func distribution(
    given parents: Tensor<Double>?, message: Tensor<Double>?, mode: Mode
  ) -> any Distribution<Double> {
    let normal = within.distribution(given: parents, message: message, mode: mode)
    return OpaqueNormal(normal: normal as! Normal<Double>)
  }
}

/// A recognition node of bits.
private struct BitRecognition: Conditional {
  typealias Scalar = Double
  let within: SmallRecognition

  func message(from features: Tensor<Double>, mode: Mode) -> Tensor<Double>? { features }

  func distribution(
    given parents: Tensor<Double>?, message: Tensor<Double>?, mode: Mode
  ) -> any Distribution<Double> {
    let normal = within.distribution(given: parents, message: message, mode: mode)
    return Bernoulli(logits: (normal as! Normal<Double>).mean)
  }
}

@Suite("Nodes without a closed-form divergence")
struct OpaqueNodeTests {
  /// A small model, and the same model with a posterior that hides its closed form.
  private func models() -> (known: LatentGraphModel<Double>, opaque: LatentGraphModel<Double>) {
    let known = smallLatentGraph(nodes: 2, learnsStructure: false)
    let recognition = BayesNet<Double>(
      known.graph,
      conditionals: known.recognition.conditionals.map {
        OpaqueRecognition(within: $0 as! SmallRecognition)
      })
    return (
      known,
      LatentGraphModel(
        encoder: known.encoder, recognition: recognition, prior: known.prior,
        likelihood: known.likelihood)
    )
  }

  private let images: TensorRows<Double>

  init() throws { images = try TensorRows(smallImages(40)) }

  @Test("The sampled bound agrees with the exact one within the error of its draws")
  func bound() {
    let (known, opaque) = models()
    var generator = Philox(seed: 11)
    let draws = 20_000
    let sampled = evidenceLowerBound(
      of: images, under: opaque, draws: draws, divergence: .sampled, using: &generator)
    let exact = evidenceLowerBound(
      of: images, under: known, draws: draws, using: &generator)
    // Both values are means of independent draws. The standard error of the divergence is that of
    // the log-ratio; the bound also has the error of the likelihood.
    let posterior = known.posterior(of: smallImages(40), mode: .evaluation)
    let sample = known.sample(from: posterior, draws: 2_000, mode: .evaluation, using: &generator)
    let density = known.observation(given: sample.latents, mode: .evaluation)
      .logDensity(of: smallImages(40))
    func deviation(_ values: Tensor<Double>) -> Double {
      1.1 * (values.variance(axis: 0).mean().scalar / Double(40 * draws)).squareRoot()
    }
    let ratio = deviation(sample.logRatio())
    let bound = ratio + 2 * deviation(density)
    expectCalibrated {
      $0.compare(sampled.klDivergence, exact.klDivergence, error: ratio)
      $0.compare(sampled.evidenceLowerBound, exact.evidenceLowerBound, error: bound)
    }
    #expect(exact.klDivergence > 0.1)
  }

  @Test(
    "Models without a closed form are trained and evaluated by strategies with a sampled divergence"
  )
  func training() throws {
    func fit(_ strategy: some InferenceStrategy) throws {
      let trainer = Trainer(
        models().opaque, strategy: strategy,
        settings: TrainingSettings(batchSize: 20, seed: 5))
      try trainer.fit(images, test: images, epochs: 2)
      for metrics in trainer.history {
        #expect(metrics.testELBO?.isFinite == true && metrics.testKL?.isFinite == true)
      }
    }
    try fit(VariationalInference(divergence: .sampled))
    try fit(ImportanceWeightedInference(draws: 3, divergence: .sampled))
    try fit(StructureLearning(within: VariationalInference(divergence: .sampled)))
  }

  @Test("Training a model with a discrete latent is refused by a typed error")
  func discrete() throws {
    let known = smallLatentGraph(nodes: 2, learnsStructure: false)
    let recognition = BayesNet<Double>(
      known.graph,
      conditionals: known.recognition.conditionals.map {
        BitRecognition(within: $0 as! SmallRecognition)
      })
    let model = LatentGraphModel(
      encoder: known.encoder, recognition: recognition, prior: known.prior,
      likelihood: known.likelihood)
    let trainer = Trainer(
      model, strategy: VariationalInference(divergence: .sampled),
      settings: TrainingSettings(batchSize: 20, seed: 5))
    #expect(throws: LatentGraphError.notReparameterized(node: known.graph.nodes[0].name)) {
      try trainer.fit(images, epochs: 1)
    }
  }
}
