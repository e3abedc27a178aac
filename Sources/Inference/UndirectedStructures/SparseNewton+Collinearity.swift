import Foundation
import Tensors

/// The variables of a combination that has no variance but for rounding.
///
/// Elements of a covariance are known to a few rounding errors of `√(Sᵢᵢ Sⱼⱼ)`, so that `vᵀSv` is known
/// to that times `(Σ |vᵢ| √Sᵢᵢ)²`. A combination whose variance is not larger may as well be constant,
/// and without a penalty the likelihood has no maximum that the data determine.
extension SparseNewton {
  /// By the factor of `S`, of which `failing` is the first pivot that is not positive: the first
  /// variable that is a combination of those before it, with these.
  func collinear(factor: Storage<Double>, failing: Int?) -> [Int]? {
    for j in 1..<max(1, size) where j <= failing ?? size {
      let pivot = j == failing ? 0 : factor.pointer[j * size + j]
      guard pivot * pivot < 1e-4 * s.pointer[j * size + j] else { continue }
      // The coefficients of the regression on the variables before it.
      let v = Storage<Double>(count: size)
      v.pointer.update(from: s.pointer + j * size, count: j)
      linearAlgebra.solve(factor: factor.pointer, size: j, step: size, v.pointer)
      v.pointer[j] = -1
      if j == failing || isConstant(variance: pivot * pivot, v, count: j + 1) {
        return significant(v, count: j + 1)
      }
    }
    return nil
  }

  /// By a precision that was found: the direction `v` in which it is largest, of the variance `1/λ`.
  func collinear() -> [Int]? {
    let trace = (0..<size).reduce(0) { $0 + inflation($1) }
    guard trace * roundingOfVariance * Double(size) > 0.1 || !trace.isFinite else { return nil }
    let (v, eigenvalue) = largestDirection()
    return isConstant(variance: 1 / eigenvalue, v, count: size) ? significant(v, count: size) : nil
  }

  /// By a precision that grows without end where a likelihood has no maximum: the variables of the
  /// direction in which it does, if they are collinear.
  func collinearOfDivergence() -> [Int]? {
    let largest = (0..<size).reduce(0) { max($0, inflation($1)) }
    guard patternIsGiven, !(largest < 1e6) else { return nil }
    let variables = significant(largestDirection().v, count: size)
    let n = variables.count
    let part = Storage<Double>(count: n * n)
    for (row, i) in variables.enumerated() {
      for (column, j) in variables.enumerated() {
        part.pointer[row * n + column] = s.pointer[i * size + j]
      }
    }
    let newton = SparseNewton(
      covariance: part, scales: scales, size: n, constraint: .pattern([]))
    let factor = Storage<Double>(count: n * n)
    factor.pointer.update(from: part.pointer, count: n * n)
    let pivot = linearAlgebra.factor(factor.pointer, size: n)
    return newton.collinear(factor: factor, failing: pivot).map { $0.map { variables[$0] } }
  }

  /// The eigenvector of the largest eigenvalue of `P`, of length 1, by powers of `P`.
  private func largestDirection() -> (v: Storage<Double>, eigenvalue: Double) {
    var (v, next) = (Storage<Double>(count: size), Storage<Double>(count: size))
    let largest = (0..<size).max { p.pointer[$0 * size + $0] < p.pointer[$1 * size + $1] }!
    v.pointer.update(from: p.pointer + largest * size, count: size)
    var eigenvalue = 0.0
    for _ in 0..<60 {
      let norm = (0..<size).reduce(0) { hypot($0, v.pointer[$1]) }
      for i in 0..<size { v.pointer[i] /= norm }
      for i in 0..<size {
        next.pointer[i] = (0..<size).reduce(0) { $0 + p.pointer[i * size + $1] * v.pointer[$1] }
      }
      eigenvalue = (0..<size).reduce(0) { $0 + v.pointer[$1] * next.pointer[$1] }
      swap(&v, &next)
    }
    return (next, eigenvalue)
  }

  /// By how much a variance is larger than what the others leave of it: `Pᵢᵢ Sᵢᵢ`.
  private func inflation(_ i: Int) -> Double {
    p.pointer[i * size + i] * s.pointer[i * size + i]
  }

  /// What rounding leaves of a variance of 1.
  private var roundingOfVariance: Double { 4 * Double(size + 8) * .ulpOfOne }

  private func isConstant(variance: Double, _ v: Storage<Double>, count: Int) -> Bool {
    let sum = (0..<count).reduce(0) {
      $0 + abs(v.pointer[$1]) * s.pointer[$1 * size + $1].squareRoot()
    }
    return !(variance > roundingOfVariance * sum * sum)
  }

  private func significant(_ v: Storage<Double>, count: Int) -> [Int] {
    let largest = (0..<count).reduce(0) { max($0, abs(v.pointer[$1])) }
    return (0..<count).filter { abs(v.pointer[$0]) > 1e-6 * largest }
  }
}
