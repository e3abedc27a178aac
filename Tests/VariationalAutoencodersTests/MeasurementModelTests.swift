import Datasets
import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing
import VariationalAutoencoders

@Suite("Linear-Gaussian latent graphs with indicators")
struct MeasurementModelTests {
  /// Three nodes, of one or two variables. One of their three edges is closed.
  let graph: LatentGraph
  let gates = Tensor<Double>([1, 0, 1])
  let indicators = [3, 5, 3]

  init() throws {
    graph = try LatentGraph([
      .init("top", dimension: 1), .init("middle", dimension: 2, parents: ["top"]),
      .init("low", dimension: 1, parents: ["top", "middle"]),
    ])
  }

  private func model(gates: Tensor<Double>?, seed: UInt64 = 1) -> LatentGraphModel<Double> {
    var generator = Philox(seed: seed)
    return .measurementModel(graph, indicators: indicators, gates: gates, using: &generator)
  }

  /// Observations from a graph with the edges top → middle and middle → low.
  private func data(_ count: Int, seed: UInt64 = 2) -> LinearGaussianGraphData<Double> {
    LinearGaussianGraphData(
      LinearGaussianGraph(
        dimensions: [1, 2, 1], edges: [(parent: 0, child: 1), (parent: 1, child: 2)], seed: 3),
      count: count, seed: seed)
  }

  /// A model after some training, and its exact marginal distribution.
  private func trained() throws -> (model: LatentGraphModel<Double>, marginal: DenseGaussian) {
    let model = model(gates: gates)
    let trainer = Trainer(
      model, strategy: VariationalInference(), optimizer: Adam(learningRate: 0.03),
      settings: TrainingSettings(batchSize: 100, schedule: .cosine(duration: 150, final: 0.003)))
    try trainer.fit(data(500), epochs: 150)
    return (model, Self.marginal(of: model, gates: gates))
  }

  @Test("The dense marginal agrees with the covariance of the model's own draws")
  func marginal() throws {
    let model = model(gates: gates)
    let exact = Self.marginal(of: model, gates: gates)
    var generator = Philox(seed: 4)
    let count = 40_000
    let z = model.samplePrior(count, using: &generator)
    let normal = try #require(model.observation(given: z, mode: .evaluation) as? Normal<Double>)
    let x = withoutRecording { normal.sample(noise: .normal([count, 11], using: &generator)) }
    expectCalibrated { $0.compareMoments(of: x, exact) }
  }

  @Test("With an inexact posterior the estimated likelihood agrees with the exact one")
  func likelihood() throws {
    let (model, marginal) = try trained()
    // The posterior is inexact, and wide enough that the weights have a finite variance.
    for conditional in model.recognition.conditionals {
      let node = try #require(conditional as? LinearRecognition<Double>)
      node.fromFeatures.bias!.assign(node.fromFeatures.bias!.value + 0.15)
      node.logStandardDeviation.assign(node.logStandardDeviation.value + 0.1)
    }
    let x = data(4, seed: 5).observations
    let exact = x.vectors.map(marginal.logDensity)
    // The mean of exp(estimate)/p(x) is 1. The mean of 200 estimates exceeds 6 of its standard
    // errors (Student's t with 199 degrees of freedom) for about one row in 10⁸.
    var generator = Philox(seed: 6)
    let repeats = 200
    let ratios = (0..<repeats).map { _ in
      zip(
        importanceSampledLogLikelihood(of: x, under: model, draws: 250, using: &generator)
          .scalars, exact
      ).map { exp($0 - $1) }
    }
    for row in 0..<4 {
      let values = ratios.map { $0[row] }
      let mean = values.reduce(0, +) / Double(repeats)
      let variance =
        values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(repeats - 1)
      let error = (variance / Double(repeats)).squareRoot()
      #expect(abs(mean - 1) < 6 * error)
      #expect(error > 1e-5 && error < 0.01)
    }
    // The comparison is sensitive: closing the first edge changes the likelihood noticeably.
    let other = x.vectors.map(
      Self.marginal(of: model, gates: Tensor([0, 0, 1])).logDensity)
    #expect(zip(other, exact).contains { abs($0 - $1) > 0.1 })
  }

  @Test(
    "After training the bound is tight, because the recognition net contains the exact posterior")
  func tight() throws {
    let (model, marginal) = try trained()
    let data = data(200, seed: 7)
    let exact = data.observations.vectors.map(marginal.logDensity).reduce(0, +) / 200
    var generator = Philox(seed: 8)
    // The standard deviation of a single draw of the bound is about the root of the 4 variables.
    // With 400 draws of 200 rows the error is 0.007.
    let bound = evidenceLowerBound(of: data, under: model, draws: 400, using: &generator)
    #expect(abs(exact - bound.evidenceLowerBound) < 0.05)
  }

  @Test("Structure learning finds the edges of a known graph", arguments: [0, 1, 2] as [UInt64])
  func recovery(seed: UInt64) throws {
    let graph = LatentGraph.fullyConnected(nodes: 3, dimension: 1)
    var generator = Philox(seed: seed)
    let edges = graph.edges.filter { _ in Bool.random(using: &generator) }
    let truth = LinearGaussianGraph(
      dimensions: [1, 1, 1], edges: edges.map { (parent: $0.parent, child: $0.child) },
      seed: seed)
    let data = LinearGaussianGraphData<Float>(truth, count: 1000, seed: seed + 100)
    let model = LatentGraphModel<Float>.measurementModel(
      graph, indicators: [3, 3, 3], learnsStructure: true, using: &generator)
    let strategy = StructureLearning(
      .straightThrough(temperature: 0.5, annealing: .constant), within: VariationalInference(),
      edgePrior: .bic(for: graph, observations: data.count))
    let trainer = Trainer(
      model, strategy: strategy, optimizer: Adam(learningRate: 0.05),
      settings: TrainingSettings(
        batchSize: 250, seed: seed, schedule: .cosine(duration: 400, final: 0.01)))
    try trainer.fit(data, epochs: 400)
    let found = try #require(StructureReport(model))
    #expect(
      found.mostProbable
        == graph.edges.map { truth.hasEdge(from: $0.parent, to: $0.child) })
  }

  /// The exact marginal of the observations, by dense matrices.
  private static func marginal(
    of model: LatentGraphModel<Double>, gates: Tensor<Double>
  ) -> DenseGaussian {
    let graph = model.graph
    // With z = mean + E ε, mean and E are computed node by node. Every node comes after its
    // parents.
    var (means, effects): ([Tensor<Double>], [Tensor<Double>]) = ([], [])
    for (index, node) in graph.nodes.enumerated() {
      let prior = model.prior.conditionals[index] as! LinearGaussian<Double>
      var mean = prior.bias.value.detached
      let own = Tensor<Double>.identity(graph.dimension).slice(graph.range(of: index), axis: 0)
      var effect = own * prior.logStandardDeviation.value.detached.exp().addingAxis(at: -1)
      var row = 0
      for (edge, gate) in zip(graph.edges, gates.scalars) where edge.child == index {
        let size = graph.nodes[edge.parent].dimension
        let weight = gate * prior.weight!.value.detached.slice(row..<row + size, axis: 0)
        row += size
        mean =
          mean
          + matrixProduct(means[edge.parent].addingAxis(at: 0), weight)
          .reshaped(to: [node.dimension])
        effect = effect + matrixProduct(weight, effects[edge.parent], transposingLeft: true)
      }
      means.append(mean)
      effects.append(effect)
    }
    let likelihood = model.likelihood as! IndicatorObservation<Double>
    let blocks = zip(likelihood.loadings, zip(means, effects)).map { loading, node in
      (
        mean: matrixProduct(node.0.addingAxis(at: 0), loading.weight.value.detached)
          .reshaped(to: [loading.weight.value.shape[1]]) + loading.bias!.value.detached,
        effect: matrixProduct(
          loading.weight.value.detached, node.1, transposingLeft: true)
      )
    }
    let effect = Tensor.concatenated(blocks.map(\.effect), axis: 0)
    let noise = (2 * likelihood.logStandardDeviation.value.detached).exp()
    let covariance =
      matrixProduct(effect, effect, transposingRight: true)
      + Tensor.identity(noise.count) * noise
    return DenseGaussian(
      mean: Tensor.concatenated(blocks.map(\.mean), axis: 0).scalars,
      covariance: Matrix(covariance.vectors))
  }
}
