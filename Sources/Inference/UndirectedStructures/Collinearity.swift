import Foundation
import Tensors

/// Linear combinations of variables whose variance is zero, up to rounding, or negative.
///
/// The elements of a covariance have errors of a few rounding units of `√(Sᵢᵢ Sⱼⱼ)`, so that the
/// error of `vᵀSv` is this relative error times `(Σ |vᵢ| √Sᵢᵢ)²`. A combination whose variance is
/// not larger than this may be constant. Without a penalty the likelihood then has no maximum that
/// is determined by the data.
struct Collinearity {
  /// `S`, size×size.
  let covariance: Storage<Double>
  let size: Int
  /// The relative rounding error of its elements.
  let rounding: Double

  /// The first variable that is a linear combination of the variables before it, and these
  /// variables; `nil` if there is none. `factor` is the Cholesky factor of `S`, and `failing` is
  /// its first pivot that is not positive.
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

  /// The variables of a combination whose variance is negative by more than rounding, so that `S`
  /// is not a covariance; `nil` if there is none.
  ///
  /// There is none if `S`, scaled to a unit diagonal and with its rounding error added to the
  /// diagonal, has a Cholesky factor.
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
    // The lower triangle contains the factor, and the upper triangle still contains the
    // correlations.
    return significant(
      residual(of: j, factor: factor) { factor.pointer[$0 * n + j] }, count: j + 1)
  }

  /// The vector `v` for which `Σ vᵢ xᵢ` is the regression of variable `j` on the variables before
  /// it, minus variable `j`.
  private func residual(
    of j: Int, factor: Storage<Double>, covariance: (Int) -> Double
  ) -> Storage<Double> {
    let v = Storage<Double>(count: size)
    for i in 0..<j { v.pointer[i] = covariance(i) }
    Double.kernels.linearAlgebra.solve(factor: factor.pointer, size: j, step: size, v.pointer)
    v.pointer[j] = -1
    return v
  }

  /// Whether a combination with this variance is constant up to rounding.
  func isConstant(variance: Double, _ v: Storage<Double>, count: Int) -> Bool {
    let sum = (0..<count).reduce(0) { $0 + abs(v.pointer[$1]) * self.variance($1).squareRoot() }
    return !(variance > roundingOfVariance * sum * sum)
  }

  /// The variables whose coefficients in a combination are not negligible.
  func significant(_ v: Storage<Double>, count: Int) -> [Int] {
    let largest = (0..<count).reduce(0) { max($0, abs(v.pointer[$1])) }
    return (0..<count).filter { abs(v.pointer[$0]) > significance * largest }
  }

  /// The rounding error of a variance of 1.
  var roundingOfVariance: Double { Self.roundingOfVariance(size: size, rounding: rounding) }

  /// The same for this number of variables, whose covariances have this relative rounding error.
  static func roundingOfVariance(size: Int, rounding: Double) -> Double {
    4 * Double(size + 8) * rounding
  }

  /// The magnitude, relative to that of the largest coefficient, below which a coefficient is
  /// considered a rounding error.
  private var significance: Double { max(1e-6, rounding.squareRoot()) }

  private func variance(_ i: Int) -> Double { covariance.pointer[i * size + i] }
}
