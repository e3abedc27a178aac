import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Tensors
import Testing

/// A node of a relaxed bit.
private struct RelaxedNode: Conditional {
  typealias Scalar = Double
  let logits: Parameter<Double>
  let temperature: Double

  init(_ logits: Double, temperature: Double) {
    (self.logits, self.temperature) = (Parameter(Tensor([logits])), temperature)
  }

  func distribution(
    given parents: Tensor<Double>?, message: Tensor<Double>?, mode: Mode
  ) -> any Distribution<Double> {
    RelaxedBernoulli(logits: logits.value, temperature: temperature)
  }
}

@Suite("Latents at the ends of their support")
struct BoundaryLatentTests {
  private let n = 100_000

  private func model() -> LatentGraphModel<Double> {
    let base = smallLatentGraph(nodes: 1, learnsStructure: false)
    func net(_ node: RelaxedNode) -> BayesNet<Double> {
      BayesNet(base.graph, conditionals: [node])
    }
    return LatentGraphModel(
      encoder: base.encoder, recognition: net(RelaxedNode(1, temperature: 0.1)),
      prior: net(RelaxedNode(0, temperature: 0.5)), likelihood: base.likelihood)
  }

  private func sample() -> LatentSample<Double> {
    let model = model()
    var generator = Philox(seed: 1)
    let posterior = model.posterior(of: smallImages(1), mode: .evaluation)
    return model.sample(from: posterior, draws: n, mode: .evaluation, using: &generator)
  }

  /// The divergence is by mpmath. At the values, which are rounded to 1, the mean is 4.38.
  @Test("The log-ratio of relaxed bits has the mean of the divergence")
  func logRatio() {
    let ratio = sample().logRatio()
    let error = (ratio.variance(axis: 0).scalars[0] / Double(n)).squareRoot()
    #expect(abs(ratio.mean().scalar + 4.651430986633373) < 5.5 * error)
  }

  @Test("The log-ratio at given latents is NaN where these are rounded, and otherwise the same")
  func path() {
    let sample = sample()
    let (ratio, path) = (sample.logRatio().scalars, sample.pathLogRatio(at: sample.latents).scalars)
    // One in 16 values is rounded to 1.
    let refused = Double(path.filter { $0.isNaN }.count) / Double(n)
    #expect(refused > 0.05 && refused < 0.08)
    #expect(zip(path, ratio).allSatisfy { $0.isNaN || abs($0 - $1) < 0.1 })
  }

  @Test("Imputation is refused where a latent is rounded, because its proposals cannot be compared")
  func imputation() {
    var generator = Philox(seed: 2)
    let x = smallImages(1).broadcast(to: [1000, smallImages(1).shape[1]])
    let error = #expect(throws: ImputationError.self) {
      try impute(x, missing: [0], under: model(), sweeps: 8, using: &generator)
    }
    let message = "\(error!)"
    #expect(message.contains("is NaN in sweep 1: a latent was rounded to an end of its support"))
  }
}
