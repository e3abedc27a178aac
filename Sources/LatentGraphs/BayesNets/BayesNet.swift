import NeuralNetworks
import Tensors

/// A directed graphical model: a graph of named nodes and the conditional of each.
///
/// `p(z) = Πₙ p(zₙ | zₚₐ₍ₙ₎)`. The same type serves as the prior of a model and, with conditionals
/// that look at the observation, as its posterior. Edges may have gates, which multiply what the
/// child sees of the parent (He et al., 2019, section 3.2): `[edges]`, in the order of
/// `LatentGraph.edges`; a gate of 0 closes an edge.
public struct BayesNet<Scalar: TensorScalar>: Module {
  /// The nodes and edges.
  public let graph: LatentGraph
  /// The conditionals, one a node.
  public let conditionals: [any Conditional<Scalar>]

  /// A net with these conditionals, one for each node of the graph.
  public init(_ graph: LatentGraph, conditionals: [any Conditional<Scalar>]) {
    require(
      conditionals.count == graph.nodes.count,
      "\(conditionals.count) conditionals for \(graph.nodes.count) nodes")
    self.graph = graph
    self.conditionals = conditionals
  }

  /// A net whose conditionals a closure makes, given the node's index and the number of variables of
  /// its parents.
  public init(
    _ graph: LatentGraph,
    conditional: (_ node: Int, _ parents: Int) -> any Conditional<Scalar>
  ) {
    self.init(
      graph,
      conditionals: graph.nodes.indices.map { conditional($0, graph.parentDimension(of: $0)) })
  }

  /// The top-down prior of the Graph VAE: `N(0, I)` at the roots, and elsewhere a normal whose
  /// moments a network makes of the parents.
  public static func neuralPrior(
    _ graph: LatentGraph, hidden: Int = 128, using generator: inout Philox
  ) -> BayesNet {
    BayesNet(graph) { node, parents in
      let dimension = graph.nodes[node].dimension
      return parents == 0
        ? StandardNormal(dimension)
        : NeuralGaussian(
          parents: parents, dimension: dimension, hidden: hidden, using: &generator)
    }
  }

  /// The posterior of the Graph VAE: predictions from the observation and from the parents, fused by
  /// their precisions.
  public static func fusingPosterior(
    _ graph: LatentGraph, features: Int, hidden: Int = 128, using generator: inout Philox
  ) -> BayesNet {
    BayesNet(graph) { node, parents in
      PrecisionWeightedFusion(
        features: features, parents: parents, dimension: graph.nodes[node].dimension,
        hidden: hidden, using: &generator)
    }
  }
}

/// Where the values of a pass through a net come from.
private enum Source<Scalar: TensorScalar> {
  /// Drawn with standard normal noise, `[rows…, dimension]`.
  case noise(Tensor<Scalar>)
  /// Given; the distribution is that of the node.
  case value(Tensor<Scalar>)
  /// Fixed by an intervention: the node has no distribution.
  case fixed(Tensor<Scalar>)
}

extension BayesNet {
  /// What each node takes from the encoder's features `[batch, features]`, node by node.
  @specialized(where Scalar == Float)
  public func evidence(from features: Tensor<Scalar>, mode: Mode) -> [Tensor<Scalar>?] {
    let heads = conditionals.map { ($0 as? any HeadedConditional<Scalar>)?.bottomUp }
    let present = heads.compactMap { $0 }
    var moments = NormalHead.jointMoments(
      present, of: present.map { _ in features }, mode: mode
    )[...]
    return zip(conditionals, heads).map { conditional, head in
      head == nil ? conditional.evidence(from: features, mode: mode) : moments.removeFirst()
    }
  }

  /// Ancestral sampling: each node behind its parents.
  ///
  /// - Parameters:
  ///   - noise: standard normal numbers for each node, `[rows…, dimension]` with the same rows for
  ///     all. Gradients flow to the noise and to all parameters; zeros give each node's mean.
  ///   - evidence: what `evidence(from:mode:)` gave, by node; empty where there is no observation.
  ///     Its rows are the last of `[rows…]`.
  ///   - gates: `[edges]`; `nil` where all edges are open.
  ///   - intervening: values `[dimension]` or `[rows…, dimension]` that nodes are set to whatever
  ///     their parents; they have no density.
  ///   - conditioning: values of roots that are known; their density counts.
  /// - Throws: `LatentGraphError` for names and values that do not fit, and where a node that is
  ///   conditioned on has parents.
  public func sample(
    noise: [Tensor<Scalar>], evidence: [Tensor<Scalar>?] = [], gates: Tensor<Scalar>? = nil,
    intervening: [String: Tensor<Scalar>] = [:], conditioning: [String: Tensor<Scalar>] = [:],
    mode: Mode = .evaluation
  ) throws -> Trace<Scalar> {
    require(
      noise.count == graph.nodes.count,
      "noise for \(noise.count) of \(graph.nodes.count) nodes")
    var sources = noise.map { Source.noise($0) }
    let rows = noise[0].shape.droppingLast()
    for (name, value) in intervening {
      sources[try index(of: name)] = .fixed(try fit(value, to: name, rows: rows))
    }
    for (name, value) in conditioning {
      let node = try index(of: name)
      guard graph.nodes[node].parents.isEmpty else {
        throw LatentGraphError.notARoot(node: name, parents: graph.nodes[node].parents)
      }
      sources[node] = .value(try fit(value, to: name, rows: rows))
    }
    return pass(sources, evidence: evidence, gates: gates, mode: mode)
  }

  /// Values of all nodes drawn for `[rows…]`.
  public func sample(
    _ rows: Shape, evidence: [Tensor<Scalar>?] = [], gates: Tensor<Scalar>? = nil,
    mode: Mode = .evaluation, using generator: inout Philox
  ) -> Trace<Scalar> {
    let sources = graph.nodes.map {
      Source.noise(Tensor<Scalar>.normal(rows + [$0.dimension], using: &generator))
    }
    return pass(sources, evidence: evidence, gates: gates, mode: mode)
  }

  /// The distributions of all nodes at given values `[rows…, dimension]`, by node; the trace's
  /// `logDensity` is the log-density of the values.
  public func trace(
    at values: [Tensor<Scalar>], evidence: [Tensor<Scalar>?] = [], gates: Tensor<Scalar>? = nil,
    mode: Mode = .evaluation
  ) -> Trace<Scalar> {
    require(
      values.map { $0.shape[-1] } == graph.nodes.map { $0.dimension },
      "values of shapes \(values.map(\.shape)) for nodes of \(graph.nodes.map(\.dimension))")
    return pass(values.map { .value($0) }, evidence: evidence, gates: gates, mode: mode)
  }

  @specialized(where Scalar == Float)
  private func pass(
    _ sources: [Source<Scalar>], evidence: [Tensor<Scalar>?], gates: Tensor<Scalar>?, mode: Mode
  ) -> Trace<Scalar> {
    require(
      evidence.isEmpty || evidence.count == graph.nodes.count,
      "evidence for \(evidence.count) of \(graph.nodes.count) nodes")
    require(
      gates.map { $0.shape == [graph.edges.count] } ?? true,
      "gates of shape \(gates.map { "\($0.shape)" } ?? "") for \(graph.edges.count) edges")
    var values = [Tensor<Scalar>?](repeating: nil, count: graph.nodes.count)
    var distributions = [(any ReparameterizedDistribution<Scalar>)?](
      repeating: nil, count: graph.nodes.count)
    for node in graph.order {
      if case .fixed(let value) = sources[node] {
        values[node] = value
        continue
      }
      let parents = graph.parents(of: node).map { values[$0]! }
      let distribution = conditionals[node].distribution(
        given: parents.isEmpty
          ? nil : gatedParents(parents, gates: gates, range: graph.incoming[node]),
        evidence: evidence.isEmpty ? nil : evidence[node], mode: mode)
      distributions[node] = distribution
      switch sources[node] {
      case .noise(let noise): values[node] = distribution.sample(noise: noise)
      case .value(let value), .fixed(let value): values[node] = value
      }
    }
    return Trace(graph: graph, values: values.map { $0! }, conditionals: distributions)
  }

  private func index(of name: String) throws -> Int {
    guard let index = graph.index(of: name) else { throw LatentGraphError.unknownNode(name) }
    return index
  }

  private func fit(
    _ value: Tensor<Scalar>, to name: String, rows: Shape
  ) throws -> Tensor<Scalar> {
    let dimension = graph.nodes[try index(of: name)].dimension
    let shape = rows + [dimension]
    guard value.rank >= 1, value.shape[-1] == dimension,
      value.shape.broadcast(with: shape) == shape
    else {
      throw LatentGraphError.value(
        node: name, dimension: dimension, shape: value.shape.sizes)
    }
    return value.broadcast(to: shape)
  }
}
