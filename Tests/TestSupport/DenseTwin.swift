import Foundation
import Tensors

/// A small dense matrix in plain Swift with textbook algorithms. The library is compared with it
/// and shares no code with it.
package struct Matrix {
  package var rows: [[Double]]

  package init(_ rows: [[Double]]) { self.rows = rows }

  package init(zeros height: Int, _ width: Int) {
    rows = Array(repeating: Array(repeating: 0, count: width), count: height)
  }

  package static func identity(_ size: Int) -> Matrix {
    var result = Matrix(zeros: size, size)
    for i in 0..<size { result.rows[i][i] = 1 }
    return result
  }

  package var size: Int { rows.count }

  package var transposed: Matrix {
    Matrix(rows[0].indices.map { j in rows.map { $0[j] } })
  }

  package var trace: Double { rows.indices.reduce(0) { $0 + rows[$1][$1] } }

  /// The elements `(i, i + offset)`.
  package func band(_ offset: Int) -> [Double] {
    rows.indices.dropLast(offset).map { rows[$0][$0 + offset] }
  }

  /// The block of the given rows and columns.
  package func block(_ some: [Int], _ others: [Int]) -> Matrix {
    Matrix(some.map { row in others.map { rows[row][$0] } })
  }

  package static func * (a: Matrix, b: Matrix) -> Matrix {
    let columns = b.transposed.rows
    return Matrix(a.rows.map { row in columns.map { dot(row, $0) } })
  }

  package static func * (a: Matrix, x: [Double]) -> [Double] { a.rows.map { dot($0, x) } }

  /// `L⁻¹ g` for a lower triangular matrix `L`.
  package func solve(_ g: [Double]) -> [Double] {
    var x = g
    for i in 0..<size {
      for j in 0..<i { x[i] -= rows[i][j] * x[j] }
      x[i] /= rows[i][i]
    }
    return x
  }

  /// `L⁻ᵀ e` for a lower triangular matrix `L`.
  package func unwhiten(_ e: [Double]) -> [Double] {
    var u = e
    for i in (0..<size).reversed() {
      for j in (i + 1)..<max(size, i + 1) { u[i] -= rows[j][i] * u[j] }
      u[i] /= rows[i][i]
    }
    return u
  }

  /// The inverse and `log|det|`, by Gauss–Jordan elimination with partial pivoting.
  package func inverted() -> (inverse: Matrix, logDeterminant: Double) {
    var (a, b) = (rows, Matrix.identity(size).rows)
    var logDeterminant = 0.0
    for column in 0..<size {
      let pivot = (column..<size).max { abs(a[$0][column]) < abs(a[$1][column]) }!
      a.swapAt(column, pivot)
      b.swapAt(column, pivot)
      let scale = a[column][column]
      logDeterminant += log(abs(scale))
      a[column] = a[column].map { $0 / scale }
      b[column] = b[column].map { $0 / scale }
      for i in 0..<size where i != column {
        let factor = a[i][column]
        for j in 0..<size {
          a[i][j] -= factor * a[column][j]
          b[i][j] -= factor * b[column][j]
        }
      }
    }
    return (Matrix(b), logDeterminant)
  }
}

package func dot(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}

/// A Gaussian given by its mean and the factor of its precision or its covariance, with textbook
/// formulas.
package struct DenseGaussian {
  package let mean: [Double]
  package let precision: Matrix
  package let covariance: Matrix
  package let logDeterminant: Double

  package init(mean: [Double], factor: Matrix) {
    self.mean = mean
    precision = factor * factor.transposed
    (covariance, logDeterminant) = precision.inverted()
  }

  package init(mean: [Double], covariance: Matrix) {
    self.mean = mean
    self.covariance = covariance
    let (inverse, logDeterminant) = covariance.inverted()
    precision = inverse
    self.logDeterminant = -logDeterminant
  }

  /// The marginal of some of the variables.
  package func marginal(_ variables: [Int]) -> DenseGaussian {
    DenseGaussian(
      mean: variables.map { mean[$0] }, covariance: covariance.block(variables, variables))
  }

  /// The conditional of the remaining variables, or of all variables for noisy values, computed
  /// from the covariance: `μ_U + Σ_UE (Σ_EE + R)⁻¹ (e − μ_E)`.
  package func conditioned(
    on variables: [Int], _ values: [Double], noise: [Double]? = nil
  ) -> DenseGaussian {
    let rest = noise == nil ? mean.indices.filter { !variables.contains($0) } : Array(mean.indices)
    var evidence = covariance.block(variables, variables)
    for (i, variance) in (noise ?? []).enumerated() { evidence.rows[i][i] += variance }
    let gain = covariance.block(rest, variables) * evidence.inverted().inverse
    let deviation = zip(variables, values).map { $1 - mean[$0] }
    let shift = gain * deviation
    var left = covariance.block(rest, rest)
    let explained = gain * covariance.block(variables, rest)
    for i in left.rows.indices {
      for j in left.rows.indices { left.rows[i][j] -= explained.rows[i][j] }
    }
    return DenseGaussian(mean: zip(rest, shift).map { mean[$0] + $1 }, covariance: left)
  }

  package func logDensity(of value: [Double]) -> Double {
    let residual = zip(value, mean).map { $0 - $1 }
    let quadratic = dot(residual, precision * residual)
    let constant = Double(mean.count) * log(2 * Double.pi)
    return 0.5 * (logDeterminant - constant - quadratic)
  }

  package var entropy: Double {
    let constant = Double(mean.count) * (1 + log(2 * Double.pi))
    return 0.5 * (constant - logDeterminant)
  }

  /// `KL(self ‖ p)`.
  package func divergence(from p: DenseGaussian) -> Double {
    let distance = zip(mean, p.mean).map { $0 - $1 }
    return 0.5
      * ((p.precision * covariance).trace + dot(distance, p.precision * distance)
        - Double(mean.count) + logDeterminant - p.logDeterminant)
  }
}

extension Tensor where Scalar == Double {
  /// The vectors along the last axis, in row-major order.
  package var vectors: [[Double]] {
    let (elements, length) = (scalars, shape[-1])
    return stride(from: 0, to: count, by: length).map { Array(elements[$0..<$0 + length]) }
  }
}
