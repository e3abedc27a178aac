import Datasets
import Inference
import LatentGraphs
import NeuralNetworks
import Tensors
import VariationalAutoencoders

/// A known latent graph, and the result of structure learning on samples from it.
struct Recovery {
  /// The true graph of the observations.
  let truth: LinearGaussianGraph
  /// The possible edges: from each node to all nodes after it.
  let graph: LatentGraph
  let data: LinearGaussianGraphData<Float>
  let seed: UInt64

  /// A graph of scalar nodes in a known order, in which each edge exists with probability ½.
  init(nodes: Int, observations: Int, seed: UInt64) {
    graph = .fullyConnected(nodes: nodes, dimension: 1)
    var coins = Philox(seed: seed).split(0)
    let edges = graph.edges.filter { _ in Bool.random(using: &coins) }
    truth = LinearGaussianGraph(
      dimensions: Array(repeating: 1, count: nodes),
      edges: edges.map { (parent: $0.parent, child: $0.child) }, seed: seed)
    data = LinearGaussianGraphData(truth, count: observations, seed: seed &+ 1_000_000)
    self.seed = seed
  }

  /// Whether each edge of `graph` exists in the true graph.
  var trueEdges: [Bool] {
    graph.edges.map { truth.hasEdge(from: $0.parent, to: $0.child) }
  }

  /// The probabilities of the edges after training.
  func learned(
    by estimator: GateEstimator, prior: EdgePrior?, sharesGates: Bool, epochs: Int, rate: Double
  ) throws -> (report: StructureReport, bound: Double) {
    var generator = Philox(seed: seed).split(1)
    let model = LatentGraphModel<Float>.measurementModel(
      graph, indicators: graph.nodes.indices.map { truth.indicators(of: $0).count },
      learnsStructure: true, sharesGates: sharesGates, using: &generator)
    let trainer = Trainer(
      model,
      strategy: StructureLearning(estimator, within: VariationalInference(), edgePrior: prior),
      optimizer: Adam(learningRate: rate),
      settings: TrainingSettings(
        batchSize: min(250, data.count), seed: seed,
        schedule: .cosine(duration: Double(epochs), final: 0.01)))
    try trainer.fit(data, epochs: epochs)
    let bound = evidenceLowerBound(of: data, under: model, draws: 20, using: &generator)
    return (StructureReport(model)!, bound.evidenceLowerBound)
  }
}
