import Inference
import LatentGraphs
import NeuralNetworks
import Tensors

extension LatentGraphModel {
  /// A linear-Gaussian latent graph with a block of indicators for each node: a structural equation
  /// model with a measurement model (K. A. Bollen, *Structural Equations with Latent Variables*,
  /// 1989). Its edges can be identified, unlike those of a net whose decoder sees all nodes.
  ///
  ///     zₙ = Bₙ zₚₐ₍ₙ₎ + bₙ + sₙ ε       the prior, with gates on its edges
  ///     xₙ = Cₙ zₙ + dₙ + tₙ η           the indicators of node n, in the order of the nodes
  ///
  /// The recognition net is linear too: `q(zₙ | x, parents)` depends on the whole of `x`. If all of
  /// its edges are open (`sharesGates` is false, the default) and the graph has an edge between
  /// every pair of nodes, it contains the exact posterior for any gates. The bound is then tight,
  /// and no edge is kept only to improve the posterior.
  ///
  /// - Parameters:
  ///   - graph: The nodes and the possible edges.
  ///   - indicators: The number of indicators of each node.
  public static func measurementModel(
    _ graph: LatentGraph, indicators: [Int], learnsStructure: Bool = false,
    gates: Tensor<Scalar>? = nil, sharesGates: Bool = false, using generator: inout Philox
  ) -> LatentGraphModel {
    let pixels = indicators.reduce(0, +)
    let recognition = BayesNet<Scalar>(graph) { node, parents in
      LinearRecognition(
        features: pixels, parents: parents, dimension: graph.nodes[node].dimension,
        using: &generator)
    }
    let prior = BayesNet<Scalar>(graph) { node, parents in
      LinearGaussian(
        parents: parents, dimension: graph.nodes[node].dimension, using: &generator)
    }
    return LatentGraphModel(
      encoder: Identity(), recognition: recognition, prior: prior,
      likelihood: IndicatorObservation(
        dimensions: graph.nodes.map(\.dimension), indicators: indicators, using: &generator),
      learnsStructure: learnsStructure, gates: gates, sharesGates: sharesGates)
  }
}

/// A recognition node that is linear in the features and the parents, with constant variances:
/// `z ~ N(A·features + B·parents + b, diag(deviation²))`.
public struct LinearRecognition<Scalar: TensorScalar>: Conditional {
  /// `A` and `b`: the features' contribution to the mean.
  public let fromFeatures: Dense<Scalar>
  /// `B`: the parents' contribution to the mean; `nil` at a root.
  public let fromParents: Dense<Scalar>?
  /// The logarithms of the standard deviations, `[dimension]`.
  public let logStandardDeviation: Parameter<Scalar>

  /// A node of `dimension` variables; `parents` is the total dimension of the parents, 0 at a root.
  public init(features: Int, parents: Int, dimension: Int, using generator: inout Philox) {
    fromFeatures = Dense(features, dimension, using: &generator)
    fromParents =
      parents > 0 ? Dense(parents, dimension, hasBias: false, using: &generator) : nil
    logStandardDeviation = Parameter(.zeros([dimension]))
  }

  /// The features' contribution to the mean, `[batch, dimension]`.
  public func message(from features: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar>? {
    fromFeatures(features, mode: mode)
  }

  /// The normal distribution whose mean is the sum of both contributions.
  public func distribution(
    given parents: Tensor<Scalar>?, message: Tensor<Scalar>?, mode: Mode
  ) -> any Distribution<Scalar> {
    require(message != nil, "a linear recognition node got no contribution of the features")
    var mean = message!
    if let fromParents {
      require(
        parents != nil, "a linear recognition node with parents was used at a node without parents")
      mean = fromParents(parents!, mode: mode) + mean
    }
    return Normal(mean: mean, logStandardDeviation: logStandardDeviation.value)
  }
}

/// Observations in blocks, one for each node. Each block is linear in its own node, with Gaussian
/// noise: `xₙ ~ N(Cₙ zₙ + dₙ, diag(tₙ²))`.
public struct IndicatorObservation<Scalar: TensorScalar>: ObservationModel {
  /// `Cₙᵀ` and `dₙ` of each node.
  public let loadings: [Dense<Scalar>]
  /// The logarithms of the noise's standard deviations, `[pixels]`.
  public let logStandardDeviation: Parameter<Scalar>

  /// An observation model with this many indicators for each node, given the nodes' dimensions.
  public init(dimensions: [Int], indicators: [Int], using generator: inout Philox) {
    require(
      dimensions.count == indicators.count,
      "indicators are given for \(indicators.count) nodes, but there are \(dimensions.count)")
    loadings = zip(dimensions, indicators).map { Dense($0, $1, using: &generator) }
    logStandardDeviation = Parameter(.zeros([indicators.reduce(0, +)]))
  }

  /// Independent normal variables, block by block.
  public func distribution(
    given latents: Tensor<Scalar>, mode: Mode
  ) -> any Distribution<Scalar> {
    let nodes = latents.split(sizes: loadings.map { $0.weight.value.shape[0] })
    let blocks = zip(nodes, loadings).map { node, loading in loading(node, mode: mode) }
    return Normal(
      mean: .concatenated(blocks, axis: -1), logStandardDeviation: logStandardDeviation.value)
  }
}
