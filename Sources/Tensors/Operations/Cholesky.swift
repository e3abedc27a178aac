extension Tensor {
  /// The Cholesky factor: the lower triangular `L` with a positive diagonal and `L Lᵀ = self`, for
  /// each matrix of a batch.
  ///
  /// Shape `[…, n, n]`; only the lower triangle is read. The gradient is symmetric: the two
  /// elements of each off-diagonal pair share it evenly.
  /// - Throws: `NotPositiveDefinite`, with the row of the first pivot that is not positive and
  ///   finite.
  /// - Complexity: `O(n³)` for each matrix, by LAPACK.
  public func cholesky() throws -> Tensor {
    require(
      rank >= 2 && shape[-1] == shape[-2], "shape \(shape) is not of square matrices […, n, n]")
    let n = shape[-1]
    let value = detached.lowerTriangle()
    for i in 0..<shape.dropLast(2).count where n > 0 {
      let memory = value.storage.pointer + i * n * n
      if let pivot = Scalar.kernels.linearAlgebra.factor(memory, size: n) {
        // LAPACK leaves the pivot that is not positive in the matrix.
        let found = memory[pivot * (n + 1)]
        throw NotPositiveDefinite(
          pivot: pivot, matrix: i, value: found > 0 ? .nan : Double(found))
      }
    }
    return value.recorded(from: [self]) { g, gradients in
      gradients.add(to: 0, choleskyAdjoint(factor: value, upstream: g))
    }
  }
}

/// `½ L⁻ᵀ (Φ + Φᵀ) L⁻¹` where `Φ` is the lower triangle of `Lᵀ L̄` with its diagonal halved
/// (Murray, 2016, eq. 9 and 10).
private func choleskyAdjoint<Scalar>(
  factor: Tensor<Scalar>, upstream: Tensor<Scalar>
) -> Tensor<Scalar> {
  let phi = matrixProduct(factor, upstream.lowerTriangle(), transposingLeft: true)
  let lower = phi.lowerTriangle(withDiagonal: false)
  let symmetric =
    lower + lower.transposed() + phi.lowerTriangle() - phi.lowerTriangle(withDiagonal: false)
  let half = triangularSolve(factor, symmetric, transposing: true)
  return 0.5 * triangularSolve(factor, half.transposed(), transposing: true)
}
