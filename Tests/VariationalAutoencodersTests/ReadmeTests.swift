import LatentGraphs
import Testing
import VariationalAutoencoders

import Datasets
import Figures
import Foundation

/// The example of the README, with fewer epochs.
@Test("The example of the README runs")
func readmeExample() throws {
  let k = 10_000
  let chain = GaussianGraphicalModel(
    mean: .zeros([k]),
    precision: try ChainPrecision<Float>(
      diagonal: .full(2.5, [k]), offDiagonal: .full(-1, [k - 1])))

  var generator = Philox(seed: 1)
  let draws = chain.sample(64, using: &generator)
  let densities = chain.logDensity(of: draws)
  let variances = chain.variance

  let independent = GaussianGraphicalModel<Float>.standard(k)
  let divergence = chain.klDivergence(from: independent)
  #expect(draws.shape == [64, 10_000])
  #expect(densities.shape == [64])
  #expect(variances.shape == [10_000])
  let (variance, exact) = exactChain(k)
  #expect(zip(variances.scalars, variance).allSatisfy { abs(Double($0) - $1) < 1e-5 * $1 })
  #expect(abs(Double(divergence.scalar) - exact) < 1e-5 * exact)

  let bridge = try chain.conditioned(on: [0: 1.0, 9_999: -1.0])
  let band = bridge.variance
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

/// The variances of the README's chain, and its divergence `½ (tr P⁻¹ − k + log det P)` from `N(0,
/// I)`.
///
/// The pivots of the elimination from the first variable, `d_i = 2.5 − 1/d_{i−1}`, give the
/// determinant. Together with the pivots from the last variable they give the variances `1/(d_i +
/// d_{k+1−i} − 2.5)`.
private func exactChain(_ k: Int) -> (variances: [Double], divergence: Double) {
  var pivots = [2.5]
  for i in 1..<k { pivots.append(2.5 - 1 / pivots[i - 1]) }
  let variances = zip(pivots, pivots.reversed()).map { 1 / ($0 + $1 - 2.5) }
  let logDeterminant = pivots.reduce(0) { $0 + log($1) }
  return (variances, 0.5 * (variances.reduce(0, +) - Double(k) + logDeterminant))
}
