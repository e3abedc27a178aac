import Inference
import LatentGraphs
import NeuralNetworks

/// A small model over a fully connected graph, with binary pixels by default. Its parameters and
/// log-odds are random, away from their initial values.
///
/// There are no batch norms, whose statistics would couple the observations of a batch and the
/// draws.
func smallLatentGraph(
  nodes: Int, dimension: Int = 1, pixels: Int = 4, learnsStructure: Bool = true,
  gates: Tensor<Double>? = nil, sharesGates: Bool = true,
  likelihood: (any ObservationModel<Double>)? = nil, seed: UInt64 = 1
) -> LatentGraphModel<Double> {
  var generator = Philox(seed: seed)
  let graph = LatentGraph.fullyConnected(nodes: nodes, dimension: dimension)
  let recognition = BayesNet<Double>(graph) { node, parents in
    SmallRecognition(
      features: 3, parents: parents, dimension: graph.nodes[node].dimension, using: &generator)
  }
  let prior = BayesNet<Double>(graph) { node, parents in
    SmallPrior(parents: parents, dimension: graph.nodes[node].dimension, using: &generator)
  }
  let model = LatentGraphModel<Double>(
    encoder: MLP([pixels, 3], activatesLast: true, using: &generator), recognition: recognition,
    prior: prior,
    likelihood: likelihood
      ?? BernoulliObservation(MLP([graph.dimension, 4, pixels], using: &generator)),
    learnsStructure: learnsStructure, gates: gates, sharesGates: sharesGates)
  for (_, parameter) in model.namedParameters() {
    parameter.assign(0.7 * .normal(parameter.value.shape, using: &generator))
  }
  return model
}

/// Random binary observations.
func smallImages(_ count: Int, pixels: Int = 4, seed: UInt64 = 2) -> Tensor<Double> {
  var generator = Philox(seed: seed)
  return Tensor.uniform([count, pixels], using: &generator) .< 0.4
}

/// A normal whose moments a small network computes from features and parents.
struct SmallRecognition: Conditional {
  typealias Scalar = Double
  let network: MLP<Double>

  init(features: Int, parents: Int, dimension: Int, using generator: inout Philox) {
    network = MLP([features + parents, 3, 2 * dimension], using: &generator)
  }

  func message(from features: Tensor<Double>, mode: Mode) -> Tensor<Double>? { features }

  func distribution(
    given parents: Tensor<Double>?, message: Tensor<Double>?, mode: Mode
  ) -> any Distribution<Double> {
    guard let parents else { return Normal(moments: network(message!, mode: mode)) }
    let features = message!.broadcast(to: parents.shape.dropLast() + [message!.shape[-1]])
    return Normal(
      moments: network(.concatenated([features, parents], axis: -1), mode: mode))
  }
}

/// A normal whose moments a small network computes from the parents, or parameters at a root.
struct SmallPrior: Conditional {
  typealias Scalar = Double
  let network: MLP<Double>?
  let moments: Parameter<Double>?

  init(parents: Int, dimension: Int, using generator: inout Philox) {
    network = parents > 0 ? MLP([parents, 3, 2 * dimension], using: &generator) : nil
    moments = parents > 0 ? nil : Parameter(.zeros([2 * dimension]))
  }

  func distribution(
    given parents: Tensor<Double>?, message: Tensor<Double>?, mode: Mode
  ) -> any Distribution<Double> {
    Normal(moments: network?(parents!, mode: mode) ?? moments!.value)
  }
}

/// Applies another strategy with the same noise at each call.
struct FixedNoise<Inner: InferenceStrategy>: InferenceStrategy {
  let inner: Inner
  let seed: UInt64

  func objective<Model: LatentVariableModel>(
    of x: Tensor<Model.Scalar>, under model: Model, mode: Mode, time: Double,
    using generator: inout Philox
  ) -> Objective<Model.Scalar> {
    var noise = Philox(seed: seed)
    return inner.objective(of: x, under: model, mode: mode, time: time, using: &noise)
  }
}

extension LatentVariableModel {
  /// The gradient of a loss with respect to all parameters, concatenated.
  func gradient(of loss: Tensor<Scalar>) -> [Double] {
    gradients(of: loss, withRespectTo: namedParameters().map(\.parameter.value))
      .flatMap { $0.scalars.map { Double($0) } }
  }
}
