import CKernels
import NeuralNetworks
import Tensors

extension NormalNodes {
  /// Adds the gradients of the sources, given the gradient of the value. The nodes are visited in
  /// reverse order, children before parents.
  @specialized(where Scalar == Float)
  func backward(_ g: Tensor<Scalar>, of value: Tensor<Scalar>, _ gradients: Gradients<Scalar>) {
    let scratch = Scratch(for: self)
    for (place, node) in nodes.enumerated() {
      // The gradient of a sampled node is initialized with that of its value; its children add to
      // it.
      let start = scratch.values(of: place)
      if node.isDrawn {
        Scalar.kernels.networks.gate(
          LGGatedRows(
            rows: rows, width: node.dimension, x_step: drawnDimension, y_step: node.dimension),
          1, false, g.pointer + node.column, start)
      } else {
        start.update(repeating: 0, count: rows * node.dimension)
      }
    }
    for place in (outside..<nodes.count).reversed() {
      backwardToHeads(of: place, g.pointer, value.pointer, gradients, scratch)
      let node = nodes[place]
      backward(node.predictions, gradients, scratch)
      backwardToParents(of: node, gradients, scratch)
    }
    for (place, node) in nodes.enumerated() where !node.isDrawn {
      guard let source = node.input.source else { continue }
      gradients.update(source) { memory, accumulate in
        Scalar.kernels.elementwise.affine(
          scratch.values(of: place), 1, 0, memory, rows * node.dimension, accumulate)
      }
    }
  }

  /// Propagates gradients through a node's divergence, sample and fusions.
  @specialized(where Scalar == Float)
  private func backwardToHeads(
    of place: Int, _ g: UnsafePointer<Scalar>, _ value: UnsafePointer<Scalar>,
    _ gradients: Gradients<Scalar>, _ scratch: Scratch<Scalar>
  ) {
    let (node, kernels) = (nodes[place], Scalar.kernels.normals)
    let k = node.dimension
    /// The memory in which the gradient of a normal's moments is accumulated, initialized with the
    /// gradient of the moments in the value.
    func start(_ index: Int, _ prediction: Int) -> Memory? {
      let side = node.sides[index]
      guard side.prediction != nil else { return collected(gradients, side.given!) }
      let memory = side.isFused ? scratch.fused(index) : scratch.moments(prediction)
      memory.update(from: g + side.moments, count: rows * 2 * k)
      return memory
    }
    let (first, last) = (node.sides[0], node.sides[node.sides.count - 1])
    let dq = start(0, 0)
    let (q, p) = (first.moments(in: value, rows, k), last.moments(in: value, rows, k))
    if node.sides.count == 2 {
      let dp = start(1, first.prediction == nil ? 0 : 1)
      let dDivergence = UnsafeBufferPointer(
        start: g + node.divergences, count: rows)
      // If no divergence is used, its adjoint is skipped: at an infinite divergence it would turn
      // the zero gradients into NaN.
      if dDivergence.contains(where: { $0 != 0 }) {
        forRows(rows, columns: k, isShared: q.rows < rows || p.rows < rows) {
          kernels.divergenceAdjoint(
            LGNormalRows($0, k: k, q.rows, p.rows), q.pointer, p.pointer,
            dDivergence.baseAddress!, dq, dp)
        }
      }
    }
    if node.isDrawn {
      let dNoise = collected(gradients, node.input)
      forRows(rows, columns: k, isShared: q.rows < rows) {
        kernels.sampleAdjoint(
          LGNormalRows($0, k: k, q.rows, rows), q.pointer, node.input.tensor.pointer,
          scratch.values(of: place), dq, dNoise)
      }
    }
    var prediction = 0
    for (index, side) in node.sides.enumerated() {
      if side.isFused { backwardToFused(node, index, prediction, g, value, gradients, scratch) }
      prediction += side.prediction == nil ? 0 : 1
    }
  }

  /// Propagates gradients through the fusion of a side.
  @specialized(where Scalar == Float)
  private func backwardToFused(
    _ node: Node, _ index: Int, _ place: Int, _ g: UnsafePointer<Scalar>,
    _ value: UnsafePointer<Scalar>, _ gradients: Gradients<Scalar>, _ scratch: Scratch<Scalar>
  ) {
    let (side, k) = (node.sides[index], node.dimension)
    let (given, predicted) = (side.given!, side.prediction!.moments)
    let dGiven = collected(gradients, given)
    let dPredicted = scratch.moments(place)
    dPredicted.update(from: g + predicted, count: rows * 2 * k)
    let givenRows = given.tensor.count / (2 * k)
    forRows(rows, columns: k, isShared: givenRows < rows) {
      Scalar.kernels.normals.fusionAdjoint(
        LGNormalRows($0, k: k, givenRows, rows), given.tensor.pointer, value + predicted,
        scratch.fused(index), dGiven, dPredicted)
    }
  }

  /// Propagates gradients through the heads of a node.
  @specialized(where Scalar == Float)
  private func backward(
    _ predictions: [Prediction], _ gradients: Gradients<Scalar>, _ scratch: Scratch<Scalar>
  ) {
    guard !predictions.isEmpty else { return }
    let destinations = predictions.map { prediction in
      prediction.pass.parameters.indices.map { gradients.destination(prediction.source + $0) }
    }
    // Heads that share a parameter add to its gradient sequentially.
    let sharesParameters =
      predictions.count > 1
      && destinations[1].contains { later in
        later != nil && destinations[0].contains { $0?.pointer == later!.pointer }
      }
    let memory = buffer.mutablePointer
    forEach(predictions, isSerial: sharesParameters) { prediction, place, threads in
      prediction.pass.backward(
        scratch.moments(place), x: memory + prediction.input,
        buffer: passMemory.mutablePointer + prediction.memory,
        scratch: scratch.pass(place), to: destinations[place],
        GradientMemory(pointer: scratch.input(place), accumulates: false), threads: threads)
    }
  }

  /// Propagates the gradients of the heads' inputs to the values of the parents and to the gates.
  @specialized(where Scalar == Float)
  private func backwardToParents(
    of node: Node, _ gradients: Gradients<Scalar>, _ scratch: Scratch<Scalar>
  ) {
    let kernels = Scalar.kernels.networks
    var predictions = node.predictions
    if predictions.count == 2, predictions[0].input == predictions[1].input {
      Scalar.kernels.elementwise.affine(
        scratch.input(1), 1, 0, scratch.input(0), rows * predictions[0].pass.inputs, true)
      predictions.removeLast()
    }
    for (place, prediction) in predictions.enumerated() {
      let width = prediction.pass.inputs
      let dGates = prediction.gates.flatMap { collected(gradients, $0) }
      var dSeen = scratch.input(place)
      for (parent, edge) in zip(node.parents, node.edges) {
        let k = nodes[parent].dimension
        let part = LGGatedRows(rows: rows, width: k, x_step: width, y_step: k)
        kernels.gate(part, prediction.gate(edge), true, dSeen, scratch.values(of: parent))
        if let dGates {
          dGates[edge] += kernels.gateSlope(part, dSeen, values(of: nodes[parent]))
        }
        dSeen += k
      }
    }
  }

  /// The memory in which the gradient of an input is accumulated, set to zero if it holds no
  /// gradient yet; `nil` if the gradient is not needed.
  private func collected(_ gradients: Gradients<Scalar>, _ input: Input) -> Memory? {
    guard let source = input.source, let memory = gradients.destination(source) else { return nil }
    if !memory.accumulates {
      memory.pointer.update(repeating: 0, count: input.tensor.count)
    }
    return memory.pointer
  }
}

/// Temporary memory for the gradients of the intermediate values of a `NormalNodes` operation.
private struct Scratch<Scalar: TensorScalar> {
  private let memory: Tensor<Scalar>
  private let starts: [Int]
  private let valueCount, momentCount, inputCount, passCount: Int

  init(for operation: NormalNodes<Scalar>) {
    let rows = operation.rows
    let predictions = operation.nodes.flatMap { $0.predictions }
    var (starts, end) = ([Int](), 0)
    for node in operation.nodes {
      starts.append(end)
      end += rows * node.dimension
    }
    (self.starts, valueCount) = (starts, end)
    momentCount = 2 * rows * (operation.nodes.map { $0.dimension }.max() ?? 0)
    inputCount = rows * (predictions.map { $0.pass.inputs }.max() ?? 0)
    passCount = predictions.map { $0.pass.scratchCount }.max() ?? 0
    memory = Tensor([valueCount + 4 * momentCount + 2 * (inputCount + passCount)]) { _ in }
  }

  /// The gradient of the value of a node.
  func values(of place: Int) -> UnsafeMutablePointer<Scalar> {
    memory.mutablePointer + starts[place]
  }
  /// The gradient of the fused moments of one of two sides.
  func fused(_ side: Int) -> UnsafeMutablePointer<Scalar> {
    memory.mutablePointer + valueCount + side * momentCount
  }
  /// The gradient of the moments computed by one of two heads.
  func moments(_ place: Int) -> UnsafeMutablePointer<Scalar> { fused(2 + place) }
  /// The gradient of the input of a head.
  func input(_ place: Int) -> UnsafeMutablePointer<Scalar> { fused(4) + place * inputCount }
  /// The scratch memory of the pass of a head.
  func pass(_ place: Int) -> UnsafeMutablePointer<Scalar> {
    fused(4) + 2 * inputCount + place * passCount
  }
}
