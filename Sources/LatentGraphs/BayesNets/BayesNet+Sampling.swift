import NeuralNetworks
import Tensors

extension BayesNet {
  /// For each node, the message that its conditional computes from the encoder's features,
  /// `[batch, features]`. The message is `nil` for a node that depends on its parents only.
  @specialized(where Scalar == Float)
  public func messages(from features: Tensor<Scalar>, mode: Mode) -> [Tensor<Scalar>?] {
    let heads = conditionals.map { $0.heads?.bottomUp }
    let present = heads.compactMap { $0 }
    var moments = NormalHead.jointMoments(
      present, of: present.map { _ in features }, mode: mode
    )[...]
    return zip(conditionals, heads).map { conditional, head in
      head == nil ? conditional.message(from: features, mode: mode) : moments.removeFirst()
    }
  }

  /// Standard normal noise for each node, `[rows…, dimension]`, as the argument of
  /// `sample(noise:)`. With the same generator, `sample(_:using:)` draws the same noise.
  public func noise(_ rows: Shape, using generator: inout Philox) -> [Tensor<Scalar>] {
    graph.nodes.map { .normal(rows + [$0.dimension], using: &generator) }
  }

  /// Ancestral sampling: each node is sampled after its parents.
  ///
  /// An intervention on a node (Pearl's `do`) removes the edges to this node and sets its value.
  /// Only roots can be conditioned on. In that case the posterior of the other nodes is given by
  /// the net itself.
  ///
  /// - Parameters:
  ///   - noise: standard normal noise for each node, `[rows…, dimension]`, with the same rows for
  ///     all nodes. Gradients flow to the noise and to all parameters. Zero noise gives the mean of
  ///     each node given its parents.
  ///   - messages: the result of `messages(from:mode:)`, one element for each node; empty if there
  ///     is no observation. The batch axes of the messages are the last axes of `[rows…]`.
  ///   - gates: `[edges]`; `nil` if all edges are open.
  ///   - intervening: the values of nodes, `[dimension]` or `[rows…, dimension]`, that replace
  ///     their distributions given the parents. These nodes do not contribute to the log-density.
  ///   - conditioning: the known values of roots, in the same shapes. These nodes contribute to the
  ///     log-density.
  /// - Returns: the values, and the distribution of each node given its parents.
  /// - Throws: `LatentGraphError`: `unknownNode` for an unknown name, `value` for a value of the
  ///   wrong shape, `notARoot` if a node that is conditioned on has parents, `noiseOfAnotherLaw` if
  ///   a node is not sampled with standard normal noise.
  /// - Complexity: one evaluation of each conditional, for all rows at once.
  public func sample(
    noise: [Tensor<Scalar>], messages: [Tensor<Scalar>?] = [], gates: Tensor<Scalar>? = nil,
    intervening: [String: Tensor<Scalar>] = [:], conditioning: [String: Tensor<Scalar>] = [:],
    mode: Mode = .evaluation
  ) throws -> Trace<Scalar> {
    require(
      noise.count == graph.nodes.count,
      "noise was given for \(noise.count) of \(graph.nodes.count) nodes")
    let rows = noise[0].shape.dropLast()
    require(
      zip(noise, graph.nodes).allSatisfy { $0.shape == rows + [$1.dimension] },
      "noise of shapes \(noise.map(\.shape)) for nodes of \(graph.nodes.map(\.dimension))")
    let both = Set(intervening.keys).intersection(conditioning.keys).sorted()
    require(both.isEmpty, "the nodes \(both) are both intervened on and conditioned on")
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
    return try trace(sources, rows, messages: messages, gates: gates, mode: mode, generator: nil)
  }

  /// Draws values of all nodes, for `[rows…]`, by ancestral sampling with noise from a generator.
  ///
  /// Nodes may have any distribution. Gradients flow through the values of reparameterized ones.
  /// Differentiating through the values of others, such as discrete ones, stops the program.
  public func sample(
    _ rows: Shape, messages: [Tensor<Scalar>?] = [], gates: Tensor<Scalar>? = nil,
    mode: Mode = .evaluation, using generator: inout Philox
  ) -> Trace<Scalar> {
    let others = Self.generatorOfOtherLaws(generator)
    let values = noise(rows, using: &generator).map { NodeValue.noise($0) }
    return neverThrowing {
      try trace(
        values, rows, messages: messages, gates: gates, mode: mode, generator: others)
    }
  }

  /// The distributions of all nodes given the values `[rows…, dimension]`, one tensor for each
  /// node, with the same rows for all nodes. `logDensity` of the trace is the log-density of the
  /// values, in nats.
  public func trace(
    at values: [Tensor<Scalar>], messages: [Tensor<Scalar>?] = [], gates: Tensor<Scalar>? = nil,
    mode: Mode = .evaluation
  ) -> Trace<Scalar> {
    let rows = values.first?.shape.dropLast() ?? []
    require(
      values.map { $0.shape } == graph.nodes.map { rows + [$0.dimension] },
      "values of shapes \(values.map(\.shape)) for nodes of \(graph.nodes.map(\.dimension))")
    return neverThrowing {
      try trace(
        values.map { .given($0) }, rows, messages: messages, gates: gates, mode: mode,
        generator: nil)
    }
  }

  /// Ancestral sampling in this net, and the distributions of the nodes of another net on the same
  /// graph given the sampled values. For example, this net is a recognition net and the other net
  /// is the prior. The result equals that of `sample` followed by `other.trace(at:)`, but is
  /// computed in one pass.
  ///
  /// - Parameters:
  ///   - messages: the messages to the nodes of this net.
  ///   - gates: the gates of this net.
  ///   - otherGates: the gates of the other net.
  @specialized(where Scalar == Float)
  package func sample(
    _ rows: Shape, scoredBy other: BayesNet, messages: [Tensor<Scalar>?], gates: Tensor<Scalar>?,
    otherGates: Tensor<Scalar>?, mode: Mode, using generator: inout Philox
  ) -> ScoredValues<Scalar> {
    let others = Self.generatorOfOtherLaws(generator)
    // The noise is drawn in the order of the nodes, as in `sample`, and not in topological order.
    let noise = noise(rows, using: &generator)
    let pass = NetPass(
      [
        .init(net: self, messages: messages, gates: gates),
        .init(net: other, gates: otherGates),
      ], values: noise.map { .noise($0) }, rows: rows, mode: mode, generator: others)
    return neverThrowing { try pass.run() }
  }

  /// The generator of nodes whose noise is not standard normal. It does not advance the given one,
  /// so that the noise of the other nodes does not depend on it.
  private static func generatorOfOtherLaws(_ generator: Philox) -> Philox {
    var copy = generator
    return copy.split()
  }

  /// Whether every node is a normal predicted by heads, which is differentiable.
  package var areAllNormal: Bool { conditionals.allSatisfy { $0.heads != nil } }

  /// The first node whose values have no derivative although they depend on tracked parameters, so
  /// that gradients of samples would be wrong; `nil` if there is none.
  ///
  /// - Complexity: a sample of the net.
  package func firstNodeWithoutGradients(
    _ rows: Shape, messages: [Tensor<Scalar>?]
  ) -> String? {
    var generator = Philox(seed: 0)
    let drawn = sample(rows, messages: messages, using: &generator)
    let node = graph.nodes.indices.first { node in
      guard let distribution = drawn.conditionals[node] else { return false }
      return !(distribution is any ReparameterizedDistribution)
        && distribution.logDensity(of: drawn.values[node].detached).isTracked
    }
    return node.map { graph.nodes[$0].name }
  }

  private func trace(
    _ values: [NodeValue<Scalar>], _ rows: Shape, messages: [Tensor<Scalar>?],
    gates: Tensor<Scalar>?, mode: Mode, generator: Philox?
  ) throws(LatentGraphError) -> Trace<Scalar> {
    try NetPass(
      [.init(net: self, messages: messages, gates: gates)], values: values, rows: rows, mode: mode,
      generator: generator
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
    if !value.isFinite, let place = value.scalars.firstIndex(where: { !$0.isFinite }) {
      throw LatentGraphError.valueNotFinite(
        node: name, row: place / dimension, column: place % dimension,
        value: Double(value.scalars[place]))
    }
    return value.broadcast(to: shape)
  }
}

/// The result of a pass that has a generator or no noise, which cannot fail.
private func neverThrowing<Result>(_ body: () throws -> Result) -> Result {
  do { return try body() } catch { stop("\(error)") }
}
