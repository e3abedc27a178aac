import Tensors

/// The outputs `[…, outputs]` of perceptrons, each for its own input `[…, inputs]`, as
/// one recorded operation.
///
/// Several perceptrons are distributed among the threads, forward and backward, with one thread
/// each: those of a latent graph are too small to benefit from more. A single perceptron uses all
/// threads.
@specialized(where Scalar == Float)
package func outputs<Scalar>(
  of perceptrons: [FusedMLP<Scalar>], for inputs: [Tensor<Scalar>], mode: Mode,
  threads: Int = Threads.limit
) -> [Tensor<Scalar>] {
  let joint = JointPerceptrons(
    perceptrons, inputs: inputs, isTraining: mode.isTraining, threads: threads)
  let outputs = joint.outputs(recordedFrom: inputs)
  joint.updateStatistics(mode)
  for pass in joint.passes { pass.logProducts() }
  return zip(joint.outputRanges, zip(joint.passes, inputs)).map { range, pair in
    outputs.part(range, as: pair.1.shape.dropLast() + [pair.0.outputs])
  }
}

/// The passes of several perceptrons, and the memory that they share.
private final class JointPerceptrons<Scalar: TensorScalar> {
  let passes: [PerceptronPass<Scalar>]
  /// The range of each output in one vector of all outputs.
  let outputRanges: [Range<Int>]
  /// The start of each pass's part of the buffer.
  private let bufferStarts: [Int]
  private let inputs: [Tensor<Scalar>]
  /// The nonzeros of inputs that are constant and sparse; `nil` for other inputs.
  private let nonzeros: [Nonzeros<Scalar>?]
  private let buffer: Tensor<Scalar>
  private let threads: Int

  @specialized(where Scalar == Float)
  init(
    _ perceptrons: [FusedMLP<Scalar>], inputs: [Tensor<Scalar>], isTraining: Bool, threads: Int
  ) {
    self.threads = threads
    var (passes, outputRanges) = ([PerceptronPass<Scalar>](), [Range<Int>]())
    var (bufferStarts, start) = ([0], 0)
    for (perceptron, x) in zip(perceptrons, inputs) {
      let pass = perceptron.pass(rows: x.shape.dropLast().count, isTraining: isTraining)
      require(
        x.shape[-1] == pass.inputs, "a perceptron of \(pass.inputs) features got \(x.shape)")
      passes.append(pass)
      outputRanges.append(start..<start + pass.rows * pass.outputs)
      bufferStarts.append(bufferStarts.last! + pass.bufferCount)
      start += pass.rows * pass.outputs
    }
    (self.passes, self.outputRanges, self.bufferStarts) = (passes, outputRanges, bufferStarts)
    self.inputs = inputs.map { $0.detached }
    nonzeros = zip(passes, inputs).map { pass, x in
      x.isTracked ? nil : Nonzeros(of: x.pointer, rows: pass.rows, columns: pass.inputs)
    }
    buffer = Tensor([bufferStarts.last!]) { _ in }
  }

  /// Calls `body` with the index of each pass and the number of threads that it may use.
  private func forEachPass(isSerial: Bool = false, _ body: (Int, Int) -> Void) {
    if passes.count == 1 { return body(0, threads) }
    parallelFor(
      count: passes.count, grain: 1, threads: isSerial ? 1 : threads, turns: passes.count
    ) {
      for index in $0 { body(index, 1) }
    }
  }

  /// The outputs of all perceptrons, one after another.
  @specialized(where Scalar == Float)
  func outputs(recordedFrom inputs: [Tensor<Scalar>]) -> Tensor<Scalar> {
    let value = Tensor<Scalar>([outputRanges.last?.upperBound ?? 0]) { out in
      forEachPass { index, threads in
        passes[index].forward(
          inputs[index].pointer, nonzeros: nonzeros[index],
          buffer: buffer.mutablePointer + bufferStarts[index],
          into: out + outputRanges[index].lowerBound, threads: threads)
      }
    }
    var sources = inputs
    for pass in passes { for parameter in pass.parameters { sources.append(parameter.value) } }
    return value.recorded(from: sources) { [self] g, gradients in backward(g, gradients) }
  }

  func updateStatistics(_ mode: Mode) {
    for (pass, start) in zip(passes, bufferStarts) {
      pass.updateStatistics(from: buffer.pointer + start, mode: mode)
    }
  }

  @specialized(where Scalar == Float)
  private func backward(_ g: Tensor<Scalar>, _ gradients: Gradients<Scalar>) {
    var destinations: [[GradientMemory<Scalar>?]] = []
    var next = inputs.count
    for pass in passes {
      destinations.append((next..<next + pass.parameters.count).map(gradients.destination))
      next += pass.parameters.count
    }
    // Passes that share a parameter run serially, since each adds to the parameter's gradient.
    let places = destinations.joined().compactMap { $0?.pointer }
    let sharesParameters = passes.count > 1 && Set(places).count < places.count
    // Passes that share an input get separate memory for its gradient, except for the first.
    var dInputs = inputs.indices.map(gradients.destination)
    var added: [(memory: UnsafeMutablePointer<Scalar>, gradient: Tensor<Scalar>)] = []
    for index in dInputs.indices.dropFirst() {
      guard let memory = dInputs[index],
        dInputs[..<index].contains(where: { $0?.pointer == memory.pointer })
      else { continue }
      let gradient = Tensor<Scalar>(inputs[index].shape) { _ in }
      added.append((memory.pointer, gradient))
      dInputs[index] = GradientMemory(pointer: gradient.mutablePointer, accumulates: false)
    }
    var scratchStarts = [0]
    for pass in passes { scratchStarts.append(scratchStarts.last! + pass.scratchCount) }
    let scratch = Tensor<Scalar>([scratchStarts.last!]) { _ in }
    forEachPass(isSerial: sharesParameters) { index, threads in
      passes[index].backward(
        g.pointer + outputRanges[index].lowerBound, x: inputs[index].pointer,
        nonzeros: nonzeros[index], buffer: buffer.mutablePointer + bufferStarts[index],
        scratch: scratch.mutablePointer + scratchStarts[index],
        to: destinations[index], dInputs[index], threads: threads)
    }
    add(added)
  }

  /// Adds gradients that were computed in separate memory to their destinations, in order.
  @specialized(where Scalar == Float)
  private func add(_ parts: [(memory: UnsafeMutablePointer<Scalar>, gradient: Tensor<Scalar>)]) {
    guard let longest = parts.map({ $0.gradient.count }).max() else { return }
    parallelFor(count: longest, grain: 2048, threads: threads) { range in
      for (memory, gradient) in parts {
        let range = range.clamped(to: 0..<gradient.count)
        Scalar.kernels.elementwise.affine(
          gradient.pointer + range.lowerBound, 1, 0, memory + range.lowerBound, range.count,
          true)
      }
    }
  }
}
