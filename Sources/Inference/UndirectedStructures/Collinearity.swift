import Foundation
import Tensors

/// Combinations of variables that have no variance but for rounding, or less.
///
/// Elements of a covariance are known to a few rounding errors of `√(Sᵢᵢ Sⱼⱼ)`, so that `vᵀSv` is known
/// to that times `(Σ |vᵢ| √Sᵢᵢ)²`. A combination whose variance is not larger may as well be constant,
/// and without a penalty the likelihood has no maximum that the data determine.
struct Collinearity {
  /// `S`, size×size.
  let covariance: Storage<Double>
  let size: Int
  /// The relative rounding of its elements.
  let rounding: Double

  /// By the factor of `S`, of which `failing` is the first pivot that is not positive: the first
  /// variable that is a combination of those before it, with these.
  func variables(factor: Storage<Double>, failing: Int?) -> [Int]? {
    for j in 1..<max(1, size) where j <= failing ?? size {
      let pivot = j == failing ? 0 : factor.pointer[j * size + j]
      guard pivot * pivot < 0.01 * variance(j) else { continue }
      let v = residual(of: j, factor: factor) { covariance.pointer[j * size + $0] }
      if j == failing || isConstant(variance: pivot * pivot, v, count: j + 1) {
        return significant(v, count: j + 1)
      }
    }
    return nil
  }

  /// The variables of a combination whose variance is negative beyond rounding, so that `S` is the
  /// covariance of nothing; `nil` where there is none.
  ///
  /// It has none where `S`, scaled to a unit diagonal, has a Cholesky factor once its rounding has been
  /// added to the diagonal.
  /// - Complexity: one Cholesky factorization.
  func indefinite() -> [Int]? {
    let n = size
    let factor = Storage<Double>(count: n * n)
    let scale = (0..<n).map { 1 / variance($0).squareRoot() }
    for i in 0..<n {
      for j in 0..<n {
        factor.pointer[i * n + j] = covariance.pointer[i * n + j] * scale[i] * scale[j]
      }
      factor.pointer[i * n + i] = 1 + roundingOfVariance
    }
    guard let j = Double.kernels.linearAlgebra.factor(factor.pointer, size: n) else { return nil }
    // The factor stands in the lower triangle, and the correlations above it still.
    return significant(
      residual(of: j, factor: factor) { factor.pointer[$0 * n + j] }, count: j + 1)
  }

  /// `v` where `Σ vᵢ xᵢ` is the regression of variable `j` on those before it, less the variable itself.
  private func residual(
    of j: Int, factor: Storage<Double>, covariance: (Int) -> Double
  ) -> Storage<Double> {
    let v = Storage<Double>(count: size)
    for i in 0..<j { v.pointer[i] = covariance(i) }
    Double.kernels.linearAlgebra.solve(factor: factor.pointer, size: j, step: size, v.pointer)
    v.pointer[j] = -1
    return v
  }

  /// Whether a combination of this variance has none but for rounding.
  func isConstant(variance: Double, _ v: Storage<Double>, count: Int) -> Bool {
    let sum = (0..<count).reduce(0) { $0 + abs(v.pointer[$1]) * self.variance($1).squareRoot() }
    return !(variance > roundingOfVariance * sum * sum)
  }

  /// The variables that a combination has a part of.
  func significant(_ v: Storage<Double>, count: Int) -> [Int] {
    let largest = (0..<count).reduce(0) { max($0, abs(v.pointer[$1])) }
    return (0..<count).filter { abs(v.pointer[$0]) > significance * largest }
  }

  /// What rounding leaves of a variance of 1.
  var roundingOfVariance: Double { Self.roundingOfVariance(size: size, rounding: rounding) }

  /// The same of so many variables, of which the covariances have this relative rounding.
  static func roundingOfVariance(size: Int, rounding: Double) -> Double {
    4 * Double(size + 8) * rounding
  }

  /// The part of the largest coefficient below which one is rounding.
  private var significance: Double { max(1e-6, rounding.squareRoot()) }

  private func variance(_ i: Int) -> Double { covariance.pointer[i * size + i] }
}
