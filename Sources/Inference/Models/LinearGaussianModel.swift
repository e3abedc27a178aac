import LatentGraphs
import NeuralNetworks
import Tensors

/// A net of linear-Gaussian nodes, some of which are observed. The density of an observation and
/// the posterior of the latents are computed exactly.
///
/// An observation consists of the values of the observed nodes, and the latents of those of the
/// other nodes, both in the order of the nodes. The children of an observed node must be observed,
/// so that the latent nodes form a net, the prior. The model can be trained with `ExactInference`
/// and with any other strategy. Since `q(z|x)` is the exact posterior, the evidence lower bound
/// equals the log-evidence.
public struct LinearGaussianModel<Scalar: TensorScalar>: LatentVariableModel, ExactlyInferable {
  /// All nodes, latent and observed.
  public let net: BayesNet<Scalar>
  /// The variables of the observed nodes in the order of the net's variables.
  public let observedVariables: [Int]
  /// The variables of the latent nodes.
  public let latentVariables: [Int]
  /// The gates that the model uses, `[edges]`; `nil` if all edges are open.
  public let gates: Tensor<Scalar>?

  /// The model in which the nodes with these names are observed. The program stops if no node or
  /// every node is observed.
  /// - Parameter gates: `[edges]`; by default all edges are open.
  /// - Throws: `LatentGraphError` if no node has one of the names, a node is not linear-Gaussian,
  ///   or an observed node has a latent child.
  public init(
    _ net: BayesNet<Scalar>, observed names: [String], gates: Tensor<Scalar>? = nil
  ) throws {
    let graph = net.graph
    var isObserved = [Bool](repeating: false, count: graph.nodes.count)
    for name in names {
      guard let index = graph.index(of: name) else {
        throw LatentGraphError.unknownNode(name, nodes: graph.nodes.map(\.name))
      }
      isObserved[index] = true
    }
    for (node, conditional) in zip(graph.nodes, net.conditionals)
    where !(conditional is any LinearGaussianConditional<Scalar>) {
      throw LatentGraphError.notLinearGaussian(node: node.name)
    }
    for edge in graph.edges where isObserved[edge.parent] && !isObserved[edge.child] {
      throw LatentGraphError.observed(
        node: graph.nodes[edge.parent].name, child: graph.nodes[edge.child].name)
    }
    requireFit(gates, graph)
    require(
      isObserved.contains(true) && isObserved.contains(false),
      "a model of \(graph.nodes.count) nodes got \(names.count) observed ones; there must be both "
        + "observed and latent nodes")
    self.net = net
    self.gates = gates
    observedVariables = graph.nodes.indices.filter { isObserved[$0] }.flatMap(graph.range(of:))
    latentVariables = graph.nodes.indices.filter { !isObserved[$0] }.flatMap(graph.range(of:))
  }

  /// The joint Gaussian of all variables.
  /// - Throws: `LatentGraphError` if a standard deviation is 0 or coefficients are not finite.
  public func joint() throws -> GaussianGraphicalModel<Scalar> { try net.compiled(gates: gates) }

  /// The exact `p(z|x)`, with the batch `[batch]`. All observations share one factorization; each
  /// takes a solve. Means and variances are NaN if the parameters do not define a Gaussian or an
  /// observation is not finite.
  public func posterior(of x: Tensor<Scalar>, mode: Mode) -> GaussianGraphicalModel<Scalar> {
    orUndefined(latentVariables.count, x.shape.dropLast()) {
      try joint().conditioned(on: Evidence(of: observedVariables, values: x))
    }
  }

  /// The exact `log p(x)` and `KL(p(z|x) ‖ p(z))` of each observation.
  /// - Throws: as `joint()`; `GraphicalModelError.evidenceNotFinite`, with the variable of the net,
  ///   if an observation is not finite.
  public func exactMarginal(of x: Tensor<Scalar>) throws -> ExactMarginal<Scalar> {
    let (posterior, logDensity) = try joint().conditionedWithLogDensity(
      on: Evidence(of: observedVariables, values: x))
    let prior = try prior()
    return ExactMarginal(
      logDensity: logDensity, klDivergence: posterior.klDivergence(from: prior))
  }

  /// Samples from the exact posterior.
  public func sample(
    from posterior: GaussianGraphicalModel<Scalar>, draws: Int, mode: Mode,
    using generator: inout Philox
  ) -> LatentSample<Scalar> {
    let z = posterior.sample(draws, using: &generator)
    let prior = orUndefined(latentVariables.count, []) { try self.prior() }
    return LatentSample(
      latents: z, divergences: { posterior.klDivergence(from: prior).addingAxis(at: 0) },
      logRatio: { prior.logDensity(of: z) - posterior.logDensity(of: z) },
      pathLogRatio: { prior.logDensity(of: $0) - constant(posterior).logDensity(of: $0) })
  }

  /// The posterior with constant parameters.
  private func constant(
    _ posterior: GaussianGraphicalModel<Scalar>
  ) -> GaussianGraphicalModel<Scalar> {
    orUndefined(latentVariables.count, posterior.batchShape) {
      let precision = posterior.precision
      return GaussianGraphicalModel(
        mean: posterior.mean.detached,
        precision: try precision.withParameters(precision.parameters.map(\.detached)))
    }
  }

  /// `p(x|z)`, a Gaussian graphical model of the observed variables.
  public func observation(
    given latents: Tensor<Scalar>, mode: Mode
  ) -> any Distribution<Scalar> {
    orUndefined(observedVariables.count, latents.shape.dropLast()) {
      try joint().conditioned(on: Evidence(of: latentVariables, values: latents))
    }
  }

  /// Samples from the prior.
  public func samplePrior(_ count: Int, using generator: inout Philox) -> Tensor<Scalar> {
    withoutRecording {
      let prior = orUndefined(latentVariables.count, []) { try self.prior() }
      return prior.sample(count, using: &generator)
    }
  }

  /// `p(z)`, which is defined by the net of the latent nodes, since their parents are latent.
  /// - Throws: as `joint()`.
  public func prior() throws -> GaussianGraphicalModel<Scalar> {
    let (graph, latent) = (net.graph, Set(latentVariables))
    let isLatent = graph.nodes.indices.map { latent.contains(graph.range(of: $0).lowerBound) }
    let nodes = graph.nodes.indices.filter { isLatent[$0] }
    let edges = graph.edges.indices.filter { isLatent[graph.edges[$0].child] }
    let latentNet = BayesNet(
      try LatentGraph(nodes.map { graph.nodes[$0] }),
      conditionals: nodes.map { net.conditionals[$0] })
    return try latentNet.compiled(gates: gates?.gathered(at: edges))
  }

  /// The model, or a Gaussian with NaN means and variances if the parameters of a diverging run
  /// define no Gaussian or if values are not finite. The NaN propagates to the loss, which ends the
  /// run with its typed error.
  private func orUndefined(
    _ dimension: Int, _ batch: Shape, _ model: () throws -> GaussianGraphicalModel<Scalar>
  ) -> GaussianGraphicalModel<Scalar> {
    do {
      return try model()
    } catch  where isNumericalFailure(error) {
      return GaussianGraphicalModel(
        mean: .full(.nan, batch + [dimension]),
        precision: DiagonalPrecision(logFactor: .full(.nan, [dimension])))
    } catch {
      stop("a linear-Gaussian model of \(net.graph.nodes.count) nodes: \(error)")
    }
  }
}

/// Whether an error is caused by a diverging run or by damaged data, and not by a model that does
/// not match its data.
func isNumericalFailure(_ error: any Error) -> Bool {
  switch error {
  case GraphicalModelError.evidenceNotFinite, GraphicalModelError.evidenceTooFar,
    LatentGraphError.deviation, LatentGraphError.coefficients:
    true
  default: error is NotPositiveDefinite
  }
}

extension LinearGaussianModel: ArchitectureDescribing {
  /// The description in a checkpoint: the observed variables and the gates.
  public var architecture: String {
    let observed = observedVariables.map { "\($0)" }.joined(separator: " ")
    let gates = gates.map { ", gates " + $0.scalars.map { "\($0)" }.joined(separator: " ") } ?? ""
    return "linear-gaussian-model(observes \(observed)\(gates))"
  }
}
