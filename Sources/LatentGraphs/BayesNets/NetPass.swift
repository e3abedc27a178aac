import NeuralNetworks
import Tensors

/// The source of a node's value in a pass.
package enum NodeValue<Scalar: TensorScalar> {
  /// The value is sampled with this standard normal noise, `[rows…, dimension]`. A node of another
  /// law takes the generator of the pass instead.
  case noise(Tensor<Scalar>)
  /// The value is given, `[rows…, dimension]`, and the node keeps its distribution.
  case given(Tensor<Scalar>)
  /// The value is set by an intervention, and the node has no distribution.
  case fixed(Tensor<Scalar>)
}

/// One pass through a net, or through two nets on the same graph. All sampling and scoring of
/// values, in training and in evaluation, is done by a `NetPass`.
///
/// The values are sampled from the first net, or given. Each net computes the distributions of the
/// nodes at these values. The nodes are visited in topological order. Consecutive nodes whose
/// distributions are normals computed by `NormalHead`s in every net are evaluated in one operation
/// (`NormalNodes`). Every other node is evaluated by its method
/// `distribution(given:message:mode:)`.
package struct NetPass<Scalar: TensorScalar> {
  /// A net, the messages to its nodes, and its gates.
  package struct Side {
    let net: BayesNet<Scalar>
    /// The message to each node; empty if there is no observation.
    let messages: [Tensor<Scalar>?]
    /// `[edges]`; `nil` if all edges are open.
    let gates: Tensor<Scalar>?

    package init(
      net: BayesNet<Scalar>, messages: [Tensor<Scalar>?] = [], gates: Tensor<Scalar>? = nil
    ) {
      (self.net, self.messages, self.gates) = (net, messages, gates)
    }

    /// The message to a node, if any.
    func message(of node: Int) -> Tensor<Scalar>? { messages.isEmpty ? nil : messages[node] }
  }

  let sides: [Side]
  let values: [NodeValue<Scalar>]
  let rowShape: Shape
  let mode: Mode
  /// The generator of the nodes whose noise is not standard normal; `nil` if all noise was given.
  let generator: Philox?

  /// A pass for `[rows…]`, with the sources of the nodes' values.
  package init(
    _ sides: [Side], values: [NodeValue<Scalar>], rows: Shape, mode: Mode,
    generator: Philox? = nil
  ) {
    (self.sides, self.values, rowShape, self.mode) = (sides, values, rows, mode)
    self.generator = generator
    let graph = sides[0].net.graph
    for side in sides {
      require(
        side.messages.isEmpty || side.messages.count == graph.nodes.count,
        "messages were given for \(side.messages.count) of \(graph.nodes.count) nodes")
      require(
        side.gates.map { $0.shape == [graph.edges.count] } ?? true,
        "gates of shape \(side.gates.map { "\($0.shape)" } ?? "") for \(graph.edges.count) edges")
    }
  }

  var graph: LatentGraph { sides[0].net.graph }

  /// Computes the values and their distributions.
  /// - Throws: `LatentGraphError.noiseOfAnotherLaw` if a node cannot be sampled with the given noise.
  @specialized(where Scalar == Float)
  package func run() throws(LatentGraphError) -> ScoredValues<Scalar> {
    var result = ScoredValues<Scalar>(graph: graph, rowShape: rowShape, sides: sides.count)
    var normals: [Int] = []
    func takeNormals() {
      if normals.isEmpty { return }
      let nodes = NormalNodes(self, nodes: normals) { result.value(of: $0) }
      result.add(nodes.evaluate(mode), at: normals)
      normals = []
    }
    for node in graph.order {
      if case .fixed(let value) = values[node] {
        result.add(value, at: node, distributions: sides.map { _ in nil })
      } else if sides.allSatisfy({ isNormalByHeads(node, in: $0) }) {
        normals.append(node)
      } else {
        takeNormals()
        let distributions = sides.map { distribution(of: node, in: $0, result) }
        switch values[node] {
        case .noise(let noise):
          let draw = try draw(node, from: distributions[0], noise: noise)
          result.add(draw.value, at: node, distributions: distributions, draw: draw)
        case .given(let value), .fixed(let value):
          result.add(value, at: node, distributions: distributions)
        }
      }
    }
    takeNormals()
    return result
  }

  /// The distribution that the conditional of a node computes from the values of its parents.
  private func distribution(
    of node: Int, in side: Side, _ result: borrowing ScoredValues<Scalar>
  ) -> any Distribution<Scalar> {
    let parents = graph.parents(of: node).map { result.value(of: $0) }
    let distribution = side.net.conditionals[node].distribution(
      given: parents.isEmpty
        ? nil : gatedParents(parents, gates: side.gates, range: graph.incoming[node]),
      message: side.message(of: node), mode: mode)
    require(
      distribution.dimension == graph.nodes[node].dimension,
      "the conditional of the node \(graph.nodes[node].name), of \(graph.nodes[node].dimension) "
        + "variables, returned a distribution of \(distribution.dimension) variables")
    return distribution
  }

  /// The draw of a node: with the noise, if the node is reparameterized by standard normal noise of
  /// its dimension, and otherwise by the generator of the pass and the node's index, so that it does
  /// not depend on other nodes.
  private func draw(
    _ node: Int, from distribution: any Distribution<Scalar>, noise: Tensor<Scalar>
  ) throws(LatentGraphError) -> Draw<Scalar> {
    if let normal = distribution as? any ReparameterizedDistribution<Scalar, Tensor<Scalar>>,
      normal.noiseDimension == noise.shape[-1]
    {
      return (normal as? any CoordinateDistribution<Scalar>)?.draw(noise: noise)
        ?? Draw(normal.sample(noise: noise))
    }
    let name = graph.nodes[node].name
    guard var generator = generator?.split(node) else {
      throw LatentGraphError.noiseOfAnotherLaw(
        node: name, distribution: "\(type(of: distribution))")
    }
    let draw = distribution.drawn(
      rowShape.dropLast(distribution.batchShape.rank), using: &generator)
    require(
      draw.value.shape == noise.shape,
      "the node \(name) has a distribution of batch \(distribution.batchShape), which does not fit "
        + "the rows \(rowShape)")
    if distribution is any ReparameterizedDistribution { return draw }
    // The score of a constant value is tracked if parameters are. They would lack the part of their
    // gradient that flows through the value.
    let score = distribution.logDensity(of: draw.value)
    if !score.isTracked { return draw }
    return draw.map {
      $0.recorded(from: [score]) { _, _ in
        stop(LatentGraphError.notReparameterized(node: name).description)
      }
    }
  }

  /// Whether the distribution of a node is a normal predicted by heads, whose sizes match the node,
  /// its parents and the message.
  @specialized(where Scalar == Float)
  private func isNormalByHeads(_ node: Int, in side: Side) -> Bool {
    let (dimension, message) = (graph.nodes[node].dimension, side.message(of: node))
    guard let heads = side.net.conditionals[node].heads, heads.dimension == dimension,
      (heads.bottomUp != nil) == (message != nil)
    else { return false }
    if let message {
      let batch = message.shape.dropLast()
      guard message.shape[-1] == 2 * dimension, rowShape.last(batch.rank) == batch else {
        return false
      }
    }
    guard let head = heads.topDown else { return true }
    return head.perceptron.inputs == graph.parentDimension(of: node)
  }
}

extension ReparameterizedDistribution where Noise == Tensor<Scalar> {
  /// The number of noise variables, which differs from the dimension under some bijections.
  fileprivate var noiseDimension: Int {
    var generator = Philox(seed: 0)
    return noise([0], using: &generator).shape[-1]
  }
}

/// The values of a pass and the distributions of the nodes in each net. Derived quantities are
/// computed on request.
package struct ScoredValues<Scalar: TensorScalar> {
  private enum Node {
    case alone(Tensor<Scalar>, [(any Distribution<Scalar>)?], Draw<Scalar>?)
    case normal(NormalValues<Scalar>, place: Int)
  }

  private let graph: LatentGraph
  private let rowShape: Shape
  private let sides: Int
  private var nodes: [Node?]
  /// The values of the operation that evaluated all nodes, if there is one.
  private var whole: NormalValues<Scalar>?

  init(graph: LatentGraph, rowShape: Shape, sides: Int) {
    (self.graph, self.rowShape, self.sides) = (graph, rowShape, sides)
    nodes = Array(repeating: nil, count: graph.nodes.count)
  }

  mutating func add(
    _ value: Tensor<Scalar>, at node: Int,
    distributions: [(any Distribution<Scalar>)?], draw: Draw<Scalar>? = nil
  ) {
    nodes[node] = .alone(value, distributions, draw)
  }

  mutating func add(_ normals: NormalValues<Scalar>, at members: [Int]) {
    for (place, node) in members.enumerated() { nodes[node] = .normal(normals, place: place) }
    if members.count == nodes.count { whole = normals }
  }

  /// The value of a node that has been visited, `[rows…, dimension]`.
  func value(of node: Int) -> Tensor<Scalar> {
    switch nodes[node]! {
    case .alone(let value, _, _): value
    case .normal(let normals, let place): normals.value(at: place)
    }
  }

  private func distribution(
    of node: Int, _ side: Int
  ) -> (any Distribution<Scalar>)? {
    switch nodes[node]! {
    case .alone(_, let distributions, _): distributions[side]
    case .normal(let normals, let place): normals.distribution(at: place, side: side)
    }
  }

  /// The values of all nodes, concatenated: `[rows…, graph.dimension]`.
  package var latents: Tensor<Scalar> {
    if let whole, whole.areAllDrawn { return whole.drawnValues }
    return .concatenated(graph.nodes.indices.map { value(of: $0) }, axis: -1)
  }

  /// The exact `KL(first ‖ second)` in nats of each node given the values of its parents,
  /// `[nodes, rows…]`. The divergence of a node that is set by an intervention is zero.
  package var divergences: Tensor<Scalar> {
    if let whole { return whole.divergences }
    return .stacked(
      graph.nodes.indices.map { node in
        guard let q = distribution(of: node, 0), let p = distribution(of: node, 1) else {
          return .zeros(rowShape)
        }
        return exactKLDivergence(q, p).broadcast(to: rowShape)
      })
  }

  /// The values, and the distributions of the nodes in one of the nets given these values.
  package func trace(_ side: Int) -> Trace<Scalar> {
    Trace(
      graph: graph, values: graph.nodes.indices.map { value(of: $0) },
      conditionals: graph.nodes.indices.map { distribution(of: $0, side) },
      draws: graph.nodes.indices.map { draw(of: $0) })
  }

  private func draw(of node: Int) -> Draw<Scalar>? {
    if case .alone(_, _, let draw) = nodes[node]! { return draw }
    return nil
  }

  /// Scores `[rows…]` of values of all nodes, NaN where the value of a node is one that was drawn and
  /// has lost its coordinate by rounding, so that a density and its gradient at the value would be
  /// wrong.
  package func refusingLostDraws(
    _ scores: Tensor<Scalar>, at values: [Tensor<Scalar>]
  ) -> Tensor<Scalar> {
    graph.nodes.indices.reduce(scores) { scores, node in
      guard let draw = draw(of: node), draw.coordinate != nil else { return scores }
      let isDrawn = (values[node] .== draw.value.detached).min(axis: -1)
      return (isDrawn * (1 - draw.isKept)).select(Tensor(.nan), scores)
    }
  }
}
