import Foundation
import Tensors

extension SparseNewton {
  var collinearity: Collinearity { Collinearity(covariance: s, size: size, rounding: rounding) }

  /// The variables of the direction `v` with the largest eigenvalue `λ` of the computed precision,
  /// if the variance `1/λ` in this direction is zero up to rounding; otherwise `nil`.
  func collinear() -> [Int]? {
    let trace = (0..<size).reduce(0) { $0 + inflation($1) }
    let collinearity = collinearity
    guard trace * collinearity.roundingOfVariance * Double(size) > 0.1 || !trace.isFinite else {
      return nil
    }
    let (v, eigenvalue) = largestDirection()
    return collinearity.isConstant(variance: 1 / eigenvalue, v, count: size)
      ? collinearity.significant(v, count: size) : nil
  }

  /// The variables of the direction in which the precision diverges, if they are collinear. The
  /// precision diverges if the likelihood has no maximum or the penalty hardly bounds it.
  func collinearOfDivergence() -> [Int]? {
    guard !(largestInflation < (patternIsGiven ? 1e6 : 0.1 * solvableInflation)) else {
      return nil
    }
    let variables = collinearity.significant(largestDirection().v, count: size)
    if !patternIsGiven { return variables }
    let n = variables.count
    let part = Storage<Double>(count: n * n)
    for (row, i) in variables.enumerated() {
      for (column, j) in variables.enumerated() {
        part.pointer[row * n + column] = s.pointer[i * size + j]
      }
    }
    let factor = Storage<Double>(count: n * n)
    factor.pointer.update(from: part.pointer, count: n * n)
    let pivot = linearAlgebra.factor(factor.pointer, size: n)
    return Collinearity(covariance: part, size: n, rounding: rounding)
      .variables(factor: factor, failing: pivot).map { $0.map { variables[$0] } }
  }

  /// Whether the precision is so large, with a penalty, that no further step can be computed.
  var isSingular: Bool { penalty > 0 && !(largestInflation < 100 * solvableInflation) }

  /// The inflation up to which the second derivatives, whose condition number is its square, can be
  /// factored in double precision.
  var solvableInflation: Double { 1 / (Double(size) * .ulpOfOne).squareRoot() }

  /// The least penalty for which a minimum is certainly found if these variables are collinear, in
  /// the units of the covariance. With this penalty, the inflation is at most `solvableInflation`,
  /// and the rounding error of the objective is below the tolerance.
  func leastPenalty(of variables: [Int], tolerance: Double) -> Double {
    let variance = variables.reduce(0) { largest, i in
      max(largest, s.pointer[i * size + i] / scales.pointer[i] / scales.pointer[i])
    }
    let n = Double(size)
    return variance * max(4 / solvableInflation, n * n * .ulpOfOne / tolerance)
  }

  /// The eigenvector of length 1 for the largest eigenvalue of `P`, by the power method.
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

  private var largestInflation: Double {
    (0..<size).reduce(0) { largest, i in
      // A NaN is propagated.
      inflation(i) <= largest ? largest : inflation(i)
    }
  }

  /// The ratio of a variance to the conditional variance given the other variables: `Pᵢᵢ Sᵢᵢ`.
  private func inflation(_ i: Int) -> Double {
    p.pointer[i * size + i] * s.pointer[i * size + i]
  }
}
