import LatentGraphs
import NeuralNetworks
import Tensors

/// A net of linear-Gaussian nodes of which some are observed: everything about it is known exactly,
/// the density of an observation and the posterior of the latents too.
///
/// An observation is the values of the observed nodes side by side, the latents those of the others,
/// both in the order of the nodes. Observed nodes may have observed children alone, so that the latents
/// by themselves are a net, the prior. It is trained by `ExactInference`, and by any other strategy:
/// its `q(z|x)` is the exact posterior, so that a bound on the evidence is the evidence.
public struct LinearGaussianModel<Scalar: TensorScalar>: LatentVariableModel, ExactlyInferable {
  /// All nodes, latent and observed.
  public let net: BayesNet<Scalar>
  /// The variables of the observed nodes in the order of the net's variables.
  public let observedVariables: [Int]
  /// The variables of the others.
  public let latentVariables: [Int]
  /// The gates that are in force, `[edges]`; `nil` where all edges are open.
  public private(set) var gates: Tensor<Scalar>?

  /// The net with the nodes of these names observed.
  /// - Parameter gates: `[edges]`; all are open without them.
  /// - Throws: `LatentGraphError`: a name that no node has, a node that is not linear-Gaussian, an
  ///   observed node with a latent child. With no observed or no latent node the caller is stopped.
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
    requireGates(gates, graph)
    require(
      isObserved.contains(true) && isObserved.contains(false),
      "a model of \(graph.nodes.count) nodes of which \(names.count) are observed; it takes some of "
        + "both kinds")
    self.net = net
    self.gates = gates
    observedVariables = graph.nodes.indices.filter { isObserved[$0] }.flatMap(graph.range(of:))
    latentVariables = graph.nodes.indices.filter { !isObserved[$0] }.flatMap(graph.range(of:))
  }

  /// The same model with these gates, `[edges]`.
  public func gated(by gates: Tensor<Scalar>) -> Self {
    requireGates(gates, net.graph)
    var model = self
    model.gates = gates
    return model
  }

  /// The Gaussian of all variables.
  /// - Throws: `LatentGraphError` for a deviation of 0 or coefficients that are not finite.
  public func joint() throws -> GaussianGraphicalModel<Scalar> { try net.compiled(gates: gates) }

  /// `p(z|x)`, exact, of batch `[batch]`: a solve for each observation with one factorization for
  /// all. Means and variances that are no numbers where the parameters leave no Gaussian or an
  /// observation is not finite.
  public func posterior(of x: Tensor<Scalar>, mode: Mode) -> GaussianGraphicalModel<Scalar> {
    orUndefined(latentVariables.count, x.shape.droppingLast()) {
      try joint().conditioned(on: Evidence(of: observedVariables, values: x))
    }
  }

  /// `log p(x)` and `KL(p(z|x) ‖ p(z))` of each observation, exact.
  /// - Throws: As `joint()`; `GraphicalModelError.evidenceNotFinite`, with the variable of the net, where
  ///   an observation has a number that is not finite.
  public func exactEvidence(of x: Tensor<Scalar>) throws -> ExactEvidence<Scalar> {
    let (posterior, logDensity) = try joint().conditionedWithLogDensity(
      on: Evidence(of: observedVariables, values: x))
    let prior = try prior()
    return ExactEvidence(
      logDensity: logDensity, klDivergence: LatentGraphs.klDivergence(posterior, prior))
  }

  /// Draws from the exact posterior.
  public func sample(
    from posterior: GaussianGraphicalModel<Scalar>, draws: Int, mode: Mode,
    using generator: inout Philox
  ) -> LatentSample<Scalar> {
    let z = posterior.sample(draws, using: &generator)
    let prior = orUndefined(latentVariables.count, []) { try self.prior() }
    return LatentSample(
      latents: z, divergences: { klDivergence(posterior, prior).addingAxis(at: 0) },
      logRatio: { prior.logDensity(of: z) - posterior.logDensity(of: z) })
  }

  /// `p(x|z)`, a Gaussian graphical model of the observed variables.
  public func observation(
    given latents: Tensor<Scalar>, mode: Mode
  ) -> any Distribution<Scalar> {
    orUndefined(observedVariables.count, latents.shape.droppingLast()) {
      try joint().conditioned(on: Evidence(of: latentVariables, values: latents))
    }
  }

  /// Draws from the prior.
  public func samplePrior(_ count: Int, using generator: inout Philox) -> Tensor<Scalar> {
    withoutRecording {
      let prior = orUndefined(latentVariables.count, []) { try self.prior() }
      return prior.sample(count, using: &generator)
    }
  }

  /// `p(z)`, the net of the latent nodes, of whose parents none is observed.
  /// - Throws: As `joint()`.
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

  /// The model, or one of means and variances that are no numbers where the parameters of a diverging
  /// run have left none, or where values are not finite: they go on into the loss, which ends the run
  /// by its typed error.
  private func orUndefined(
    _ dimension: Int, _ batch: Shape, _ model: () throws -> GaussianGraphicalModel<Scalar>
  ) -> GaussianGraphicalModel<Scalar> {
    do {
      return try model()
    } catch  where isOfDivergence(error) {
      return GaussianGraphicalModel(
        mean: .full(.nan, batch + [dimension]),
        precision: DiagonalPrecision(logFactor: .full(.nan, [dimension])))
    } catch {
      stop("a linear-Gaussian model of \(net.graph.nodes.count) nodes: \(error)")
    }
  }
}

/// Whether an error is of numbers that a diverging run or damaged data have left, not of a model that
/// does not fit its data.
func isOfDivergence(_ error: any Error) -> Bool {
  switch error {
  case GraphicalModelError.evidenceNotFinite, GraphicalModelError.evidenceTooFar,
    LatentGraphError.deviation, LatentGraphError.coefficients:
    true
  default: error is NotPositiveDefinite
  }
}

private func requireGates<Scalar>(_ gates: Tensor<Scalar>?, _ graph: LatentGraph) {
  require(
    gates.map { $0.shape == [graph.edges.count] } ?? true,
    "gates of shape \(gates?.shape ?? []) for \(graph.edges.count) edges")
}
