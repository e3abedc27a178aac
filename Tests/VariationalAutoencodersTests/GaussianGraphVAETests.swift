import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing
import VariationalAutoencoders

let structures: [GraphStructure] = [
  .diagonal(4), .chain(4), .extendedGrid(height: 2, width: 2), .grid(height: 2, width: 2),
  .dense(4),
]

@Suite("Autoencoders with a graphical model as posterior")
struct GaussianGraphVAETests {
  private func model(_ structure: GraphStructure) -> GaussianGraphVAE<Double> {
    var generator = Philox(seed: 11)
    let model = GaussianGraphVAE<Double>(
      pixels: 6, structure: structure, hidden: 5, using: &generator)
    // The parameters are moved away from their start, at which the off-diagonal elements of the
    // factor are zero. They stay small enough that the loss, and with it the rounding error of its
    // differences, remains small.
    for (_, parameter) in model.namedParameters() {
      parameter.assign(0.35 * .normal(parameter.value.shape, using: &generator))
    }
    return model
  }

  private var images: Tensor<Double> {
    var generator = Philox(seed: 12)
    return Tensor.uniform([3, 6], using: &generator) .< 0.4
  }

  /// The loss with the same noise at each call.
  private func loss(_ model: some LatentVariableModel<Double>, draws: Int = 2) -> Tensor<Double> {
    var generator = Philox(seed: 13)
    return VariationalInference(draws: draws)
      .objective(of: images, under: model, mode: .training, time: 0, using: &generator).loss
  }

  @Test(
    "The gradient of the loss in every parameter agrees with central differences",
    arguments: structures)
  func gradient(structure: GraphStructure) {
    let model = model(structure)
    expectGradients(of: model, elements: 6) { loss(model) }
  }

  /// If all parameters are 0, the posterior is N(0, I) like the prior, so that the divergence is 0,
  /// and each pixel is a fair coin.
  @Test("The bound of a VAE whose parameters are all 0 agrees with a hand computation")
  func byHand() {
    var generator = Philox(seed: 18)
    let model = VAE<Double>(pixels: 6, latents: 3, using: &generator)
    randomizeParameters(of: model, deviation: 0, seed: 0)
    let objective = VariationalInference(draws: 2)
      .objective(of: images, under: model, mode: .training, time: 0, using: &generator)
    expectClose(objective.klDivergence, [0, 0, 0], within: 1e-15)
    let coins: Double = 6 * log(2)
    expectClose(objective.evidenceLowerBound, [-coins, -coins, -coins], within: 1e-14)
    expectClose(objective.loss, [coins], within: 1e-14)
  }

  @Test("The gradient of a VAE with batch norms agrees with central differences")
  func gradientOfVAE() {
    var generator = Philox(seed: 14)
    let model = VAE<Double>(pixels: 6, latents: 3, using: &generator)
    expectGradients(of: model, elements: 3, within: 1e-6) { loss(model) }
  }

  @Test(
    "The initial posterior has independent variables for every structure", arguments: structures)
  func startsIndependent(structure: GraphStructure) {
    var generator = Philox(seed: 17)
    let model = GaussianGraphVAE<Double>(
      pixels: 6, structure: structure, hidden: 5, using: &generator)
    let matrix = model.graphicalModel(of: images).precision.matrix
    for row in 0..<3 {
      for i in 0..<4 {
        for j in 0..<4 { #expect((matrix[row, i, j] == 0) == (i != j)) }
      }
    }
  }

  @Test(
    "The head of each structure has as many outputs as the structure has elements",
    arguments: structures)
  func factorCounts(structure: GraphStructure) {
    let model = model(structure)
    let head = model.namedParameters().first { $0.name.hasSuffix("head.elements.weight") }
    #expect(head?.parameter.value.shape == [5, 4 + structure.elementCount])
    let pattern = model.graphicalModel(of: images).precision.matrix
    // The pattern of L Lᵀ: elements may be nonzero only at the structure's offsets.
    let offsets: Set<Int> =
      switch structure {
      case .diagonal: [0]
      case .chain: [0, 1]
      case .extendedGrid, .grid: [0, 1, 2]
      case .dense: [0, 1, 2, 3]
      }
    for i in 0..<4 {
      for j in 0..<4 where !offsets.contains(abs(i - j)) { #expect(pattern[0, i, j] == 0) }
    }
    #expect(structure.elementCount == structure.dimension + structure.offDiagonalCount)
  }

  @Test("The likelihood estimated with many samples is not below the bound", arguments: structures)
  func importanceBound(structure: GraphStructure) {
    // Jensen's inequality, with a margin for the noise of 4,000 draws.
    let model = model(structure)
    var generator = Philox(seed: 18)
    let objective = VariationalInference(draws: 4_000)
      .objective(of: images, under: model, mode: .evaluation, time: 0, using: &generator)
    let likelihood = importanceSampledLogLikelihood(
      of: images, under: model, draws: 4_000, using: &generator)
    for (bound, estimate) in zip(objective.evidenceLowerBound.scalars, likelihood.scalars) {
      #expect(bound < estimate + 0.1)
    }
  }
}
