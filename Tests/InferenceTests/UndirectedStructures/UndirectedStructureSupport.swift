import LatentGraphs
import Testing

/// An empirical covariance, a penalty, and scikit-learn's results for them.
struct GraphicalLassoReference: Sendable, CustomTestStringConvertible {
  let name: String
  let penalty: Double
  /// The objective that scikit-learn reaches at its default tolerance.
  let defaultObjective: Double
  let covariance: [Double]
  /// The precision that scikit-learn reaches at a tight tolerance.
  let precision: [Double]

  var testDescription: String { name }
  var size: Int { Int(Double(covariance.count).squareRoot()) }
  var matrix: Tensor<Double> { Tensor(covariance, shape: [size, size]) }
}

/// Observations of variables, each of which contains a multiple of the previous one.
func chainObservations(
  _ count: Int, variables: Int, link: Double = 0.6, seed: UInt64
) -> Tensor<Double> {
  var generator = Philox(seed: seed)
  var x = Tensor<Double>.normal([count, variables], using: &generator).scalars
  for i in x.indices where i % variables > 0 { x[i] += link * x[i - 1] }
  return Tensor(x, shape: [count, variables])
}

/// The covariance `1/rows Σ (x − mean)(x − mean)ᵀ`, element by element.
func empiricalCovariance(_ x: Tensor<Double>) -> Tensor<Double> {
  let (rows, k) = (x.shape[0], x.shape[1])
  let means = (0..<k).map { i in (0..<rows).reduce(0) { $0 + x[$1, i] } / Double(rows) }
  let elements = (0..<k * k).map { place in
    let (i, j) = (place / k, place % k)
    return (0..<rows).reduce(0) { $0 + (x[$1, i] - means[i]) * (x[$1, j] - means[j]) }
      / Double(rows)
  }
  return Tensor(elements, shape: [k, k])
}

/// A symmetric matrix with its variables in another order. Element `(i, j)` is element `(order[i],
/// order[j])` of the given matrix.
func permuted(_ matrix: Tensor<Double>, _ order: [Int]) -> Tensor<Double> {
  Tensor(
    order.flatMap { i in order.map { j in matrix[i, j] } }, shape: [order.count, order.count])
}

/// The objective `−log|P| + tr(S P) + α Σ |P_ij|`, summed over `i ≠ j`, by its definition.
func lassoObjective(
  _ precision: Tensor<Double>, covariance s: Tensor<Double>, penalty: Double
) throws -> Double {
  let k = precision.shape[0]
  var value = -2 * (try precision.cholesky().diagonal().log().sum().scalar)
  for i in 0..<k {
    for j in 0..<k {
      value += s[i, j] * precision[i, j] + (i == j ? 0 : penalty * abs(precision[i, j]))
    }
  }
  return value
}
