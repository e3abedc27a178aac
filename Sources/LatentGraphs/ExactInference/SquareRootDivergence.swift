import Tensors

/// `KL(q ‖ p)` of Gaussians of the same mean by the factors alone, `½(‖L_pᵀ L_q⁻ᵀ‖² − k) + Σ log L_q,ii −
/// Σ log L_p,ii`, where one of the precisions is given by a square root: the elements of an ill-conditioned
/// precision, and of their difference, have no digits left. `nil` for other precisions, and for more than
/// 256 variables.
/// - Complexity: a solution and a product for each variable.
func squareRootDivergence<Scalar>(
  _ q: any PrecisionStructure<Scalar>, _ p: any PrecisionStructure<Scalar>
) -> Tensor<Scalar>? {
  let k = q.dimension
  guard q is SquareRootPrecision<Scalar> || p is SquareRootPrecision<Scalar>, k <= 256 else {
    return nil
  }
  let batch = q.batchShape.rank < p.batchShape.rank ? p.batchShape : q.batchShape
  let ones = [Int](repeating: 1, count: batch.rank)
  let units = Tensor<Scalar>.identity(k)
    .reshaped(to: Shape([k] + ones + [k])).broadcast(to: [k] + batch + [k])
  let squares = p.whiten(q.unwhiten(units)).squared().sum(axis: -1).sum(axis: 0)
  let logarithms = q.logDeterminantOfFactor - p.logDeterminantOfFactor
  // Of equal Gaussians rounding may leave less than nothing.
  return (0.5 * (squares - Scalar(k)) + logarithms).relu()
}
