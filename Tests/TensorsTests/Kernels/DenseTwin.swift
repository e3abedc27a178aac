/// The dense twin of a structured factor: a lower triangular matrix stored as rows, with textbook
/// loops.
struct DenseTwin {
  var rows: [[Double]]

  init(_ pattern: FactorPattern, parameters: [Double]) {
    let k = pattern.size
    rows = Array(repeating: Array(repeating: 0, count: k), count: k)
    for ((i, j), value) in zip(pattern.positions, parameters) { rows[i][j] = value }
  }

  var size: Int { rows.count }

  /// `L⁻¹ g`
  func solve(_ g: [Double]) -> [Double] {
    var x = g
    for i in 0..<size {
      for j in 0..<i { x[i] -= rows[i][j] * x[j] }
      x[i] /= rows[i][i]
    }
    return x
  }

  /// `L⁻ᵀ e`
  func unwhiten(_ e: [Double]) -> [Double] {
    var u = e
    for i in (0..<size).reversed() {
      for j in (i + 1)..<max(size, i + 1) { u[i] -= rows[j][i] * u[j] }
      u[i] /= rows[i][i]
    }
    return u
  }

  /// `L x`
  func multiply(_ x: [Double]) -> [Double] {
    rows.map { row in zip(row, x).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  /// `Lᵀ x`
  func whiten(_ x: [Double]) -> [Double] {
    (0..<size).map { j in (0..<size).reduce(0) { $0 + rows[$1][j] * x[$1] } }
  }

  /// `(L Lᵀ)⁻¹`, column by column.
  func covariance() -> [[Double]] {
    (0..<size).map { j in
      unwhiten(solve((0..<size).map { $0 == j ? 1 : 0 }))
    }
  }
}

/// Deterministic uniform numbers (SplitMix64). The tests of the kernels thus do not depend on the
/// library's generator.
struct TestNumbers {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    let unit = Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    return range.lowerBound + unit * (range.upperBound - range.lowerBound)
  }

  mutating func array(_ count: Int, _ range: ClosedRange<Double> = -1...1) -> [Double] {
    (0..<count).map { _ in uniform(range) }
  }

  /// The parameters of a well-conditioned factor with this pattern.
  mutating func parameters(_ pattern: FactorPattern) -> [Double] {
    array(pattern.size, 0.8...1.8) + array(pattern.rightCount + pattern.downCount, -0.7...0.7)
  }
}

/// The largest absolute difference, divided by the largest absolute expected value or by 1,
/// whichever is larger. The result is NaN if the counts differ or a value is NaN.
func relativeError(_ values: [Double], _ expected: [Double]) -> Double {
  guard values.count == expected.count else { return .nan }
  let scale = max(1, expected.map(abs).max() ?? 0)
  return zip(values, expected).reduce(0) { worst, pair in
    let error = abs(pair.0 - pair.1) / scale
    return error.isNaN || worst.isNaN ? .nan : max(worst, error)
  }
}
