import LatentGraphs
import Tensors
import Testing

/// An empirical covariance and penalty, with what scikit-learn made of them.
struct GraphicalLassoReference: Sendable, CustomTestStringConvertible {
  let name: String
  let penalty: Double
  /// The objective that it reaches at its default tolerance.
  let defaultObjective: Double
  let covariance: [Double]
  /// The precision at a tight tolerance.
  let precision: [Double]

  var testDescription: String { name }
  var size: Int { Int(Double(covariance.count).squareRoot()) }
  var matrix: Tensor<Double> { Tensor(covariance, shape: [size, size]) }
}

/// Observations of variables in a row, each of which has a part of the one before in it.
func chainObservations(
  _ count: Int, variables: Int, link: Double = 0.6, seed: UInt64
) -> Tensor<Double> {
  var generator = Philox(seed: seed)
  var x = Tensor<Double>.normal([count, variables], using: &generator).scalars
  for i in x.indices where i % variables > 0 { x[i] += link * x[i - 1] }
  return Tensor(x, shape: [count, variables])
}

/// `1/rows Σ (x − mean)(x − mean)ᵀ`, element by element.
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

/// The largest magnitude of a difference of elements.
func largestDifference(_ a: Tensor<Double>, _ b: Tensor<Double>) -> Double {
  zip(a.scalars, b.scalars).reduce(0) { max($0, abs($1.0 - $1.1)) }
}

/// A symmetric matrix with its variables in another order: element `(i, j)` is `(order[i],
/// order[j])` of the given one.
func permuted(_ matrix: Tensor<Double>, _ order: [Int]) -> Tensor<Double> {
  Tensor(
    order.flatMap { i in order.map { j in matrix[i, j] } }, shape: [order.count, order.count])
}

/// `−log|P| + tr(S P) + α Σ |P_ij|` over `i ≠ j`, by the definition.
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
