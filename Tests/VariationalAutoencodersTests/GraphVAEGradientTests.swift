import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing
import VariationalAutoencoders

@Suite("Gradient of the whole loss of a Graph VAE")
struct GraphVAEGradientTests {
  @Test(
    "The gradient in every parameter, including the log-odds of edges, agrees with differences",
    arguments: zip([PixelKind.binary, .continuous], [DecodedNodes.all, .last]))
  func gradient(_ pixelKind: PixelKind, _ decodes: DecodedNodes) {
    var generator = Philox(seed: 31)
    let model = GraphVAE<Double>(
      pixels: 6, nodes: 3, dimension: 2, sharesGates: decodes == .all, pixelKind: pixelKind,
      decodes: decodes, using: &generator)
    model.edgeLogits!.assign(Tensor([0.7, -0.4, 0.2]))
    let images = WrapperCase(
      strategy: .exact, pixelKind: pixelKind, decodes: decodes, mode: .training
    ).images
    let strategy = StructureLearning(.gumbelSoftmax(), within: VariationalInference(draws: 2))
    func loss() -> Tensor<Double> {
      var generator = Philox(seed: 32)
      return strategy.objective(
        of: images, under: model, mode: .training, time: 1.5, using: &generator
      ).loss
    }
    let slopes = gradientsByName(of: model, loss: loss())["model.edgeLogits"]!.scalars
    #expect(slopes.count == 3 && slopes.allSatisfy { abs($0) > 1e-6 })
    expectGradients(of: model, elements: 1, loss: loss)
  }
}
