import NeuralNetworks
import Tensors

extension BayesNet {
  /// What each node takes from the encoder's features `[batch, features]`, node by node; `nil` for
  /// one that looks at its parents alone.
  @specialized(where Scalar == Float)
  public func evidence(from features: Tensor<Scalar>, mode: Mode) -> [Tensor<Scalar>?] {
    let heads = conditionals.map { $0.headed?.bottomUp }
    let present = heads.compactMap { $0 }
    var moments = NormalHead.jointMoments(
      present, of: present.map { _ in features }, mode: mode
    )[...]
    return zip(conditionals, heads).map { conditional, head in
      head == nil ? conditional.evidence(from: features, mode: mode) : moments.removeFirst()
    }
  }

  /// Standard normal noise for each node, `[rows…, dimension]`: what `sample(noise:)` takes, and the
  /// same that `sample(_:using:)` draws.
  public func noise(_ rows: Shape, using generator: inout Philox) -> [Tensor<Scalar>] {
    graph.nodes.map { .normal(rows + [$0.dimension], using: &generator) }
  }

  /// Ancestral sampling: each node behind its parents.
  ///
  /// With an intervention on a node it draws from the net without the edges to that node (Pearl's
  /// `do`). Conditioning is on roots alone, where the posterior of the rest is the net itself.
  ///
  /// - Parameters:
  ///   - noise: standard normal numbers for each node, `[rows…, dimension]` with the same rows for
  ///     all. Gradients flow to the noise and to all parameters; zeros give each node's mean.
  ///   - evidence: what `evidence(from:mode:)` gave, by node; empty where there is no observation.
  ///     Its batch is the last axes of `[rows…]`.
  ///   - gates: `[edges]`; `nil` where all edges are open.
  ///   - intervening: values `[dimension]` or `[rows…, dimension]` that nodes are set to whatever
  ///     their parents; they have no density.
  ///   - conditioning: values of roots that are known, likewise; their density counts.
  /// - Returns: the values, and the distribution of each node given its parents.
  /// - Throws: `LatentGraphError`: `unknownNode` and `value` for names and values that do not fit,
  ///   `notARoot` where a node that is conditioned on has parents.
  /// - Complexity: one call of each conditional, for all rows at once.
  public func sample(
    noise: [Tensor<Scalar>], evidence: [Tensor<Scalar>?] = [], gates: Tensor<Scalar>? = nil,
    intervening: [String: Tensor<Scalar>] = [:], conditioning: [String: Tensor<Scalar>] = [:],
    mode: Mode = .evaluation
  ) throws -> Trace<Scalar> {
    require(
      noise.count == graph.nodes.count,
      "noise for \(noise.count) of \(graph.nodes.count) nodes")
    let rows = noise[0].shape.droppingLast()
    require(
      zip(noise, graph.nodes).allSatisfy { $0.shape == rows + [$1.dimension] },
      "noise of shapes \(noise.map(\.shape)) for nodes of \(graph.nodes.map(\.dimension))")
    let both = Set(intervening.keys).intersection(conditioning.keys).sorted()
    require(both.isEmpty, "an intervention and a condition on the same nodes, \(both)")
    var sources = noise.map { NodeValue.noise($0) }
    for (name, value) in intervening {
      sources[try index(of: name)] = .fixed(try fit(value, to: name, rows: rows))
    }
    for (name, value) in conditioning {
      let node = try index(of: name)
      guard graph.nodes[node].parents.isEmpty else {
        throw LatentGraphError.notARoot(node: name, parents: graph.nodes[node].parents)
      }
      sources[node] = .given(try fit(value, to: name, rows: rows))
    }
    return trace(sources, rows, evidence: evidence, gates: gates, mode: mode)
  }

  /// Values of all nodes drawn for `[rows…]`: ancestral sampling with noise from a generator.
  public func sample(
    _ rows: Shape, evidence: [Tensor<Scalar>?] = [], gates: Tensor<Scalar>? = nil,
    mode: Mode = .evaluation, using generator: inout Philox
  ) -> Trace<Scalar> {
    trace(
      noise(rows, using: &generator).map { .noise($0) }, rows, evidence: evidence, gates: gates,
      mode: mode)
  }

  /// The distributions of all nodes at given values `[rows…, dimension]`, by node, with the same rows
  /// for all; the trace's `logDensity` is the log-density of the values, in nats.
  public func trace(
    at values: [Tensor<Scalar>], evidence: [Tensor<Scalar>?] = [], gates: Tensor<Scalar>? = nil,
    mode: Mode = .evaluation
  ) -> Trace<Scalar> {
    let rows = values.first?.shape.droppingLast() ?? []
    require(
      values.map { $0.shape } == graph.nodes.map { rows + [$0.dimension] },
      "values of shapes \(values.map(\.shape)) for nodes of \(graph.nodes.map(\.dimension))")
    return trace(
      values.map { .given($0) }, rows, evidence: evidence, gates: gates, mode: mode)
  }

  /// Ancestral sampling in this net, and the distributions that another net on the same graph, such as
  /// the prior of a recognition net, gives at the values drawn: `sample` and then `other.trace(at:)`, in
  /// one pass.
  ///
  /// - Parameters:
  ///   - evidence: by node.
  ///   - gates: those of this net.
  ///   - otherGates: those of the other net.
  @specialized(where Scalar == Float)
  package func sample(
    _ rows: Shape, scoredBy other: BayesNet, evidence: [Tensor<Scalar>?], gates: Tensor<Scalar>?,
    otherGates: Tensor<Scalar>?, mode: Mode, using generator: inout Philox
  ) -> ScoredValues<Scalar> {
    // Drawn in the order of the nodes, as `sample` does, whatever the order of the graph.
    let noise = noise(rows, using: &generator)
    return NetPass(
      [
        .init(net: self, evidence: evidence, gates: gates),
        .init(net: other, gates: otherGates),
      ], values: noise.map { .noise($0) }, rows: rows, mode: mode
    ).run()
  }

  private func trace(
    _ values: [NodeValue<Scalar>], _ rows: Shape, evidence: [Tensor<Scalar>?],
    gates: Tensor<Scalar>?, mode: Mode
  ) -> Trace<Scalar> {
    NetPass(
      [.init(net: self, evidence: evidence, gates: gates)], values: values, rows: rows, mode: mode
    ).run().trace(0)
  }

  private func index(of name: String) throws -> Int {
    guard let index = graph.index(of: name) else {
      throw LatentGraphError.unknownNode(name, nodes: graph.nodes.map(\.name))
    }
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
