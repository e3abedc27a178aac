import Foundation
import Tensors

/// Units of the variables in which their variances are below 2: powers of two, so that nothing is
/// rounded. Products of variances in other units overflow, or lose digits to underflow.
///
/// It is one unit for all, in which the largest variance is at least 1/2, where variances differ by
/// factors of up to a million; else each variable has its own.
struct UnitScaling {
  /// The unit of each variable is `2^exponents[i]`.
  let exponents: [Int]

  /// The units for this covariance.
  /// - Throws: `UndirectedStructureError` where a variance is not positive, or too large or small for
  ///   its inverse, or where two variables correlate by more than one, beyond rounding.
  init(covariance: SymmetricMatrix) throws {
    let n = covariance.size
    let own = try (0..<n).map { i in
      let variance = covariance.elements[i * n + i]
      guard variance > 0 else {
        throw UndirectedStructureError.varianceNotPositive(variable: i, variance: variance)
      }
      guard Self.range.contains(variance) else {
        throw UndirectedStructureError.unitOutOfRange(variable: i, variance: variance)
      }
      return Int((Double(variance.exponent) / 2).rounded(.up))
    }
    let (least, most) = (own.min()!, own.max()!)
    exponents = most - least <= 10 ? own.map { _ in most } : own
    let scaled = scaled(covariance, by: -1)
    let largest = 1 + Collinearity.roundingOfVariance(size: n, rounding: covariance.rounding)
    for i in 0..<n {
      for j in 0..<i {
        let bound = (scaled[i * n + i] * scaled[j * n + j]).squareRoot()
        guard abs(scaled[i * n + j]) <= bound * largest else {
          throw UndirectedStructureError.correlationAboveOne(
            row: i, column: j, correlation: scaled[i * n + j] / bound)
        }
      }
    }
  }

  /// Variances of which the inverses, and small multiples of both, are normal numbers.
  static let range = 1e-290...1e290

  /// `matrix[i, j]` times the units of both variables, or, by −1, in these units.
  func scaled(_ matrix: SymmetricMatrix, by sign: Int) -> [Double] {
    scaled(matrix.elements, by: sign)
  }

  /// The same of the elements of a matrix.
  func scaled(_ elements: [Double], by sign: Int) -> [Double] {
    let n = exponents.count
    let units = exponents.map { scalbn(1, sign * $0) }
    return [Double](unsafeUninitializedCapacity: n * n) { out, count in
      for i in 0..<n {
        for j in 0..<n { out[i * n + j] = elements[i * n + j] * units[i] * units[j] }
      }
      count = n * n
    }
  }

  /// `1/unit` of each variable: a penalty in units of a covariance is times two of them.
  var inverses: [Double] { exponents.map { scalbn(1, -$0) } }

  /// `log|D²|`, by which `log|S|` is larger in the variables' own units.
  var logDeterminant: Double { 2 * log(2) * Double(exponents.reduce(0, +)) }
}
