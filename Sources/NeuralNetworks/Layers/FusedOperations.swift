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
      Scalar.kernels.reductions.reduce(
        .sum, LGAxis(outer: 1, n: rows, inner: outputs), $1, g.pointer, $0)
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

/// Batch normalization and activation of rows, by the statistics of these rows or by given ones.
/// - Returns: The result, and the statistics that were used.
@specialized(where Scalar == Float)
package func batchNormalized<Scalar>(
  _ x: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>, epsilon: Double,
  activation: Activation, by given: BatchStatistics<Scalar>? = nil
) -> (Tensor<Scalar>, BatchStatistics<Scalar>) {
  let (rows, columns) = (x.shape[0], x.shape[1])
  require(scale.shape == [columns], "a batch norm of \(scale.count) features got \(columns)")
  require(
    given != nil || rows > 1,
    "a batch norm in training got a batch of \(rows), which has no variance")
  let kernels = Scalar.kernels.networks
  let function = activation.fused
  let mean = given?.mean ?? Tensor(scale.shape) { _ in }
  let variance = given?.variance ?? Tensor(scale.shape) { _ in }
  let inverseDeviation = Tensor<Scalar>(scale.shape) { _ in }
  @Sendable func part(_ range: Range<Int>) -> LGLayerColumns {
    LGLayerColumns(
      rows: rows, columns: columns, first: range.lowerBound, last: range.upperBound,
      activation: function)
  }
  @Sendable func norm(_ scale: Tensor<Scalar>) -> LGBatchNorm {
    LGBatchNorm(
      scale: scale.pointer, shift: shift.pointer, epsilon: epsilon, mean: mean.mutablePointer,
      variance: variance.mutablePointer, inverse_deviation: inverseDeviation.mutablePointer,
      is_given: given != nil)
  }
  let y = Tensor<Scalar>(x.shape) { y in
    parallelFor(count: columns, grain: columnsPerThread(rows: rows)) { range in
      kernels.batchNorm(part(range), norm(scale), x.pointer, y)
    }
  }
  let result = y.recorded(from: [x, scale, shift]) {
    [x = x.detached, scale = scale.detached] g, gradients in
    let (dScale, dShift) = (
      Tensor<Scalar>(scale.shape) { _ in }, Tensor<Scalar>(scale.shape) { _ in }
    )
    func run(_ dx: UnsafeMutablePointer<Scalar>, _ accumulate: Bool) {
      let gradient = LGBatchNormGradient(
        dx: dx, d_scale: dScale.mutablePointer, d_shift: dShift.mutablePointer,
        accumulate: accumulate)
      parallelFor(count: columns, grain: columnsPerThread(rows: rows)) { range in
        kernels.batchNormAdjoint(
          part(range), norm(scale), x.pointer, y.pointer, g.pointer, gradient)
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
