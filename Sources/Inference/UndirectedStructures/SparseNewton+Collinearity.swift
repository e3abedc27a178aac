import Foundation
import Tensors

extension SparseNewton {
  var collinearity: Collinearity { Collinearity(covariance: s, size: size, rounding: rounding) }

  /// By a precision that was found: the variables of the direction `v` in which it is largest, of the
  /// variance `1/λ`, where that is no variance but for rounding.
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

  /// By a precision that grows without end where a likelihood has no maximum, or the penalty hardly
  /// bounds it: the variables of the direction in which it does, if they are collinear.
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

  /// Whether a penalty leaves the precision so large that no step can be computed any more.
  var isSingular: Bool { penalty > 0 && !(largestInflation < 100 * solvableInflation) }

  /// The inflation up to which the second derivatives, whose condition is its square, have a
  /// factorization in double.
  private var solvableInflation: Double { 1 / (Double(size) * .ulpOfOne).squareRoot() }

  /// The least penalty at which a minimum is found for certain where these variables are collinear, in
  /// the units of the covariance: that leaves an inflation of at most `solvableInflation`, and rounds
  /// the objective by less than the tolerance.
  func leastPenalty(of variables: [Int], tolerance: Double) -> Double {
    let variance = variables.reduce(0) { largest, i in
      max(largest, s.pointer[i * size + i] / scales.pointer[i] / scales.pointer[i])
    }
    let n = Double(size)
    return variance * max(4 / solvableInflation, n * n * .ulpOfOne / tolerance)
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

  private var largestInflation: Double {
    (0..<size).reduce(0) { largest, i in
      // A NaN is kept.
      inflation(i) <= largest ? largest : inflation(i)
    }
  }

  /// By how much a variance is larger than what the others leave of it: `Pᵢᵢ Sᵢᵢ`.
  private func inflation(_ i: Int) -> Double {
    p.pointer[i * size + i] * s.pointer[i * size + i]
  }
}
