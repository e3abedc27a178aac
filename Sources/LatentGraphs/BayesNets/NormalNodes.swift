import CKernels
import NeuralNetworks
import Tensors

/// The nodes of a pass whose distributions are normals computed by `NormalHead`s in every net. They
/// are recorded as one operation on the tape.
///
/// For each node the operation computes `gatedParents`, the heads, `normalFusion`, `normalSample`
/// and `normalDivergence`. Recorded as separate operations, these would cost more time for the tape
/// than for the arithmetic, since a node has few elements. The value of the operation is one
/// vector: the sampled values, then the divergences, then the moments of the nets.
final class NormalNodes<Scalar: TensorScalar> {
  typealias Memory = UnsafeMutablePointer<Scalar>

  /// A tensor that the operation reads, and its index among the sources; the index is `nil` for a
  /// constant of the operation.
  struct Input {
    let tensor: Tensor<Scalar>
    var source: Int?
  }

  /// The normal distribution of a node in one of the nets. It is predicted from the parents, or
  /// given, or the fusion of both.
  struct Side {
    /// The head whose input are the parents.
    let prediction: Prediction?
    /// Moments that do not depend on the parents, `[batch, 2·k]` or `[2·k]`.
    let given: Input?
    /// The offset of the normal's moments in the value, if a prediction is part of them.
    let moments: Int

    var isFused: Bool { prediction != nil && given != nil }
  }

  /// A head that predicts the moments of a node from its parents. This is a class because copying a
  /// struct with so many references would take longer than a small product.
  final class Prediction {
    let pass: PerceptronPass<Scalar>
    /// The index, among the sources, of the first parameter of the head.
    let source: Int
    /// The gates that multiply the parents, if any.
    let gates: Input?
    /// The offset of the gated parents in the buffer, and of the pass in the passes' memory.
    let input, memory: Int
    /// The offset of the predicted moments in the value.
    let moments: Int

    init(
      pass: PerceptronPass<Scalar>, source: Int, gates: Input?, input: Int, memory: Int,
      moments: Int
    ) {
      (self.pass, self.source, self.gates) = (pass, source, gates)
      (self.input, self.memory, self.moments) = (input, memory, moments)
    }
  }

  /// A node. This is a class for the same reason.
  final class Node {
    let dimension: Int
    /// The indices of its parents in `nodes`.
    let parents: [Int]
    let edges: Range<Int>
    /// The noise with which the node is sampled, or its given value.
    let input: Input
    let isDrawn: Bool
    /// The first column of a sampled node among all sampled values. The node's values
    /// `[rows, dimension]` begin in the buffer at the offset `rows·column`.
    let column: Int
    /// The offset of the node's divergences in the value.
    let divergences: Int
    /// The distributions of the node in the nets; empty for a parent that the operation does not
    /// evaluate.
    let sides: [Side]
    /// The predictions of all sides that have one.
    let predictions: [Prediction]

    init(
      dimension: Int, parents: [Int] = [], edges: Range<Int> = 0..<0, input: Input, column: Int?,
      divergences: Int = 0, sides: [Side] = []
    ) {
      (self.dimension, self.parents, self.edges, self.input) = (dimension, parents, edges, input)
      (isDrawn, self.column, self.divergences) = (column != nil, column ?? 0, divergences)
      (self.sides, predictions) = (sides, sides.compactMap { $0.prediction })
    }
  }

  let nodes: [Node]
  /// The number of parents that the operation does not evaluate. They are the first elements of
  /// `nodes`.
  let outside: Int
  let rowShape: Shape
  let rows: Int
  /// The tensors to which gradients flow.
  let sources: [Tensor<Scalar>]
  /// The number of columns of the sampled values.
  let drawnDimension: Int
  /// The offset of the divergences in the value; the sampled values precede them.
  let divergencesStart: Int
  /// The sampled values and the gated parents.
  let buffer: Tensor<Scalar>
  /// The intermediate values of the heads. Without recording, each node uses the same memory.
  let passMemory: Tensor<Scalar>
  let threads = Threads.limit
  private let valueCount: Int

  /// An operation for nodes that are consecutive in topological order.
  /// - Parameter known: the values of preceding nodes.
  @specialized(where Scalar == Float)
  init(_ pass: NetPass<Scalar>, nodes members: [Int], known: (Int) -> Tensor<Scalar>) {
    let graph = pass.graph
    let rows = pass.rowShape.count
    var layout = NormalNodesLayout<Scalar>(
      rowShape: pass.rowShape, isTraining: pass.mode.isTraining)
    let isDrawn = members.map { if case .noise = pass.values[$0] { true } else { false } }
    drawnDimension = zip(members, isDrawn).reduce(0) { sum, member in
      member.1 ? sum + graph.nodes[member.0].dimension : sum
    }
    _ = layout.placeInValue(rows * drawnDimension)
    divergencesStart = layout.placeInValue(pass.sides.count == 2 ? rows * members.count : 0)
    _ = layout.placeInBuffer(rows * drawnDimension)
    // If two nets have the same gates, their heads have the same input.
    var gates: [Input?] = []
    for side in pass.sides {
      let isShared = !gates.isEmpty && side.gates?.isIdentical(to: pass.sides[0].gates) ?? false
      gates.append(isShared ? gates[0] : side.gates.map { layout.sharedInput($0) })
    }
    let seesSame =
      pass.sides.count == 1
      || pass.sides[0].gates?.isIdentical(to: pass.sides[1].gates)
        ?? (pass.sides[1].gates == nil)
    // Values and divergences are stored in the order of the graph's nodes, not in topological
    // order.
    var (columns, ranks) = ([Int: Int](), [Int: Int]())
    var column = 0
    for (rank, member) in zip(members, isDrawn).sorted(by: { $0.0 < $1.0 }).enumerated() {
      ranks[member.0] = rank
      if member.1 {
        columns[member.0] = column
        column += graph.nodes[member.0].dimension
      }
    }
    var nodes: [Node] = []
    var places: [Int: Int] = [:]
    for parent in members.flatMap({ graph.parents(of: $0) })
    where places[parent] == nil && !members.contains(parent) {
      places[parent] = nodes.count
      nodes.append(
        Node(
          dimension: graph.nodes[parent].dimension, input: layout.input(known(parent)),
          column: nil))
    }
    outside = nodes.count
    for (place, index) in members.enumerated() { places[index] = outside + place }
    for index in members {
      let node = graph.nodes[index]
      let parents = graph.parentDimension(of: index)
      layout.startNode()
      let gatedInput = layout.placeInBuffer(rows * parents)
      let sides = pass.sides.enumerated().map { place, side in
        layout.side(
          of: side.net.conditionals[index], dimension: node.dimension,
          message: side.message(of: index), gates: gates[place],
          input: place == 0 || seesSame ? gatedInput : layout.placeInBuffer(rows * parents))
      }
      let input: Input
      switch pass.values[index] {
      case .noise(let tensor), .given(let tensor), .fixed(let tensor): input = layout.input(tensor)
      }
      nodes.append(
        Node(
          dimension: node.dimension, parents: graph.parents(of: index).map { places[$0]! },
          edges: graph.incoming[index], input: input, column: columns[index],
          divergences: divergencesStart + rows * ranks[index]!, sides: sides))
    }
    self.nodes = nodes
    (rowShape, self.rows, sources) = (pass.rowShape, rows, layout.sources)
    (buffer, valueCount) = (Tensor([layout.bufferCount]) { _ in }, layout.valueCount)
    passMemory = Tensor([layout.passMemoryCount]) { _ in }
  }

  // MARK: Forward

  /// Samples the values, and computes the divergences and moments.
  @specialized(where Scalar == Float)
  func evaluate(_ mode: Mode) -> NormalValues<Scalar> {
    let filled = Tensor<Scalar>([valueCount]) { value in
      for index in outside..<nodes.count { fill(index, value) }
    }
    let value = filled.recorded(from: sources) { [self] g, gradients in
      backward(g, of: filled, gradients)
    }
    for node in nodes {
      for prediction in node.predictions {
        prediction.pass.logProducts()
        prediction.pass.updateStatistics(
          from: passMemory.pointer + prediction.memory, mode: mode)
      }
    }
    return NormalValues(of: self, value)
  }

  /// The values of a node, `[rows, dimension]`.
  func values(of node: Node) -> UnsafePointer<Scalar> {
    node.isDrawn ? buffer.pointer + rows * node.column : node.input.tensor.pointer
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
        memory + prediction.input, buffer: passMemory.mutablePointer + prediction.memory,
        into: value + prediction.moments, threads: threads)
    }
    let k = node.dimension
    for side in node.sides {
      guard let prediction = side.prediction, let given = side.given else { continue }
      forRows(rows, columns: k) {
        kernels.fusion(
          LGNormalRows($0, k: k, given.tensor.count / (2 * k), rows), given.tensor.pointer,
          value + prediction.moments, value + side.moments)
      }
    }
    let (q, p) = (
      node.sides[0].moments(in: value, rows, k), node.sides.last!.moments(in: value, rows, k)
    )
    forRows(rows, columns: k) { range in
      let first = range.lowerBound
      if node.isDrawn {
        kernels.sample(
          LGNormalRows(range, k: k, q.rows, rows), q.pointer, node.input.tensor.pointer,
          memory + rows * node.column)
        Scalar.kernels.networks.gate(
          LGGatedRows(rows: range.count, width: k, x_step: k, y_step: drawnDimension), 1, false,
          memory + rows * node.column + first * k,
          value + node.column + first * drawnDimension)
      }
      if node.sides.count == 2 {
        kernels.divergence(
          LGNormalRows(range, k: k, q.rows, p.rows), q.pointer, p.pointer,
          value + node.divergences)
      }
    }
  }

  /// Copies the gated parents side by side into the input of a head.
  @specialized(where Scalar == Float)
  private func gather(_ node: Node, for prediction: Prediction, _ memory: Memory) {
    var start = memory + prediction.input
    for (parent, edge) in zip(node.parents, node.edges) {
      let width = nodes[parent].dimension
      Scalar.kernels.networks.gate(
        LGGatedRows(rows: rows, width: width, x_step: width, y_step: prediction.pass.inputs),
        prediction.gate(edge), false, values(of: nodes[parent]), start)
      start += width
    }
  }

  /// Calls `body` with each prediction, its index and the number of threads that it may use.
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

extension NormalNodes.Prediction {
  /// The factor by which the parent at an edge is multiplied.
  func gate(_ edge: Int) -> Scalar { gates.map { $0.tensor.pointer[edge] } ?? 1 }
}

extension NormalNodes.Side {
  /// The address of the moments and the number of their rows.
  func moments(
    in value: UnsafePointer<Scalar>, _ rows: Int, _ k: Int
  ) -> (pointer: UnsafePointer<Scalar>, rows: Int) {
    guard prediction == nil else { return (value + moments, rows) }
    let given = given!.tensor
    return (given.pointer, given.count / (2 * k))
  }
}
