import Datasets
import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Tensors
import VariationalAutoencoders

/// The conditionals of the nodes: networks with batch norms, as in the Graph VAE, or linear maps.
enum Heads: String, CaseIterable { case batchNorm = "batch-norm", linear }

/// A net of four nodes and six edges, small enough to sum over all 64 structures. It is trained
/// briefly; then the gradient of its loss with respect to the log-odds of the gates is studied.
///
/// The batch and the noise of the latents are the same for all gates, so that all variance and bias
/// are due to the estimator.
struct GradientStudy {
  let model: LatentGraphModel<Double>
  let batch: Tensor<Double>
  /// The exact gradient, `[edges]`.
  let exact: [Double]

  init(heads: Heads, trainingEpochs: Int, seed: UInt64) throws {
    var generator = Philox(seed: seed)
    let source = LinearGaussianGraphData<Double>(
      LinearGaussianGraph(
        dimensions: [1, 1, 1, 1],
        edges: [(parent: 0, child: 1), (parent: 1, child: 2), (parent: 0, child: 3)], seed: seed),
      count: 512, seed: seed &+ 1)
    let bits = source.observations .> 0
    let graph = LatentGraph.fullyConnected(nodes: 4, dimension: 2)
    let (recognition, prior): (BayesNet<Double>, BayesNet<Double>)
    switch heads {
    case .batchNorm:
      recognition = .fusingPosterior(graph, features: 8, hidden: 8, using: &generator)
      prior = .neuralPrior(graph, hidden: 8, using: &generator)
    case .linear:
      recognition = BayesNet(graph) {
        LinearRecognition(features: 8, parents: $1, dimension: 2, using: &generator)
      }
      prior = BayesNet(graph) { LinearGaussian(parents: $1, dimension: 2, using: &generator) }
    }
    model = LatentGraphModel<Double>(
      encoder: MLP([bits.shape[1], 16, 8], hasBatchNorm: true, using: &generator),
      recognition: recognition, prior: prior,
      likelihood: BernoulliObservation(
        MLP([graph.dimension, 16, bits.shape[1]], hasBatchNorm: true, using: &generator)),
      learnsStructure: true)
    let trainer = Trainer(
      model, strategy: StructureLearning(.scoreFunction(), within: VariationalInference()),
      optimizer: Adam(learningRate: 5e-3), settings: TrainingSettings(batchSize: 64, seed: seed))
    try trainer.fit(try TensorRows(bits), epochs: trainingEpochs)
    // Neither decided nor all equal.
    model.edgeLogits!.assign(Tensor([-1, 0.5, 1.5, 0, -0.5, 1]))
    batch = bits.gatheredRows(at: Array(0..<64))
    exact = Self.gradient(of: .exhaustive, model, batch, &generator)
  }

  /// One sample of an estimator.
  func gradient(of estimator: GateEstimator, using generator: inout Philox) -> [Double] {
    Self.gradient(of: estimator, model, batch, &generator)
  }

  private static func gradient(
    of estimator: GateEstimator, _ model: LatentGraphModel<Double>, _ batch: Tensor<Double>,
    _ generator: inout Philox
  ) -> [Double] {
    let loss = StructureLearning(estimator, within: SameNoise()).objective(
      of: batch, under: model, mode: .training, time: 0, using: &generator
    ).loss
    return gradients(of: loss, withRespectTo: [model.edgeLogits!.value])[0].scalars
  }
}

/// Variational inference with the same noise at each call.
private struct SameNoise: InferenceStrategy {
  func objective<Model: LatentVariableModel>(
    of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, time: Double,
    using generator: inout Philox
  ) -> Objective<Model.Scalar> {
    var noise = Philox(seed: 1)
    return VariationalInference().objective(
      of: x, under: model, mode: mode, time: time, using: &noise)
  }
}
