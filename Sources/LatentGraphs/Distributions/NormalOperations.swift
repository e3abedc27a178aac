import CKernels
import Tensors

/// Operations on rows of moments, each computed by one kernel (`normals.h`). A tensor with fewer
/// batch axes is repeated.

@specialized(where Scalar == Float)
package func normalSample<Scalar>(moments: Tensor<Scalar>, noise: Tensor<Scalar>) -> Tensor<Scalar>
{
  let moments = separate(moments, for: noise.shape.dropLast())
  let k = noise.shape[-1]
  let (rows, momentRows) = (noise.shape.dropLast().count, moments.shape.dropLast().count)
  let value = Tensor<Scalar>(noise.shape) { out in
    forRows(rows, columns: k) {
      Scalar.kernels.normals.sample(
        LGNormalRows($0, k: k, momentRows, rows), moments.pointer, noise.pointer, out)
    }
  }
  return value.recorded(from: [moments, noise]) {
    [moments = moments.detached, noise = noise.detached] g, gradients in
    gradients.add(to: 0, and: 1) { dMoments, dNoise in
      forRows(rows, columns: k, isShared: momentRows < rows) {
        Scalar.kernels.normals.sampleAdjoint(
          LGNormalRows($0, k: k, momentRows, rows), moments.pointer, noise.pointer, g.pointer,
          dMoments, dNoise)
      }
    }
  }
}

package func normalLogDensity<Scalar>(moments: Tensor<Scalar>, value: Tensor<Scalar>) -> Tensor<
  Scalar
> {
  require(
    value.rank >= 1 && value.shape[-1] * 2 == moments.shape[-1],
    "a normal of \(moments.shape[-1] / 2) variables got a value of shape \(value.shape)")
  let k = value.shape[-1]
  return rowOperation(
    moments, value, "a normal and a value", Scalar.kernels.normals.density,
    Scalar.kernels.normals.densityAdjoint, k: k, outputs: nil)
}

package func normalDivergence<Scalar>(_ q: Tensor<Scalar>, _ p: Tensor<Scalar>) -> Tensor<Scalar> {
  require(
    q.shape[-1] == p.shape[-1], "a KL of dimensions \(q.shape[-1] / 2) and \(p.shape[-1] / 2)")
  return rowOperation(
    q, p, "a KL", Scalar.kernels.normals.divergence, Scalar.kernels.normals.divergenceAdjoint,
    k: q.shape[-1] / 2, outputs: nil)
}

package func normalFusion<Scalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>) -> Tensor<Scalar> {
  require(
    a.shape[-1] == b.shape[-1],
    "a fusion of dimensions \(a.shape[-1] / 2) and \(b.shape[-1] / 2)")
  return rowOperation(
    a, b, "a fusion", Scalar.kernels.normals.fusion, Scalar.kernels.normals.fusionAdjoint,
    k: a.shape[-1] / 2, outputs: a.shape[-1])
}

/// An operation on the rows of two tensors, where the batch of one is the last axes of the other's.
/// It gives a scalar for each row, or a vector of `outputs` elements.
@specialized(where Scalar == Float)
private func rowOperation<Scalar>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, _ name: String,
  _ operation: NormalKernels<Scalar>.Function, _ adjoint: @escaping NormalKernels<Scalar>.Adjoint,
  k: Int, outputs: Int?
) -> Tensor<Scalar> {
  let (aBatch, bBatch) = (a.shape.dropLast(), b.shape.dropLast())
  let batch = aBatch.rank < bBatch.rank ? bBatch : aBatch
  require(
    batch.last(aBatch.rank) == aBatch && batch.last(bBatch.rank) == bBatch,
    "\(name) of batches \(aBatch) and \(bBatch); one must be the last axes of the other")
  let (a, b) = (separate(a, for: batch), separate(b, for: batch))
  let (rows, aRows, bRows) = (
    batch.count, a.shape.dropLast().count, b.shape.dropLast().count
  )
  let value = Tensor<Scalar>(outputs.map { batch + [$0] } ?? batch) { out in
    forRows(rows, columns: k) {
      operation(LGNormalRows($0, k: k, aRows, bRows), a.pointer, b.pointer, out)
    }
  }
  return value.recorded(from: [a, b]) { [a = a.detached, b = b.detached] g, gradients in
    gradients.add(to: 0, and: 1) { da, db in
      forRows(rows, columns: k, isShared: aRows < rows || bRows < rows) {
        adjoint(
          LGNormalRows($0, k: k, aRows, bRows), a.pointer, b.pointer, g.pointer, da, db)
      }
    }
  }
}

extension LGNormalRows {
  /// Some rows of a result of `k` variables, from two batches with these numbers of rows.
  init(_ range: Range<Int>, k: Int, _ aRows: Int, _ bRows: Int) {
    self.init(
      begin: range.lowerBound, end: range.upperBound, k: k, a_rows: aRows, b_rows: bRows)
  }
}

/// Distributes rows over the threads, unless results are accumulated in shared rows.
func forRows(
  _ rows: Int, columns: Int, isShared: Bool = false, _ body: (Range<Int>) -> Void
) {
  parallelFor(
    count: rows, grain: max(1, (1 << 12) / max(columns, 1)),
    threads: isShared ? 1 : Threads.limit, body)
}

/// An operand with a row of its own for each row of the batch, if so many rows share one that the
/// kernels could not add their gradients accurately. The broadcast adds them in `Double`.
func separate<Scalar>(_ operand: Tensor<Scalar>, for batch: Shape) -> Tensor<Scalar> {
  let own = operand.shape.dropLast().count
  guard operand.isTracked, own > 0, batch.count / own > longestSum(of: Scalar.self) else {
    return operand
  }
  return operand.broadcast(to: batch + [operand.shape[-1]])
}
