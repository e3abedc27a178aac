import Inference
import LatentGraphs
import NeuralNetworks
import Tensors
import TestSupport
import Testing

@Suite("Models with given gates")
struct GatedModelTests {
  private let model = smallLatentGraph(nodes: 3, learnsStructure: true)

  private func divergence(_ model: some LatentVariableModel<Double>) -> [Double] {
    var generator = Philox(seed: 3)
    let posterior = model.posterior(of: smallImages(2), mode: .evaluation)
    return model.sample(from: posterior, draws: 1, mode: .evaluation, using: &generator)
      .klDivergence().scalars
  }

  private func prior(_ model: some LatentVariableModel<Double>) -> [Double] {
    var generator = Philox(seed: 4)
    return model.samplePrior(5, using: &generator).scalars
  }

  @Test("Gates that are given to a gated model replace its own")
  func twice() {
    let (open, closed) = (Tensor<Double>.ones([3]), Tensor<Double>.zeros([3]))
    let twice = model.gated(by: open).gated(by: closed)
    #expect(divergence(twice) == divergence(model.gated(by: closed)))
    #expect(divergence(twice) != divergence(model.gated(by: open)))
    #expect(prior(twice) == prior(model.gated(by: closed)))
  }

  @Test("Log-odds that are NaN give NaN, and not closed edges")
  func diverged() {
    let model = smallLatentGraph(nodes: 3, learnsStructure: true)
    model.edgeLogits!.assign(Tensor([.nan, 1, -1]))
    #expect(model.gates!.scalars[0].isNaN && model.gates!.scalars[1...] == [1, 0])
    #expect(prior(model).contains { $0.isNaN })
    #expect(divergence(model).allSatisfy { $0.isNaN })
  }

  @Test("Gates that are not from 0 to 1, or of a model without gates, stop the program")
  func mistakes() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = smallLatentGraph(nodes: 3, learnsStructure: true).posterior(
          of: smallImages(2), gates: Tensor([1, -5, 0]), mode: .evaluation)
      }, "is -5.0; gates are from 0 to 1")
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var generator = Philox(seed: 1)
        _ = smallLatentGraph(nodes: 3, learnsStructure: true).samplePrior(
          2, gates: Tensor([1, 0, 1.5]), using: &generator)
      }, "is 1.5; gates are from 0 to 1")
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = FactorAnalysis(latents: 2, pixels: 4).gated(by: Tensor([1, 0])).posterior(
          of: Tensor.zeros([1, 4]), mode: .evaluation)
      }, "got gates of shape [2], but has no edges that can be gated")
  }
}
