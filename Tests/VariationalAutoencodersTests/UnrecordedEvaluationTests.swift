import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing
import VariationalAutoencoders

@Suite("Evaluation without recording")
struct UnrecordedEvaluationTests {
  /// The moments of the posterior, and the log-ratios and decoded logits of its samples.
  private func evaluate<Scalar: TensorScalar>(
    _ model: GraphVAE<Scalar>, _ x: Tensor<Scalar>, mode: Mode
  ) -> [Tensor<Scalar>] {
    var noise = Philox(seed: 3)
    let posterior = model.posterior(of: x, mode: mode)
    let sample = model.sample(from: posterior, draws: 3, mode: mode, using: &noise)
    let observation = model.observation(given: sample.latents, mode: mode)
    return [sample.latents, sample.logRatio(), observation.logDensity(of: x)]
  }

  private func check<Scalar: TensorScalar>(_ type: Scalar.Type) {
    var generator = Philox(seed: 17)
    let model = GraphVAE<Scalar>(pixels: 20, nodes: 4, dimension: 3, using: &generator)
    // A step of training gives the batch norms statistics that are not those of their start.
    let x = Tensor<Scalar>.bernoulli(Tensor.full(0.4, [40, 20]), using: &generator)
    _ = evaluate(model, x, mode: .training)
    for mode in [Mode.evaluation, .training] {
      let recorded = evaluate(model, x, mode: mode)
      let constant = withoutRecording { evaluate(model, x, mode: mode) }
      #expect(recorded[2].isTracked && !constant[2].isTracked)
      for (a, b) in zip(recorded, constant) { #expect(a.scalars == b.scalars) }
    }
  }

  @Test("Passes that do not keep their values compute the same bits")
  func bits() {
    check(Float.self)
    check(Double.self)
  }
}
