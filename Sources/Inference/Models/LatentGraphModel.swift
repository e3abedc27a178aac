import LatentGraphs
import NeuralNetworks
import Tensors

/// A latent variable model with a graph. It consists of a prior `BayesNet`, a recognition
/// `BayesNet` on the same graph whose nodes depend on the encoded observation, and an observation
/// model.
///
/// With the prior and the posterior of He et al. (2019, section 3) this is a Graph VAE; any other
/// latent graph can be used. If the structure is learned, each edge has a gate with the log-odds
/// `edgeLogits`. A strategy samples the gates and computes the posterior with them
/// (`posterior(of:gates:mode:)`); otherwise the model has its most probable structure.
public struct LatentGraphModel<Scalar: TensorScalar>: LatentVariableModel {
  /// The encoder, from observations to features.
  public let encoder: any Layer<Scalar>
  /// `q(z|x)`.
  public let recognition: BayesNet<Scalar>
  /// `p(z)`.
  public let prior: BayesNet<Scalar>
  /// `p(x|z)`.
  public let likelihood: any ObservationModel<Scalar>
  /// The log-odds of the gates, `[edges]`; `nil` if the structure is not learned.
  public let edgeLogits: Parameter<Scalar>?
  /// The indices of the nodes on which the observation model depends; all by default.
  public let decodedNodes: [Int]
  /// Whether the prior and the posterior have the same gates. Otherwise all edges of the posterior
  /// are open (the ablation in section 4 of He et al.).
  public let sharesGates: Bool
  /// The gates of a structure that is fixed but not fully connected, `[edges]`.
  private let fixedGates: Tensor<Scalar>?

  /// A model with these parts.
  ///
  /// - Parameters:
  ///   - learnsStructure: whether the edges have learned gates, which are initially open with the
  ///     probability ½. The most probable structure then has all edges, and an edge leaves it as soon
  ///     as its log-odds are negative.
  ///   - gates: fixed gates, `[edges]`, of a structure that is not learned; `nil` if all edges are
  ///     open.
  ///   - decodedNodes: the indices of the nodes on which the observation model depends; all by
  ///     default.
  public init(
    encoder: any Layer<Scalar>, recognition: BayesNet<Scalar>, prior: BayesNet<Scalar>,
    likelihood: any ObservationModel<Scalar>, learnsStructure: Bool = false,
    gates: Tensor<Scalar>? = nil, decodedNodes: [Int]? = nil, sharesGates: Bool = true
  ) {
    let graph = prior.graph
    require(
      graph == recognition.graph,
      "a prior on the nodes \(graph.nodes.map(\.name)) got a posterior on "
        + "\(recognition.graph.nodes.map(\.name)); the graphs must be the same")
    requireFit(gates, graph)
    require(
      gates == nil || !learnsStructure,
      "a structure that is learned got fixed gates; remove one of the two, or fix the structure of "
        + "a trained model by frozenStructure()")
    require(
      decodedNodes.map { !$0.isEmpty && $0.allSatisfy(graph.nodes.indices.contains) } ?? true,
      "the decoded nodes \(decodedNodes ?? []) are not among the \(graph.nodes.count) nodes")
    self.encoder = encoder
    self.recognition = recognition
    self.prior = prior
    self.likelihood = likelihood
    self.decodedNodes = decodedNodes ?? Array(graph.nodes.indices)
    self.sharesGates = sharesGates
    edgeLogits =
      learnsStructure && !graph.edges.isEmpty ? Parameter(.zeros([graph.edges.count])) : nil
    fixedGates = gates
  }

  /// The graph of the latents.
  public var graph: LatentGraph { prior.graph }

  /// The gates of the model's structure, `[edges]`: those that were given or, if the structure is
  /// learned, those of the most probable one; `nil` if all edges are open.
  public var gates: Tensor<Scalar>? {
    fixedGates
      ?? edgeLogits.map {
        let logits = $0.value.detached
        return (logits .== logits).select(logits .>= 0, logits)
      }
  }

  /// The model with its most probable structure, which is no longer learned. It shares the other
  /// parameters with this model.
  public func frozenStructure() -> Self {
    Self(
      encoder: encoder, recognition: recognition, prior: prior, likelihood: likelihood,
      gates: gates, decodedNodes: decodedNodes, sharesGates: sharesGates)
  }

  /// `q(z|x)` for a batch of observations, under one structure.
  public struct Posterior {
    /// The message to each node, `[batch, …]`.
    public let messages: [Tensor<Scalar>?]
    /// The gates of the structure, `[edges]`; `nil` if all edges are open.
    public let gates: Tensor<Scalar>?
    /// The number of observations, `batch`.
    public let batch: Int
  }

  /// The posterior under the model's structure: the messages that the recognition net computes from
  /// the encoded observations, and `gates`.
  public func posterior(of x: Tensor<Scalar>, mode: Mode) -> Posterior {
    Posterior(messages: messages(from: x, mode: mode), gates: gates, batch: x.shape[0])
  }

  /// The posterior under the structure with these gates.
  public func posterior(of x: Tensor<Scalar>, gates: Tensor<Scalar>, mode: Mode) -> Posterior {
    requireFit(gates, graph)
    return Posterior(messages: messages(from: x, mode: mode), gates: gates, batch: x.shape[0])
  }

  private func messages(from x: Tensor<Scalar>, mode: Mode) -> [Tensor<Scalar>?] {
    require(
      x.rank == 2,
      "observations of shape \(x.shape), which is not [batch, variables]; use [1, variables] for "
        + "one observation")
    return recognition.messages(from: encoder(x, mode: mode), mode: mode)
  }

  /// Samples latents by ancestral sampling in the recognition net.
  public func sample(
    from posterior: Posterior, draws: Int, mode: Mode, using generator: inout Philox
  ) -> LatentSample<Scalar> {
    let gates = posterior.gates
    let ownGates = sharesGates ? gates : nil
    let sample = recognition.sample(
      [draws, posterior.batch], scoredBy: prior, messages: posterior.messages,
      gates: ownGates, otherGates: gates, mode: mode, using: &generator)
    return LatentSample(
      latents: sample.latents, divergences: { sample.divergences },
      logRatio: {
        -sampledDivergences(sample.trace(0), sample.trace(1)).reduce(.zeros([]), +)
      },
      pathLogRatio: { latents in
        let values = latents.split(sizes: graph.nodes.map { $0.dimension })
        let p = prior.trace(at: values, gates: gates, mode: mode)
        let q = withConstantParameters {
          recognition.trace(
            at: values, messages: posterior.messages.map { $0?.detached },
            gates: ownGates?.detached, mode: mode)
        }
        return sample.refusingLostDraws(p.logDensity - q.logDensity, at: values)
      })
  }

  /// `p(x|z)`.
  public func observation(
    given latents: Tensor<Scalar>, mode: Mode
  ) -> any Distribution<Scalar> {
    if decodedNodes == Array(graph.nodes.indices) {
      return likelihood.distribution(given: latents, mode: mode)
    }
    let parts = decodedNodes.map { latents.slice(graph.range(of: $0), axis: -1) }
    return likelihood.distribution(given: .concatenated(parts, axis: -1), mode: mode)
  }

  /// The first element that is outside the support of the observation model.
  public func firstOutsideSupport(_ x: Tensor<Scalar>) -> UnsupportedElement? {
    likelihood.firstOutsideSupport(x)
  }

  /// `LatentGraphError.notReparameterized` for the first node of the recognition net whose values have
  /// no derivative.
  public func refusalOfGradients(at x: Tensor<Scalar>) -> (any Error)? {
    if recognition.areAllNormal { return nil }
    let posterior = posterior(of: x, mode: .evaluation)
    return recognition.firstNodeWithoutGradients([posterior.batch], messages: posterior.messages)
      .map { LatentGraphError.notReparameterized(node: $0) }
  }

  /// Latents from ancestral sampling in the prior, `[count, latents]`, in the order of the graph's
  /// nodes.
  public func samplePrior(_ count: Int, using generator: inout Philox) -> Tensor<Scalar> {
    withoutRecording { prior.sample([count], gates: gates, using: &generator).latents }
  }

  /// The same under the structure with these gates.
  public func samplePrior(
    _ count: Int, gates: Tensor<Scalar>, using generator: inout Philox
  ) -> Tensor<Scalar> {
    requireFit(gates, graph)
    return withoutRecording { prior.sample([count], gates: gates, using: &generator).latents }
  }
}

extension LatentGraphModel: ArchitectureDescribing {
  /// The description in a checkpoint of the properties that are not determined by arrays or parts.
  public var architecture: String {
    let gates =
      fixedGates.map { ", gates " + $0.scalars.map { "\($0)" }.joined(separator: " ") } ?? ""
    return "latent-graph-model(decodes \(decodedNodes.map { "\($0)" }.joined(separator: " ")), "
      + "\(sharesGates ? "one set of gates" : "gates of the prior alone")\(gates))"
  }
}

/// Stops the program if gates do not have the shape `[edges]`, or if one is not from 0 to 1. NaN gates
/// of a diverging run are accepted; the NaN propagates to the loss.
func requireFit<Scalar>(_ gates: Tensor<Scalar>?, _ graph: LatentGraph) {
  guard let gates else { return }
  require(
    gates.shape == [graph.edges.count],
    "gates of shape \(gates.shape) for \(graph.edges.count) edges")
  if let edge = gates.scalars.firstIndex(where: { $0 < 0 || $0 > 1 }) {
    let names = [graph.edges[edge].parent, graph.edges[edge].child].map { graph.nodes[$0].name }
    stop(
      "the gate of the edge \(names.joined(separator: " → ")) is \(gates.scalars[edge]); gates are "
        + "from 0 to 1")
  }
}
