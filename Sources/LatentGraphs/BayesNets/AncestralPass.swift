import NeuralNetworks
import Tensors

/// Ancestral sampling in a net whose nodes are normals by heads, scored by another such net, in
/// training: one operation on the tape for all nodes.
///
/// Node by node it does what `gatedParents`, the heads, `normalFusion`, `normalSample` and
/// `normalDivergence` do. As operations of their own they would spend longer on the tape's books than
/// on the few numbers of a node. Its value is one vector: the latents, the divergences, and the moments
/// of both nets.
package final class AncestralPass<Scalar: TensorScalar> {
  typealias Memory = UnsafeMutablePointer<Scalar>

  /// What one of the nets has at a node: a normal that is predicted from the parents, or given, or
  /// the fusion of both.
  struct Side {
    /// The head that sees the parents.
    let prediction: Prediction?
    /// Moments that do not depend on the parents, `[batch, 2·k]` or `[2·k]`, and which of the sources
    /// they are, if a gradient flows to them.
    let given: (moments: Tensor<Scalar>, source: Int?)?
    /// Where the moments of the normal lie in the value, if a prediction is part of them.
    let moments: Int
  }

  struct Prediction {
    let pass: PerceptronPass<Scalar>
    /// Which of the sources is the first of its parameters.
    let source: Int
    /// Whether the parents are multiplied by the gates.
    let isGated: Bool
    /// Where the parents lie in the buffer as the head sees them, and where the pass has its part.
    let input, memory: Int
    /// Where in the value its moments go.
    let moments: Int
  }

  struct Node {
    let dimension: Int
    let parents: [Int]
    let edges: Range<Int>
    /// Its first column among the latents; in the buffer its values, `[rows, dimension]`, begin at
    /// `rows·column`.
    let column: Int
    let noise: Tensor<Scalar>
    let own, other: Side
    /// The predictions of both nets that are there.
    let predictions: [Prediction]
  }

  let graph: LatentGraph
  let nodes: [Node]
  let rowShape: Shape
  let rows: Int
  let gates: Tensor<Scalar>?
  /// What gradients flow to: the gates first, if any, then the evidence and the parameters.
  let sources: [Tensor<Scalar>]
  /// Where in the value the divergences begin; the latents lie before them.
  let divergences: Int
  let buffer: Tensor<Scalar>
  let threads = Threads.limit
  private let valueCount: Int

  /// A pass for so many rows, `[rows…]`; `nil` where some node is no normal by heads, or sees an
  /// observation that is not there.
  @specialized(where Scalar == Float)
  package init?(
    _ net: BayesNet<Scalar>, scoredBy other: BayesNet<Scalar>, noise: [Tensor<Scalar>],
    evidence: [Tensor<Scalar>?], gates: Tensor<Scalar>?, areGatesShared: Bool
  ) {
    let graph = net.graph
    var layout = AncestralLayout<Scalar>(rowShape: noise[0].shape.droppingLast(), gates: gates)
    let rows = layout.rows
    _ = layout.placeInValue(rows * graph.dimension)
    divergences = layout.placeInValue(rows * graph.nodes.count)
    _ = layout.placeInBuffer(rows * graph.dimension)
    var nodes: [Node] = []
    nodes.reserveCapacity(graph.nodes.count)
    var column = 0
    for (index, node) in graph.nodes.enumerated() {
      let parents = graph.parentDimension(of: index)
      let gatedInput = layout.placeInBuffer(rows * parents)
      // Where both nets see the same, it is laid down once.
      let seesSame = areGatesShared || gates == nil
      guard
        let own = layout.side(
          of: net.conditionals[index], at: node, parents: parents, evidence: evidence[index],
          input: seesSame ? gatedInput : layout.placeInBuffer(rows * parents),
          isGated: gates != nil && areGatesShared),
        let theirs = layout.side(
          of: other.conditionals[index], at: node, parents: parents, evidence: nil,
          input: gatedInput, isGated: gates != nil)
      else { return nil }
      nodes.append(
        Node(
          dimension: node.dimension, parents: graph.parents(of: index),
          edges: graph.incoming[index], column: column, noise: noise[index], own: own,
          other: theirs, predictions: [own, theirs].compactMap { $0.prediction }))
      column += node.dimension
    }
    (self.graph, self.nodes) = (graph, nodes)
    (rowShape, self.rows) = (layout.rowShape, rows)
    (self.gates, sources) = (gates?.detached, layout.sources)
    (buffer, valueCount) = (Tensor([layout.bufferCount]) { _ in }, layout.valueCount)
  }

  // MARK: Forward

  /// The values and how they score.
  @specialized(where Scalar == Float)
  package func sample() -> ScoredSample<Scalar> {
    let filled = Tensor<Scalar>([valueCount]) { value in
      for node in graph.order { fill(node, value) }
    }
    let value = filled.recorded(from: sources) { [self] g, gradients in
      backward(g, of: filled, gradients)
    }
    // In the order of sampling, for a head that serves two nodes moves its running statistics twice.
    for index in graph.order {
      for prediction in nodes[index].predictions {
        prediction.pass.updateStatistics(from: buffer.pointer + prediction.memory)
      }
    }
    let latents = value.part(0..<divergences, as: rowShape + [graph.dimension])
    let end = divergences + rows * nodes.count
    return ScoredSample(
      latents: latents,
      divergences: { [self] in value.part(divergences..<end, as: [nodes.count] + rowShape) },
      traces: { [self] in
        let values = latents.split(sizes: nodes.map { $0.dimension })
        func trace(_ side: (Node) -> Side) -> Trace<Scalar> {
          Trace(
            graph: graph, values: values,
            conditionals: nodes.map { node in
              Normal(moments: moments(of: side(node), node, in: value))
            })
        }
        return (trace { $0.own }, trace { $0.other })
      })
  }

  /// A node's moments as a tensor through which gradients flow.
  private func moments(of side: Side, _ node: Node, in value: Tensor<Scalar>) -> Tensor<Scalar> {
    guard side.prediction != nil else {
      return side.given!.source.map { sources[$0] } ?? side.given!.moments
    }
    let count = rows * 2 * node.dimension
    return value.part(side.moments..<side.moments + count, as: rowShape + [2 * node.dimension])
  }

  @specialized(where Scalar == Float)
  private func fill(_ index: Int, _ value: Memory) {
    let (node, kernels) = (nodes[index], Scalar.kernels.normals)
    let memory = buffer.mutablePointer
    let predictions = node.predictions
    for (place, prediction) in predictions.enumerated()
    where place == 0 || prediction.input != predictions[0].input {
      gather(node, for: prediction, memory)
    }
    forEach(predictions) { prediction, _, threads in
      prediction.pass.forward(
        memory + prediction.input, buffer: memory + prediction.memory,
        into: value + prediction.moments, threads: threads)
    }
    let k = node.dimension
    if let prediction = node.own.prediction, let given = node.own.given {
      forRows(rows, columns: k) {
        kernels.fusion(
          given.moments.pointer, given.moments.count / (2 * k), value + prediction.moments, rows,
          value + node.own.moments, $0.lowerBound, $0.upperBound, k)
      }
    }
    let (q, p) = (node.own.moments(in: value, rows, k), node.other.moments(in: value, rows, k))
    forRows(rows, columns: k) { range in
      let (first, last) = (range.lowerBound, range.upperBound)
      kernels.sample(
        q.pointer, q.rows, node.noise.pointer, memory + rows * node.column, first, last, k)
      kernels.divergence(
        q.pointer, q.rows, p.pointer, p.rows, value + divergences + index * rows, first, last, k)
      Scalar.kernels.networks.gate(
        memory + rows * node.column + first * k, k, 1,
        value + node.column + first * graph.dimension, graph.dimension, last - first, k, false)
    }
  }

  /// Lays the parents side by side as a head sees them.
  @specialized(where Scalar == Float)
  private func gather(_ node: Node, for prediction: Prediction, _ memory: Memory) {
    var start = memory + prediction.input
    for (parent, edge) in zip(node.parents, node.edges) {
      let width = nodes[parent].dimension
      Scalar.kernels.networks.gate(
        memory + rows * nodes[parent].column, width, gate(edge, of: prediction), start,
        prediction.pass.inputs, rows, width, false)
      start += width
    }
  }

  func gate(_ edge: Int, of prediction: Prediction) -> Scalar {
    prediction.isGated ? gates!.pointer[edge] : 1
  }

  /// Calls `body` with each prediction, its place and the threads that it may use.
  func forEach(
    _ predictions: [Prediction], isSerial: Bool = false,
    _ body: (Prediction, _ place: Int, _ threads: Int) -> Void
  ) {
    if predictions.count == 1 { return body(predictions[0], 0, threads) }
    parallelFor(
      count: predictions.count, grain: 1, threads: isSerial ? 1 : threads,
      turns: predictions.count
    ) {
      for place in $0 { body(predictions[place], place, 1) }
    }
  }
}

extension AncestralPass.Side {
  /// Where the moments are, and how many rows they have.
  func moments(
    in value: UnsafePointer<Scalar>, _ rows: Int, _ k: Int
  ) -> (pointer: UnsafePointer<Scalar>, rows: Int) {
    guard prediction == nil else { return (value + moments, rows) }
    let given = given!.moments
    return (given.pointer, given.count / (2 * k))
  }
}
