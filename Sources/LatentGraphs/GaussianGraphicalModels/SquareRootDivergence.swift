import Tensors

/// `KL(q ‖ p)` of Gaussians with the same mean, computed from the factors, if one of the precisions
/// is given by a square root. Elements of an ill-conditioned precision, and differences of such
/// elements, would have no correct digits. The result is `nil` for other precisions, and for more
/// than 256 variables if both precisions are well conditioned.
///
/// For two nets over the same edges, the divergence is a sum of non-negative terms without
/// cancellation. Otherwise it is `½(‖L_pᵀ L_q⁻ᵀ‖² − k) + Σ log L_q,ii − Σ log L_p,ii`.
/// - Complexity: a solve and a product for each variable.
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
  // For equal Gaussians, rounding can make the result negative.
  return (0.5 * (squares - Scalar(q.dimension)) + logarithms).relu()
}

extension SquareRootPrecision {
  /// The divergence if both square roots are triangular with the same pattern, as in
  /// `factorDivergence`: with `A_p = (I + E) A_q`, `E = (A_p − A_q) A_q⁻¹`. `nil` for other
  /// precisions.
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

/// Whether the elements of a precision have at least half of the digits of the scalar type.
private func hasDigits<Scalar: TensorScalar>(
  _ precision: any PrecisionStructure<Scalar>
) -> Bool {
  let limit = 1 / Scalar.ulpOfOne.squareRoot()
  return precision.conditionEstimate.scalars.allSatisfy { $0 < limit }
}

/// The sum of `body` over the `k ≥ 1` unit vectors, of which up to 256 are passed at once:
/// `[count, batch…, k]`.
func sumOverUnitVectors<Scalar: TensorScalar>(
  _ k: Int, _ batch: Shape, of body: (Tensor<Scalar>) -> Tensor<Scalar>
) -> Tensor<Scalar> {
  let ones = [Int](repeating: 1, count: batch.rank)
  var sum: Tensor<Scalar>?
  for first in stride(from: 0, to: k, by: 256) {
    let count = min(256, k - first)
    let units = Tensor<Scalar>.ones([count])
      .scatterAdded(to: (0..<count).map { $0 * k + first + $0 }, count: count * k)
      .reshaped(to: Shape([count] + ones + [k])).broadcast(to: [count] + batch + [k])
    let part = body(units)
    sum = sum.map { $0 + part } ?? part
  }
  return sum ?? .zeros(batch)
}
