import CKernels
import Tensors

/// `x W + b` for rows `x`.
@specialized(where Scalar == Float)
package func affineProduct<Scalar>(
  _ x: Tensor<Scalar>, _ weight: Tensor<Scalar>, _ bias: Tensor<Scalar>
) -> Tensor<Scalar> {
  let (rows, outputs) = (x.shape[0], weight.shape[1])
  let product = ProductPlan(x.shape, weight.shape)
  let value = Tensor<Scalar>(product.shape) { out in
    product.multiply(x.pointer, weight.pointer, into: out, bias: bias.pointer)
  }
  return value.recorded(from: [x, weight, bias]) {
    [x = x.detached, w = weight.detached] g, gradients in
    product.adjoint(
      x.pointer, w.pointer, g.pointer, left: gradients.destination(0),
      right: gradients.destination(1))
    gradients.update(2) {
      Scalar.kernels.reductions.reduce(.sum, g.pointer, $0, 1, rows, outputs, $1 ? 1 : 0)
    }
  }
}

/// The mean and the biased variance of each feature of a batch.
package struct BatchStatistics<Scalar: TensorScalar> {
  package let mean: Tensor<Scalar>
  package let variance: Tensor<Scalar>

  package init(mean: Tensor<Scalar>, variance: Tensor<Scalar>) {
    self.mean = mean
    self.variance = variance
  }
}

/// Batch normalization and activation of rows by the statistics of these rows.
@specialized(where Scalar == Float)
package func batchNormalized<Scalar>(
  _ x: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>, epsilon: Double,
  activation: Activation
) -> (Tensor<Scalar>, BatchStatistics<Scalar>) {
  let (rows, columns) = (x.shape[0], x.shape[1])
  require(scale.shape == [columns], "a batch norm of \(scale.count) features got \(columns)")
  require(rows > 1, "a batch norm in training got a batch of \(rows), which has no variance")
  let kernels = Scalar.kernels.networks
  let function = activation.fused
  var statistics: [Tensor<Scalar>] = []
  let y = Tensor<Scalar>(x.shape) { y in
    statistics = (0..<3).map { _ in Tensor(shift.shape) { _ in } }
    let memory = statistics.map { $0.mutablePointer }
    parallelFor(count: columns, grain: columnsPerThread(rows: rows)) { range in
      kernels.batchNorm(
        x.pointer, scale.pointer, shift.pointer, Scalar(epsilon), y, memory[0], memory[1],
        memory[2], rows, columns, range.lowerBound, range.upperBound, function)
    }
  }
  let (mean, variance, inverseDeviation) = (statistics[0], statistics[1], statistics[2])
  let result = y.recorded(from: [x, scale, shift]) {
    [x = x.detached, scale = scale.detached] g, gradients in
    let (dScale, dShift) = (
      Tensor<Scalar>(scale.shape) { _ in }, Tensor<Scalar>(scale.shape) { _ in }
    )
    func run(_ dx: UnsafeMutablePointer<Scalar>, _ accumulate: Bool) {
      let (dScale, dShift) = (dScale.mutablePointer, dShift.mutablePointer)
      parallelFor(count: columns, grain: columnsPerThread(rows: rows)) { range in
        kernels.batchNormAdjoint(
          x.pointer, y.pointer, g.pointer, scale.pointer, mean.pointer, inverseDeviation.pointer,
          dx, dScale, dShift, rows, columns, range.lowerBound, range.upperBound, function,
          accumulate ? 1 : 0)
      }
    }
    if gradients.isNeeded(0) {
      gradients.update(0, run)
    } else {
      // The kernel always writes this gradient; the temporary tensor only provides memory for it.
      _ = Tensor<Scalar>(x.shape) { run($0, false) }
    }
    gradients.add(to: 1, dScale)
    gradients.add(to: 2, dShift)
  }
  return (result, BatchStatistics(mean: mean, variance: variance))
}

/// The smallest number of columns that justifies a thread: a multiple of a cache line.
private func columnsPerThread(rows: Int) -> Int {
  max(64, (1 << 13) / max(rows, 1) / 64 * 64)
}

/// `f((x − center)·scale + shift)` for rows `x`, with one center, scale and shift for each feature.
/// The center is a constant; its default is 0.
package func scaleShifted<Scalar>(
  _ x: Tensor<Scalar>, center: Tensor<Scalar>? = nil, scale: Tensor<Scalar>,
  shift: Tensor<Scalar>, activation: Activation
) -> Tensor<Scalar> {
  let center = center?.detached ?? .zeros(scale.shape)
  let (rows, columns) = (x.shape[0], x.shape[1])
  require(scale.shape == [columns], "a batch norm of \(scale.count) features got \(columns)")
  let kernels = Scalar.kernels.networks
  let y = Tensor<Scalar>(x.shape) { out in
    parallelFor(count: rows, grain: max(1, (1 << 16) / columns)) { range in
      let start = range.lowerBound * columns
      kernels.scaleShift(
        x.pointer + start, center.pointer, scale.pointer, shift.pointer, out + start, range.count,
        columns, activation.fused)
    }
  }
  return y.recorded(from: [x, scale, shift]) {
    [x = x.detached, scale = scale.detached] g, gradients in
    let dz = Tensor<Scalar>(x.shape) {
      kernels.activationAdjoint(y.pointer, g.pointer, $0, x.count, activation.fused)
    }
    gradients.add(to: 0, dz * scale)
    gradients.add(to: 1, (dz * (x - center)).sum(axis: 0))
    gradients.add(to: 2, dz.sum(axis: 0))
  }
}
