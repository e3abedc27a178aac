import TestSupport

extension Matrix {
  /// The dense twin of a structured factor: a lower triangular matrix.
  init(_ pattern: FactorPattern, parameters: [Double]) {
    self.init(zeros: pattern.size, pattern.size)
    for ((i, j), value) in zip(pattern.positions, parameters) { rows[i][j] = value }
  }

  /// `(L Lᵀ)⁻¹`, column by column.
  func covarianceOfFactor() -> [[Double]] {
    Matrix.identity(size).rows.map { unwhiten(solve($0)) }
  }
}

extension SplitMix {
  /// The parameters of a well-conditioned factor with this pattern.
  mutating func parameters(_ pattern: FactorPattern) -> [Double] {
    array(pattern.size, 0.8...1.8) + array(pattern.rightCount + pattern.downCount, -0.7...0.7)
  }
}
