import Inference
import LatentGraphs
import NeuralNetworks
import Tensors
import Testing
import VariationalAutoencoders

import Datasets
import Figures

/// The README's example, as it stands there but for fewer epochs.
@Test("The README's example runs")
func readmeExample() throws {
  let k = 10_000
  let chain = GaussianGraphicalModel(
    mean: .zeros([k]),
    precision: try ChainPrecision<Float>(
      diagonal: .full(2.5, [k]), offDiagonal: .full(-1, [k - 1])))

  var generator = Philox(seed: 1)
  let draws = chain.sample(64, using: &generator)
  let densities = chain.logDensity(of: draws)
  let variances = chain.marginalVariances

  let independent = GaussianGraphicalModel<Float>.standard(k)
  let divergence = klDivergence(chain, independent)
  #expect(draws.shape == [64, 10_000])
  #expect(densities.shape == [64])
  #expect(variances.shape == [10_000])
  #expect(divergence.scalar > 0)

  let bridge = try chain.conditioned(on: [0: 1.0, 9_999: -1.0])
  let band = bridge.marginalVariances
  #expect(band.shape == [9_998])

  let image = GaussianGraphicalModel(
    precision: try GridPrecision<Float>(
      height: 512, width: 512, diagonal: .full(4.5, [512 * 512]),
      right: .full(-1, [512 * 511]), down: .full(-1, [511 * 512])))
  let texture = image.sample(using: &generator)
  #expect(texture.shape == [262_144])

  let digits = Digits.load()
  let model = GraphVAE<Float>(pixels: 64, nodes: 5, dimension: 4, using: &generator)
  let trainer = Trainer(
    model, strategy: StructureLearning(.gumbelSoftmax(), within: VariationalInference()),
    optimizer: Adam(learningRate: 1e-3))
  try trainer.fit(
    ImageBatches(digits.training, .dynamic), test: ImageBatches<Float>(digits.test, .threshold),
    epochs: 2)
  let samples = model.observation(
    given: model.samplePrior(8, using: &generator), mode: .evaluation)
  let plot = DirectedGraphPlot(graph: model.graph, probabilities: model.edgeProbabilities)
  #expect(samples.batchShape == [8])
  #expect(trainer.history[1].trainELBO > trainer.history[0].trainELBO)
  #expect(plot.edges.count == 10)
}
