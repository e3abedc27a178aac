import Foundation
import TestSupport

/// A number of about 32 decimal digits, stored as the sum of two values of type `Double`. The
/// algorithms are those of T. Dekker, A floating-point technique for extending the available
/// precision, Numer. Math. 18 (1971).
struct DoubleDouble {
  var high: Double
  var low: Double

  init(_ value: Double) { (high, low) = (value, 0) }

  /// The exact sum of two numbers of any magnitudes.
  private init(sum a: Double, _ b: Double) {
    high = a + b
    let part = high - a
    low = (a - (high - part)) + (b - part)
  }

  /// The exact sum of two numbers, the second of which is smaller in magnitude.
  private init(ordered a: Double, _ b: Double) {
    high = a + b
    low = b - (high - a)
  }

  static func + (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let sum = DoubleDouble(sum: a.high, b.high)
    let rest = DoubleDouble(sum: a.low, b.low)
    let joined = DoubleDouble(ordered: sum.high, sum.low + rest.high)
    return DoubleDouble(ordered: joined.high, joined.low + rest.low)
  }

  static prefix func - (a: DoubleDouble) -> DoubleDouble {
    var result = a
    (result.high, result.low) = (-a.high, -a.low)
    return result
  }

  static func - (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble { a + -b }

  static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let product = a.high * b.high
    let error = (-product).addingProduct(a.high, b.high)
    return DoubleDouble(ordered: product, error + (a.high * b.low + a.low * b.high))
  }

  static func / (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let first = a.high / b.high
    let rest = a - b * DoubleDouble(first)
    let second = rest.high / b.high
    let last = (rest - b * DoubleDouble(second)).high / b.high
    return DoubleDouble(ordered: first, second) + DoubleDouble(last)
  }

  func squareRoot() -> DoubleDouble {
    let root = high.squareRoot()
    return DoubleDouble(
      ordered: root, (self - DoubleDouble(root) * DoubleDouble(root)).high / (2 * root))
  }
}

/// The inverse of a small symmetric matrix in 32 digits: the variances, and the condition number
/// after scaling to a unit diagonal.
struct PreciseInverse {
  /// The diagonal of the inverse; empty if the matrix is not positive definite in 32 digits.
  private(set) var variances: [Double] = []
  /// The condition number; infinite if the matrix is not positive definite in 32 digits.
  private(set) var condition = Double.infinity

  typealias Rows = [[DoubleDouble]]

  /// Inverts a matrix given by its elements.
  init(of matrix: [[Double]]) {
    let roots = matrix.indices.map { DoubleDouble(matrix[$0][$0]).squareRoot() }
    let scaled = matrix.indices.map { i in
      matrix.indices.map { DoubleDouble(matrix[i][$0]) / (roots[i] * roots[$0]) }
    }
    guard let factor = Self.factor(of: scaled) else { return }
    finish(factor, roots, scaled)
  }

  /// Inverts `L Lᵀ`, given the rows of the lower triangular factor `L`.
  init(ofFactor factor: [[Double]]) {
    let exact = factor.map { $0.map { DoubleDouble($0) } }
    let roots = exact.map { row in
      row.reduce(DoubleDouble(0)) { $0 + $1 * $1 }.squareRoot()
    }
    let scaled = exact.indices.map { i in exact[i].map { $0 / roots[i] } }
    finish(scaled, roots, Self.product(scaled, transposingLeft: false))
  }

  private mutating func finish(_ factor: Rows, _ roots: [DoubleDouble], _ scaled: Rows) {
    let inverse = Self.product(Self.inverse(of: factor), transposingLeft: true)
    variances = inverse.indices.map { (inverse[$0][$0] / (roots[$0] * roots[$0])).high }
    condition = Self.largestEigenvalue(of: scaled) * Self.largestEigenvalue(of: inverse)
  }

  private static func factor(of matrix: Rows) -> Rows? {
    var rows = matrix
    for j in rows.indices {
      for i in j..<rows.count {
        for k in 0..<j { rows[i][j] = rows[i][j] - rows[i][k] * rows[j][k] }
      }
      guard rows[j][j].high > 0 else { return nil }
      let root = rows[j][j].squareRoot()
      for i in j..<rows.count { rows[i][j] = rows[i][j] / root }
      for i in 0..<j { rows[i][j] = DoubleDouble(0) }
    }
    return rows
  }

  private static func inverse(of factor: Rows) -> Rows {
    let n = factor.count
    var result = Rows(repeating: Array(repeating: DoubleDouble(0), count: n), count: n)
    for j in 0..<n {
      for i in j..<n {
        var sum = DoubleDouble(i == j ? 1 : 0)
        for k in j..<i { sum = sum - factor[i][k] * result[k][j] }
        result[i][j] = sum / factor[i][i]
      }
    }
    return result
  }

  /// `A Aᵀ` or `Aᵀ A`.
  private static func product(_ a: Rows, transposingLeft: Bool) -> Rows {
    a.indices.map { i in
      a.indices.map { j in
        a.indices.reduce(DoubleDouble(0)) {
          $0 + (transposingLeft ? a[$1][i] * a[$1][j] : a[i][$1] * a[j][$1])
        }
      }
    }
  }

  /// The largest eigenvalue of a positive definite matrix, from the trace of `A^256`, which is
  /// computed by repeated squaring.
  private static func largestEigenvalue(of matrix: Rows) -> Double {
    var power = Matrix(matrix.map { $0.map(\.high) })
    var logarithm = 0.0
    for step in 0..<9 {
      let size = power.rows.joined().map(abs).max()!
      logarithm += log(size) / Double(1 << step)
      power = Matrix(power.rows.map { $0.map { $0 / size } })
      if step < 8 { power = power * power }
    }
    // The largest eigenvalue of the scaled power lies between its trace divided by the number of
    // rows, and its trace.
    return exp(logarithm + log(power.trace) / 256)
  }
}
