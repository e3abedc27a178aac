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
    kernels.binary(.subtract, x, 0, 1, y, 0, 1, difference, 1, count)
    kernels.affine(difference, Scalar(rate), 0, y, count, 1)
  }
}
