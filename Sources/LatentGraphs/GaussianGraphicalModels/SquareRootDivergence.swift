import Tensors

/// `KL(q ‖ p)` of Gaussians of the same mean by the factors alone, where one of the precisions is given
/// by a square root: the elements of an ill-conditioned precision, and of their difference, have no digits
/// left. `nil` for other precisions, and for more than 256 variables whose precisions are well conditioned.
///
/// Of two nets over the same edges it is a sum of terms that are not negative, without cancellation; else
/// `½(‖L_pᵀ L_q⁻ᵀ‖² − k) + Σ log L_q,ii − Σ log L_p,ii`.
/// - Complexity: a solution and a product for each variable.
func squareRootDivergence<Scalar>(
  _ q: any PrecisionStructure<Scalar>, _ p: any PrecisionStructure<Scalar>
) -> Tensor<Scalar>? {
  guard q is SquareRootPrecision<Scalar> || p is SquareRootPrecision<Scalar> else { return nil }
  if q.dimension > 256, hasDigits(q), hasDigits(p) { return nil }
  let batch = q.batchShape.rank < p.batchShape.rank ? p.batchShape : q.batchShape
  if let q = q as? SquareRootPrecision<Scalar>, let p = p as? SquareRootPrecision<Scalar>,
    let divergence = q.netDivergence(from: p, batch)
  {
    return divergence
  }
  let squares = sumOverUnitVectors(q.dimension, batch) {
    p.whiten(q.unwhiten($0)).squared().sum(axis: -1).sum(axis: 0)
  }
  let logarithms = q.logDeterminantOfFactor - p.logDeterminantOfFactor
  // Of equal Gaussians rounding may leave less than nothing.
  return (0.5 * (squares - Scalar(q.dimension)) + logarithms).relu()
}

extension SquareRootPrecision {
  /// With `A_p = (I + E) A_q`, where both are triangular on the same places, as in `factorDivergence`:
  /// `E = (A_p − A_q) A_q⁻¹`. `nil` for others.
  fileprivate func netDivergence(from p: SquareRootPrecision, _ batch: Shape) -> Tensor<Scalar>? {
    let pattern = rows.pattern
    guard isNet, p.isNet, pattern === p.rows.pattern else { return nil }
    let difference = SparseRows(pattern: pattern, values: p.rows.values - rows.values)
    let starts = Array(pattern.starts.dropLast())
    let own = rows.values.gathered(at: starts)
    let divergence = divergenceOfDiagonals(
      difference.values.gathered(at: starts) / own, ratio: p.rows.values.gathered(at: starts) / own)
    let squares = sumOverUnitVectors(dimension, batch) { units in
      let columns = difference.apply(.whiten, to: unwhiten(units))
      return (columns * (1 - units)).squared().sum(axis: -1).sum(axis: 0)
    }
    return divergence + 0.5 * squares
  }
}

/// Whether the elements of a precision have half of the digits of the type of number.
private func hasDigits<Scalar: TensorScalar>(
  _ precision: any PrecisionStructure<Scalar>
) -> Bool {
  let limit = 1 / Scalar.ulpOfOne.squareRoot()
  return precision.conditionEstimate.scalars.allSatisfy { $0 < limit }
}

/// The sum over the `k ≥ 1` unit vectors, `[some, batch…, k]` of which are taken at once.
func sumOverUnitVectors<Scalar: TensorScalar>(
  _ k: Int, _ batch: Shape, of body: (Tensor<Scalar>) -> Tensor<Scalar>
) -> Tensor<Scalar> {
  let ones = [Int](repeating: 1, count: batch.rank)
  var sum: Tensor<Scalar>?
  for first in stride(from: 0, to: k, by: 256) {
    let count = min(256, k - first)
    let units = Tensor<Scalar>.ones([count])
      .scattered(to: (0..<count).map { $0 * k + first + $0 }, count: count * k)
      .reshaped(to: Shape([count] + ones + [k])).broadcast(to: [count] + batch + [k])
    let part = body(units)
    sum = sum.map { $0 + part } ?? part
  }
  return sum ?? .zeros(batch)
}
