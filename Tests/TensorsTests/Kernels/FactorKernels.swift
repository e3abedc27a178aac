import CKernels
import Testing

/// The sparsity pattern of a Cholesky factor. The parameters are one array: the diagonal, then the
/// coefficients of the neighbours to the right, then those of the neighbours below.
enum FactorPattern: CustomTestStringConvertible, Sendable {
  case chain(Int)
  case grid(Int, Int)

  var height: Int { if case .grid(let h, _) = self { h } else { 1 } }
  var width: Int {
    switch self {
    case .chain(let k): k
    case .grid(_, let w): w
    }
  }
  var size: Int { height * width }
  var rightCount: Int { size - height }
  var downCount: Int { size - width }
  var testDescription: String {
    if case .chain(let k) = self { "chain of \(k)" } else { "grid \(height)×\(width)" }
  }

  /// The row and the column of each parameter in `L`.
  var positions: [(Int, Int)] {
    let w = width
    let inner = (0..<size).filter { $0 % w != w - 1 }
    let right = inner.map { ($0 + 1, $0) }
    let down = (0..<downCount).map { ($0 + w, $0) }
    return (0..<size).map { ($0, $0) } + right + down
  }

  /// The offsets `j - i` of the bands of `Σ` that the kernels compute.
  var offsets: [Int] {
    if case .chain = self { [0, 1] } else { [0, 1, width - 1, width] }
  }
  func bandCount(_ offset: Int) -> Int { max(size - offset, 0) }

  static let chains: [FactorPattern] = [1, 2, 3, 7, 8, 9, 16, 17, 33, 100].map { .chain($0) }
  static let grids: [FactorPattern] = [
    .grid(1, 1), .grid(1, 5), .grid(5, 1), .grid(2, 2), .grid(4, 4), .grid(3, 7), .grid(8, 8),
    .grid(3, 9), .grid(2, 37),
  ]
  static let all = chains + grids

  /// Patterns longer than the tiles in which the kernels work.
  static let long: [FactorPattern] = [
    .chain(64), .chain(65), .chain(1100), .grid(9, 33), .grid(40, 5), .grid(2, 530),
  ]
}

/// A batch with one set of parameters for each parameter row, and the kernels in `Double` behind
/// one interface.
struct FactorBatch {
  let pattern: FactorPattern
  let l, r, d: [Double]
  let rows: Int

  init(_ pattern: FactorPattern, rows: Int, parameters: [[Double]]) {
    let k = pattern.size
    let m = pattern.rightCount
    self.pattern = pattern
    self.rows = rows
    l = parameters.flatMap { $0[..<k] }
    r = parameters.flatMap { $0[k..<(k + m)] }
    d = parameters.flatMap { $0[(k + m)...] }
  }

  var parameterRows: Int { l.count / pattern.size }

  func zeros() -> [Double] { [Double](repeating: 0, count: rows * pattern.size) }

  func unwhiten(
    _ e: [Double], mean: [Double]? = nil, range: Range<Int>? = nil
  ) -> (u: [Double], z: [Double]) {
    var (u, z) = (zeros(), zeros())
    let range = range ?? 0..<rows
    let (h, w) = (pattern.height, pattern.width)
    let meanRows = (mean?.count ?? 0) / pattern.size
    if case .chain = pattern {
      lg_bidiagonal_unwhiten_f64(
        range.lowerBound, range.upperBound, w, parameterRows, l, r, e, meanRows, mean, &u, &z)
    } else {
      lg_extended_grid_unwhiten_f64(
        range.lowerBound, range.upperBound, h, w, parameterRows, l, r, d, e, meanRows, mean, &u, &z)
    }
    return (u, z)
  }

  func solve(_ g: [Double]) -> [Double] {
    var x = zeros()
    let (h, w) = (pattern.height, pattern.width)
    if case .chain = pattern {
      lg_bidiagonal_solve_f64(0, rows, w, parameterRows, l, r, g, &x)
    } else {
      lg_extended_grid_solve_f64(0, rows, h, w, parameterRows, l, r, d, g, &x)
    }
    return x
  }

  func whiten(_ x: [Double]) -> [Double] {
    var y = zeros()
    let (h, w) = (pattern.height, pattern.width)
    if case .chain = pattern {
      lg_bidiagonal_whiten_f64(0, rows, w, parameterRows, l, r, x, &y)
    } else {
      lg_extended_grid_whiten_f64(0, rows, h, w, parameterRows, l, r, d, x, &y)
    }
    return y
  }

  func multiply(_ x: [Double]) -> [Double] {
    var y = zeros()
    let (h, w) = (pattern.height, pattern.width)
    if case .chain = pattern {
      lg_bidiagonal_multiply_f64(0, rows, w, parameterRows, l, r, x, &y)
    } else {
      lg_extended_grid_multiply_f64(0, rows, h, w, parameterRows, l, r, d, x, &y)
    }
    return y
  }

  /// The solution `x`, and the gradients for each parameter row, added to `start`.
  func unwhitenAdjoint(
    g: [Double], u: [Double], start: Double? = nil
  ) -> (x: [Double], gradients: [[Double]]) {
    var x = zeros()
    var (dl, dr, dd) = startingGradients(start)
    let (h, w) = (pattern.height, pattern.width)
    if case .chain = pattern {
      lg_bidiagonal_unwhiten_adjoint_f64(
        0, parameterRows, rows, w, parameterRows, l, r, g, u, &x, start != nil, &dl, &dr)
    } else {
      lg_extended_grid_unwhiten_adjoint_f64(
        0, parameterRows, rows, h, w, parameterRows, l, r, d, g, u, &x, start != nil, &dl, &dr, &dd)
    }
    return (x, gathered(dl, dr, dd))
  }

  /// `± a bᵀ` restricted to the pattern, computed in two calls: the elements below `split`, then
  /// the rest.
  func outer(
    _ a: [Double], _ b: [Double], negate: Bool, split: Int, start: Double? = nil
  ) -> [[Double]] {
    var (dl, dr, dd) = startingGradients(start)
    let (h, w, k) = (pattern.height, pattern.width, pattern.size)
    for (low, high) in [(0, split), (split, k)] {
      if case .chain = pattern {
        lg_bidiagonal_outer_f64(
          0, parameterRows, low, high, rows, w, parameterRows, a, b, negate, start != nil, &dl, &dr)
      } else {
        lg_extended_grid_outer_f64(
          0, parameterRows, low, high, rows, h, w, parameterRows, a, b, negate, start != nil, &dl,
          &dr, &dd)
      }
    }
    return gathered(dl, dr, dd)
  }

  /// The bands of `Σ` in the order of `pattern.offsets`, each with all parameter rows.
  func covariance() -> [[Double]] {
    let n = parameterRows
    var bands = pattern.offsets.map { [Double](repeating: .nan, count: n * pattern.bandCount($0)) }
    let (h, w) = (pattern.height, pattern.width)
    if case .chain = pattern {
      var (v, c) = (bands[0], bands[1])
      lg_bidiagonal_covariance_f64(0, n, w, l, r, &v, &c)
      return [v, c]
    }
    var workspace = [Double](repeating: .nan, count: 4 * w * w)
    var (v, next, diagonal, below) = (bands[0], bands[1], bands[2], bands[3])
    lg_extended_grid_covariance_f64(
      0, n, h, w, l, r, d, &v, &next, &diagonal, &below, &workspace)
    bands = [v, next, diagonal, below]
    return bands
  }

  func covarianceAdjoint(_ bars: [[Double]], start: Double? = nil) -> [[Double]] {
    var (dl, dr, dd) = startingGradients(start)
    let (n, h, w) = (parameterRows, pattern.height, pattern.width)
    if case .chain = pattern {
      lg_bidiagonal_covariance_adjoint_f64(
        0, n, w, l, r, covariance()[0], bars[0], bars[1], start != nil, &dl, &dr)
    } else {
      var workspace = [Double](repeating: .nan, count: pattern.size * w + 5 * w * w)
      lg_extended_grid_covariance_adjoint_f64(
        0, n, h, w, l, r, d, bars[0], bars[1], bars[2], bars[3], start != nil, &dl, &dr, &dd,
        &workspace)
    }
    return gathered(dl, dr, dd)
  }

  private func startingGradients(_ start: Double?) -> ([Double], [Double], [Double]) {
    let value = start ?? .nan
    return (l.map { _ in value }, r.map { _ in value }, d.map { _ in value })
  }

  private func gathered(_ dl: [Double], _ dr: [Double], _ dd: [Double]) -> [[Double]] {
    let (k, m, n) = (pattern.size, pattern.rightCount, pattern.downCount)
    return (0..<parameterRows).map {
      Array(dl[($0 * k)..<(($0 + 1) * k)]) + Array(dr[($0 * m)..<(($0 + 1) * m)])
        + (dd.isEmpty ? [] : Array(dd[($0 * n)..<(($0 + 1) * n)]))
    }
  }
}
