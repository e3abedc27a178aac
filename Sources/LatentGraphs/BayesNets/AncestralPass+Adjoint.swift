import NeuralNetworks
import Tensors

extension AncestralPass {
  /// Adds to the gradients of the sources, given that of the value: node by node, children first.
  @specialized(where Scalar == Float)
  func backward(_ g: Tensor<Scalar>, of value: Tensor<Scalar>, _ gradients: Gradients<Scalar>) {
    let scratch = Scratch(for: self)
    for node in nodes {
      // A node's gradient starts as that of its latents; then its children add to it.
      Scalar.kernels.networks.gate(
        g.pointer + node.column, graph.dimension, 1, scratch.values + rows * node.column,
        node.dimension, rows, node.dimension, false)
    }
    let dGates = gates == nil ? nil : collected(gradients, source: 0, count: gates!.count)
    for index in graph.order.reversed() {
      backwardToHeads(of: index, g.pointer, value.pointer, gradients, scratch)
      let node = nodes[index]
      backward(node.predictions, gradients, scratch)
      backwardToParents(of: node, dGates, scratch)
    }
  }

  /// Through a node's divergence, its draw and its fusion.
  @specialized(where Scalar == Float)
  private func backwardToHeads(
    of index: Int, _ g: UnsafePointer<Scalar>, _ value: UnsafePointer<Scalar>,
    _ gradients: Gradients<Scalar>, _ scratch: Scratch<Scalar>
  ) {
    let (node, kernels) = (nodes[index], Scalar.kernels.normals)
    let k = node.dimension
    func gradient(_ side: Side, _ predicted: Memory) -> Memory? {
      guard side.prediction != nil else {
        return side.given!.source.flatMap {
          collected(gradients, source: $0, count: side.given!.moments.count)
        }
      }
      predicted.update(from: g + side.moments, count: rows * 2 * k)
      return predicted
    }
    let isFused = node.own.prediction != nil && node.own.given != nil
    let dq = gradient(node.own, isFused ? scratch.fused : scratch.moments(0))
    let dp = gradient(node.other, scratch.moments(node.own.prediction == nil ? 0 : 1))
    let (q, p) = (node.own.moments(in: value, rows, k), node.other.moments(in: value, rows, k))
    let dDivergence = UnsafeBufferPointer(start: g + divergences + index * rows, count: rows)
    // Where no divergence is used, the adjoint of an infinite one would make NaN of the zeros.
    let isDivergenceUsed = dDivergence.contains { $0 != 0 }
    forRows(rows, columns: k, isShared: q.rows < rows || p.rows < rows) {
      if isDivergenceUsed {
        kernels.divergenceAdjoint(
          q.pointer, q.rows, p.pointer, p.rows, dDivergence.baseAddress!, dq, dp,
          $0.lowerBound, $0.upperBound, k)
      }
      kernels.sampleAdjoint(
        q.pointer, q.rows, node.noise.pointer, scratch.values + rows * node.column, dq, nil,
        $0.lowerBound, $0.upperBound, k)
    }
    guard isFused, let given = node.own.given, let prediction = node.own.prediction else { return }
    let dGiven = given.source.flatMap {
      collected(gradients, source: $0, count: given.moments.count)
    }
    let dPredicted = scratch.moments(0)
    dPredicted.update(from: g + prediction.moments, count: rows * 2 * k)
    let givenRows = given.moments.count / (2 * k)
    forRows(rows, columns: k, isShared: givenRows < rows) {
      kernels.fusionAdjoint(
        given.moments.pointer, givenRows, value + prediction.moments, rows, scratch.fused, dGiven,
        dPredicted, $0.lowerBound, $0.upperBound, k)
    }
  }

  /// Through the heads of a node.
  @specialized(where Scalar == Float)
  private func backward(
    _ predictions: [Prediction], _ gradients: Gradients<Scalar>, _ scratch: Scratch<Scalar>
  ) {
    guard !predictions.isEmpty else { return }
    let destinations = predictions.map { prediction in
      prediction.pass.parameters.indices.map { gradients.destination(prediction.source + $0) }
    }
    // Heads that share a parameter add to its gradient one after the other.
    let sharesParameters =
      predictions.count > 1
      && destinations[1].contains { later in
        later != nil && destinations[0].contains { $0?.pointer == later!.pointer }
      }
    let memory = buffer.mutablePointer
    forEach(predictions, isSerial: sharesParameters) { prediction, place, threads in
      prediction.pass.backward(
        scratch.moments(place), x: memory + prediction.input, buffer: memory + prediction.memory,
        scratch: scratch.pass(place), to: destinations[place],
        GradientMemory(pointer: scratch.input(place), accumulates: false), threads: threads)
    }
  }

  /// From what the heads of a node see to the values of the parents and the gates.
  @specialized(where Scalar == Float)
  private func backwardToParents(of node: Node, _ dGates: Memory?, _ scratch: Scratch<Scalar>) {
    let kernels = Scalar.kernels.networks
    var predictions = node.predictions
    if predictions.count == 2, predictions[0].input == predictions[1].input {
      Scalar.kernels.elementwise.affine(
        scratch.input(1), 1, 0, scratch.input(0), rows * predictions[0].pass.inputs, 1)
      predictions.removeLast()
    }
    for (place, prediction) in predictions.enumerated() {
      let width = prediction.pass.inputs
      var dSeen = scratch.input(place)
      for (parent, edge) in zip(node.parents, node.edges) {
        let (k, values) = (nodes[parent].dimension, rows * nodes[parent].column)
        kernels.gate(
          dSeen, width, gate(edge, of: prediction), scratch.values + values, k, rows, k, true)
        if prediction.isGated, let dGates {
          dGates[edge] += kernels.gateSlope(dSeen, width, buffer.pointer + values, k, rows, k)
        }
        dSeen += k
      }
    }
  }

  /// Where the gradient of a source collects, cleared where nothing is there; `nil` if not needed.
  private func collected(_ gradients: Gradients<Scalar>, source: Int, count: Int) -> Memory? {
    gradients.destination(source).map { memory in
      if !memory.accumulates { memory.pointer.update(repeating: 0, count: count) }
      return memory.pointer
    }
  }
}

/// The gradients of a node on their way through a pass.
private struct Scratch<Scalar: TensorScalar> {
  private let memory: Tensor<Scalar>
  private let valueCount, momentCount, inputCount, passCount: Int

  init(for pass: AncestralPass<Scalar>) {
    let predictions = pass.nodes.flatMap { $0.predictions }
    valueCount = pass.rows * pass.graph.dimension
    momentCount = 2 * pass.rows * (pass.nodes.map { $0.dimension }.max() ?? 0)
    inputCount = pass.rows * (predictions.map { $0.pass.inputs }.max() ?? 0)
    passCount = predictions.map { $0.pass.scratchCount }.max() ?? 0
    memory = Tensor([valueCount + 3 * momentCount + 2 * (inputCount + passCount)]) { _ in }
  }

  /// Of all values.
  var values: UnsafeMutablePointer<Scalar> { memory.mutablePointer }
  /// Of the moments behind a fusion.
  var fused: UnsafeMutablePointer<Scalar> { values + valueCount }
  /// Of the moments that one of two heads gives.
  func moments(_ place: Int) -> UnsafeMutablePointer<Scalar> { fused + (1 + place) * momentCount }
  /// Of what it sees.
  func input(_ place: Int) -> UnsafeMutablePointer<Scalar> {
    fused + 3 * momentCount + place * inputCount
  }
  /// What its pass needs for itself.
  func pass(_ place: Int) -> UnsafeMutablePointer<Scalar> {
    fused + 3 * momentCount + 2 * inputCount + place * passCount
  }
}
