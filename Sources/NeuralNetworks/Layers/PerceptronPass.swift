import CKernels
import Tensors

/// The forward and backward pass of a batch through the levels of a perceptron. It is the
/// arithmetic of a recorded operation, or of part of one.
///
/// The product of a level and what follows it, a batch norm with its activation or an activation
/// alone, are divided into the same groups of columns. A thread
/// processes one group at a time while it is in the cache, and the threads synchronize once a
/// level. In the forward pass, a group of the product is normalized as soon as it is computed. In
/// the backward pass, a group of the gradient of a level's input is propagated through the batch
/// norm of the level below as soon as it is computed, and the gradient of the weights is computed
/// in the same parallel loop.
///
/// The last level is a product alone. Intermediate results are stored in a buffer that the caller
/// provides, so that one pass object can be used in all training steps, and by several threads at
/// once with different buffers.
package final class PerceptronPass<Scalar: TensorScalar>: @unchecked Sendable {
  package typealias Memory = UnsafeMutablePointer<Scalar>

  /// The parameters of a level, and the offsets of its values in the buffer. This is a class
  /// because copying a struct with so many references would take longer than a small product.
  private final class Stage {
    let inputs, outputs: Int
    let weight: Parameter<Scalar>
    let bias: Parameter<Scalar>?
    let normalization: Normalization?
    /// The activation of a level without a batch norm.
    let activation: Activation
    /// The input of the next level.
    let output: Int
    /// The index of this level's first parameter in `parameters`.
    let parameter: Int

    init(
      _ level: PerceptronLevel<Scalar>, normalization: Normalization?, output: Int, parameter: Int
    ) {
      (weight, bias) = (level.dense.weight, level.dense.bias)
      activation = level.norm == nil ? level.activation : .identity
      (inputs, outputs) = (weight.value.shape[0], weight.value.shape[1])
      (self.normalization, self.output, self.parameter) = (normalization, output, parameter)
    }

    /// Whether the output is more than the product.
    var isFollowed: Bool { normalization != nil || activation != .identity }
  }

  private final class Normalization {
    let layer: BatchNorm<Scalar>
    /// The product, that is, the input of the batch norm.
    let input: Int
    /// Mean, variance and inverse standard deviation.
    let mean, variance, inverseDeviation: Int

    init(_ layer: BatchNorm<Scalar>, input: Int, mean: Int, variance: Int, inverseDeviation: Int) {
      (self.layer, self.input) = (layer, input)
      (self.mean, self.variance, self.inverseDeviation) = (mean, variance, inverseDeviation)
    }
  }

  package let rows: Int
  package let isTraining: Bool
  /// Whether `backward` may follow. If not, a batch norm overwrites its input, and the outputs of
  /// the levels are stored in two places in turn.
  package let keepsValues: Bool
  /// The numbers of features of the input and of the output.
  package let inputs, outputs: Int
  private let stages: [Stage]
  /// The parameters: for each level the weight, then the bias or the batch norm's scale and shift.
  package let parameters: [Parameter<Scalar>]
  /// The number of elements of the buffer.
  package let bufferCount: Int
  private let widest: Int

  /// A pass for a batch of this many rows.
  init(_ levels: [PerceptronLevel<Scalar>], rows: Int, isTraining: Bool, keepsValues: Bool) {
    var (end, widest) = (0, 0)
    var parameters: [Parameter<Scalar>] = []
    var stages: [Stage] = []
    func place(_ count: Int) -> Int {
      defer { end += (count + 15) / 16 * 16 }
      return end
    }
    let hidden = levels.dropLast().map { $0.dense.weight.value.shape[1] }.max() ?? 0
    let turns = keepsValues ? [] : [place(rows * hidden), place(rows * hidden)]
    for (index, level) in levels.enumerated() {
      let (dense, parameter) = (level.dense, parameters.count)
      let outputs = dense.weight.value.shape[1]
      let isLast = index == levels.count - 1
      require(
        !isLast || level.norm == nil && level.activation == .identity,
        "a pass whose last level is more than a product")
      parameters.append(dense.weight)
      let output = isLast ? end : keepsValues ? place(rows * outputs) : turns[index % 2]
      var normalization: Normalization?
      if let norm = level.norm {
        require(dense.bias == nil, "a pass with a bias before a batch norm")
        require(
          !isTraining || rows > 1,
          "a batch norm in training got a batch of \(rows), which has no variance")
        normalization = Normalization(
          norm, input: keepsValues ? place(rows * outputs) : output, mean: place(outputs),
          variance: place(outputs), inverseDeviation: place(outputs))
        parameters.append(norm.scale)
        parameters.append(norm.shift)
      } else if let bias = dense.bias {
        parameters.append(bias)
      }
      stages.append(
        Stage(level, normalization: normalization, output: output, parameter: parameter))
      widest = max(widest, outputs)
    }
    (self.rows, self.isTraining, self.keepsValues) = (rows, isTraining, keepsValues)
    (self.stages, self.parameters) = (stages, parameters)
    (inputs, outputs) = (stages[0].inputs, stages[stages.count - 1].outputs)
    (bufferCount, self.widest) = (end, widest)
  }

  /// The number of scratch elements for `backward`: the gradients of two levels, used in turn, and
  /// the gradients of a batch norm's scale and shift.
  package var scratchCount: Int { 2 * rows * widest + 2 * widest }

  /// Enters the products of a pass forward in a log, if there is one.
  package func logProducts() {
    for stage in stages {
      logProduct([rows, stage.inputs], [stage.inputs, stage.outputs], hasBias: stage.bias != nil)
    }
  }

  // MARK: Forward

  /// Computes `out`, `[rows, outputs]`, and fills the buffer. The input `x` is `[rows, inputs]`;
  /// its nonzeros are given if it is sparse.
  @specialized(where Scalar == Float)
  package func forward(
    _ x: UnsafePointer<Scalar>, nonzeros: Nonzeros<Scalar>? = nil, buffer: Memory, into out: Memory,
    threads: Int
  ) {
    var input = x
    for (index, stage) in stages.enumerated() {
      let output = index == stages.count - 1 ? out : buffer + stage.output
      let product = Multiplication(
        m: rows, n: stage.outputs, k: stage.inputs, a: input, b: stage.weight.pointer,
        c: stage.normalization.map { buffer + $0.input } ?? output, accumulate: false,
        bias: stage.bias?.pointer, nonzerosOfA: index == 0 ? nonzeros : nil)
      if stage.isFollowed {
        takeRunningStatistics(of: stage, buffer)
        let parts = product.parts(acrossColumnsBy: threads)
        parallelFor(count: parts, grain: 1, threads: threads, turns: parts) { range in
          for part in range {
            product.forColumns(part, of: parts) { columns in
              product.compute(columns: columns)
              finish(columns, of: stage, buffer)
            }
          }
        }
      } else {
        product.compute(threads: threads)
      }
      input = UnsafePointer(output)
    }
  }

  /// In evaluation, puts the statistics by which a level is normalized in the buffer.
  private func takeRunningStatistics(of stage: Stage, _ buffer: Memory) {
    guard !isTraining, let normalization = stage.normalization else { return }
    let layer = normalization.layer
    (buffer + normalization.mean).update(from: layer.mean.pointer, count: stage.outputs)
    (buffer + normalization.variance).update(from: layer.variance.pointer, count: stage.outputs)
  }

  /// What follows the product of a level, in some of its columns.
  @specialized(where Scalar == Float)
  private func finish(_ columns: Range<Int>, of stage: Stage, _ buffer: Memory) {
    let (kernels, output) = (Scalar.kernels.networks, buffer + stage.output)
    guard let normalization = stage.normalization else {
      return kernels.activation(part(columns, of: stage, stage.activation), output, output)
    }
    kernels.batchNorm(
      part(columns, of: stage, normalization.layer.activation), norm(normalization, buffer),
      buffer + normalization.input, output)
  }

  /// Some columns of a level, and the activation that follows.
  private func part(
    _ columns: Range<Int>, of stage: Stage, _ activation: Activation
  ) -> LGLayerColumns {
    LGLayerColumns(
      rows: rows, columns: stage.outputs, first: columns.lowerBound, last: columns.upperBound,
      activation: activation.fused)
  }

  /// The parameters of a batch norm, and its statistics in `buffer`.
  private func norm(_ normalization: Normalization, _ buffer: Memory) -> LGBatchNorm {
    let layer = normalization.layer
    return LGBatchNorm(
      scale: layer.scale.pointer, shift: layer.shift.pointer, epsilon: layer.epsilon,
      mean: buffer + normalization.mean, variance: buffer + normalization.variance,
      inverse_deviation: buffer + normalization.inverseDeviation, is_given: !isTraining)
  }

  /// In training, moves the running statistics of the batch norms toward the batch statistics in
  /// `buffer`, or records these, as the mode states.
  @specialized(where Scalar == Float)
  package func updateStatistics(from buffer: UnsafePointer<Scalar>, mode: Mode) {
    guard mode.isTraining else { return }
    for stage in stages {
      guard let normalization = stage.normalization else { continue }
      normalization.layer.update(
        mean: buffer + normalization.mean, variance: buffer + normalization.variance, rows: rows,
        mode: mode)
    }
  }

  // MARK: Backward

  /// Adds to the gradients of the parameters and the input, given the gradient `g` of the output.
  ///
  /// - Parameters:
  ///   - buffer: The buffer that `forward` filled.
  ///   - scratch: Memory for `scratchCount` elements.
  ///   - destinations: The memory of the gradients of `parameters`; `nil` for those that are not
  ///     needed.
  ///   - dInput: The memory of the gradient of the input, if it is needed.
  @specialized(where Scalar == Float)
  package func backward(
    _ g: UnsafePointer<Scalar>, x: UnsafePointer<Scalar>, nonzeros: Nonzeros<Scalar>? = nil,
    buffer: Memory, scratch: Memory,
    to destinations: [GradientMemory<Scalar>?], _ dInput: GradientMemory<Scalar>?, threads: Int
  ) {
    require(keepsValues, "a gradient through a pass that did not keep its values")
    var upstream = g
    for index in stages.indices.reversed() {
      let stage = stages[index]
      let below = index > 0 ? stages[index - 1] : nil
      let memory =
        below == nil
        ? dInput
        : GradientMemory(pointer: scratch + index % 2 * rows * widest, accumulates: false)
      let ofInput = memory.map {
        Multiplication(
          transposeB: true, m: rows, n: stage.inputs, k: stage.outputs, a: upstream,
          b: stage.weight.pointer, c: $0.pointer, accumulate: $0.accumulates)
      }
      let ofWeight = destinations[stage.parameter].map {
        Multiplication(
          transposeA: true, m: stage.inputs, n: stage.outputs, k: rows,
          a: below.map { UnsafePointer(buffer + $0.output) } ?? x, b: upstream, c: $0.pointer,
          accumulate: $0.accumulates, nonzerosOfA: index == 0 ? nonzeros : nil)
      }
      // The larger parts come first, so that the smaller ones can balance the load of the threads.
      let weightParts = ofWeight?.parts(threads: threads) ?? 0
      let inputParts = ofInput?.parts(acrossColumnsBy: threads) ?? 0
      let parts = weightParts + inputParts
      parallelFor(count: parts, grain: 1, threads: threads, turns: max(1, parts)) { range in
        for part in range {
          if part < weightParts {
            ofWeight!.compute(part, of: weightParts)
          } else {
            ofInput!.forColumns(part - weightParts, of: inputParts) { columns in
              ofInput!.compute(columns: columns)
              if let below, below.isFollowed {
                finishAdjoint(
                  columns, of: below, memory!.pointer, buffer, scratch + 2 * rows * widest,
                  to: destinations)
              }
            }
          }
        }
      }
      if stage.bias != nil, let bias = destinations[stage.parameter + 1] {
        Scalar.kernels.reductions.reduce(
          .sum, LGAxis(outer: 1, n: rows, inner: stage.outputs), bias.accumulates, upstream,
          bias.pointer)
      }
      if let memory { upstream = UnsafePointer(memory.pointer) }
    }
  }

  /// Replaces the gradient of a level's output by that of its product, in place and in some of its
  /// columns, and adds to the gradients of a batch norm's scale and shift.
  @specialized(where Scalar == Float)
  private func finishAdjoint(
    _ columns: Range<Int>, of stage: Stage, _ gradient: Memory, _ buffer: Memory,
    _ scratch: Memory, to destinations: [GradientMemory<Scalar>?]
  ) {
    let (kernels, output) = (Scalar.kernels.networks, buffer + stage.output)
    guard let normalization = stage.normalization else {
      return kernels.activationAdjoint(
        part(columns, of: stage, stage.activation), output, gradient, gradient)
    }
    let (dScale, dShift) = (scratch, scratch + stage.outputs)
    kernels.batchNormAdjoint(
      part(columns, of: stage, normalization.layer.activation), norm(normalization, buffer),
      buffer + normalization.input, output, gradient,
      LGBatchNormGradient(dx: gradient, d_scale: dScale, d_shift: dShift, accumulate: false))
    func add(_ part: Memory, to destination: GradientMemory<Scalar>?) {
      guard let destination else { return }
      Scalar.kernels.elementwise.affine(
        part + columns.lowerBound, 1, 0, destination.pointer + columns.lowerBound, columns.count,
        destination.accumulates)
    }
    add(dScale, to: destinations[stage.parameter + 1])
    add(dShift, to: destinations[stage.parameter + 2])
  }
}
