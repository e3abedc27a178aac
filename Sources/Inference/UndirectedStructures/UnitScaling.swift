import Foundation
import Tensors

/// Units in which the variances of all variables are below 2. They are powers of two, so that
/// conversions do not round. Without this scaling, products of variances could overflow or
/// underflow.
///
/// If the variances differ by factors of up to about a million, all variables have the same unit,
/// in which the largest variance is at least 1/2. Otherwise each variable has its own unit.
struct UnitScaling {
  /// The unit of each variable is `2^exponents[i]`.
  let exponents: [Int]

  /// The units for this covariance.
  /// - Throws: `UndirectedStructureError` if a variance is not positive or too large or small to be
  ///   inverted, or if the correlation of two variables exceeds one by more than rounding.
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

  /// The allowed variances. Their inverses, and small multiples of both, are normal numbers.
  static let range = 1e-290...1e290

  /// `matrix[i, j]` times the units of both variables if `sign` is 1, or divided by these units if
  /// it is −1.
  func scaled(_ matrix: SymmetricMatrix, by sign: Int) -> [Double] {
    scaled(matrix.elements, by: sign)
  }

  /// The same for the elements of a matrix.
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

  /// `1/unit` of each variable. A penalty in the units of a covariance is multiplied by the
  /// inverses of two variables.
  var inverses: [Double] { exponents.map { scalbn(1, -$0) } }

  /// `log|D²|` for the diagonal matrix `D` of the units, by which `log|S|` is larger in the
  /// original units.
  var logDeterminant: Double { 2 * log(2) * Double(exponents.reduce(0, +)) }
}
