import CKernels
import Tensors

/// `y ← y + rate·(x − y)`. If `x` and `y` are equal, `y` does not change; if the rate is 1, `y`
/// becomes `x`.
///
/// In the form `(1 − rate)·y + rate·x` the two weights are rounded separately and do not add up to
/// 1; with a small rate, the accumulated result would be wrong by a factor.
func moveTowards<Scalar: TensorScalar>(
  _ x: UnsafePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>, count: Int, by rate: Double
) {
  if rate == 1 { return y.update(from: x, count: count) }
  let kernels = Scalar.kernels.elementwise
  withUnsafeTemporaryAllocation(of: Scalar.self, capacity: max(count, 1)) { memory in
    let difference = memory.baseAddress!
    kernels.binary(
      LGBinary(f: .subtract, rows: 1, columns: count, a_row: 0, a_step: 1, b_row: 0, b_step: 1), x,
      y, difference)
    kernels.affine(difference, Scalar(rate), 0, y, count, true)
  }
}
