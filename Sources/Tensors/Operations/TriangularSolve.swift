import COpenBLAS

/// Solves `L X = B`, or `Lᵀ X = B`, for a lower triangular `L`.
///
/// `L` has shape `[…, n, n]`, of which only the lower triangle is read, and `B` has shape
/// `[…, n, r]`. `L` has the same leading axes as `B`, or none.
/// - Complexity: `O(n²·r)` for each matrix, by BLAS.
public func triangularSolve<Scalar>(
  _ factor: Tensor<Scalar>, _ right: Tensor<Scalar>, transposing: Bool = false
) -> Tensor<Scalar> {
  let value = solution(factor, right, side: CblasLeft, transposing: transposing)
  return value.recorded(from: [factor, right]) { [factor = factor.detached] g, gradients in
    // With B̄ = op(L)⁻ᵀ X̄: L̄ = −B̄ Xᵀ, or −X B̄ᵀ for the transposed system, lower triangle only.
    let rightGradient = triangularSolve(factor, g, transposing: !transposing)
    gradients.add(to: 1, rightGradient)
    gradients.add(
      to: 0,
      (-(transposing
        ? matrixProduct(value, rightGradient, transposingRight: true)
        : matrixProduct(rightGradient, value, transposingRight: true))).sum(to: factor.shape)
        .lowerTriangle())
  }
}

/// Solves `X L = B`, or `X Lᵀ = B`, for a lower triangular `L`: one system for each row of `B`.
///
/// `L` has shape `[…, n, n]`, of which only the lower triangle is read, and `B` has shape
/// `[…, r, n]`. `L` has the same leading axes as `B`, or none.
/// - Complexity: `O(n²·r)` for each matrix, by BLAS.
public func triangularSolve<Scalar>(
  rows: Tensor<Scalar>, _ factor: Tensor<Scalar>, transposing: Bool = false
) -> Tensor<Scalar> {
  let value = solution(factor, rows, side: CblasRight, transposing: transposing)
  return value.recorded(from: [factor, rows]) { [factor = factor.detached] g, gradients in
    // With B̄ = X̄ op(L)⁻ᵀ: L̄ = −Xᵀ B̄, or −B̄ᵀ X for the transposed system, lower triangle only.
    let rowsGradient = triangularSolve(rows: g, factor, transposing: !transposing)
    gradients.add(to: 1, rowsGradient)
    gradients.add(
      to: 0,
      (-(transposing
        ? matrixProduct(rowsGradient, value, transposingLeft: true)
        : matrixProduct(value, rowsGradient, transposingLeft: true))).sum(to: factor.shape)
        .lowerTriangle())
  }
}

/// The solution with the factor on the given side; not recorded.
private func solution<Scalar>(
  _ factor: Tensor<Scalar>, _ right: Tensor<Scalar>, side: CBLAS_SIDE, transposing: Bool
) -> Tensor<Scalar> {
  let n = factor.shape[-1]
  require(
    factor.rank >= 2 && right.rank >= 2 && factor.shape[-2] == n
      && right.shape[side == CblasLeft ? -2 : -1] == n
      && (factor.rank == 2 || factor.shape.dropLast(2) == right.shape.dropLast(2)),
    "no triangular solve of shapes \(factor.shape) and \(right.shape)")
  let (rows, columns) = (right.shape[-2], right.shape[-1])
  let factorStep = factor.rank == 2 ? 0 : n * n
  let value = right.snapshot()
  let memory = value.storage.pointer
  let batch = right.shape.dropLast(2).count
  // Rows (with the factor on the right), columns (with the factor on the left) and the matrices of
  // a batch are independent systems.
  func solve(_ matrix: Int, _ part: Range<Int>) {
    let start = side == CblasLeft ? part.lowerBound : part.lowerBound * columns
    Scalar.kernels.linearAlgebra.trsm(
      CblasRowMajor, side, CblasLower, transposing ? CblasTrans : CblasNoTrans, CblasNonUnit,
      Int32(side == CblasLeft ? rows : part.count), Int32(side == CblasLeft ? part.count : columns),
      1, factor.pointer + matrix * factorStep, Int32(n),
      memory + matrix * rows * columns + start, Int32(columns))
  }
  let parts = side == CblasLeft ? columns : rows
  guard parts > 0, n > 0 else { return value }
  if batch == 1 {
    let grain = max(16, multiplicationsPerThread / (n * n))
    parallelFor(count: parts, grain: grain, turns: 1) { solve(0, $0) }
  } else {
    let grain = max(1, multiplicationsPerThread / (n * n * parts))
    parallelFor(count: batch, grain: grain) { for matrix in $0 { solve(matrix, 0..<parts) } }
  }
  return value
}

extension Tensor {
  /// The lower triangle of a matrix, or of each matrix of a batch, with zeros above it; the
  /// diagonal is zero too unless `withDiagonal`.
  public func lowerTriangle(withDiagonal: Bool = true) -> Tensor {
    require(rank >= 2, "a tensor of shape \(shape) has fewer than two axes and no triangle")
    let (rows, columns) = (shape[-2], shape[-1])
    let value = snapshot()
    let memory = value.storage.pointer
    for matrix in 0..<shape.dropLast(2).count {
      for i in 0..<rows {
        let first = Swift.min(columns, withDiagonal ? i + 1 : i)
        Scalar.kernels.elementwise.fill(
          0, memory + (matrix * rows + i) * columns + first, columns - first)
      }
    }
    return value.recorded(from: [self]) { g, gradients in
      gradients.add(to: 0, g.lowerTriangle(withDiagonal: withDiagonal))
    }
  }

  /// The diagonal of a square matrix, or of each matrix of a batch: `[…, n, n]` to `[…, n]`.
  public func diagonal() -> Tensor {
    require(
      rank >= 2 && shape[-1] == shape[-2], "shape \(shape) is not of square matrices […, n, n]")
    let (n, batch, source) = (shape[-1], shape.dropLast(2).count, shape)
    let value = Tensor(shape.dropLast()) { out in
      for i in 0..<batch * n { out[i] = pointer[i * n + i % Swift.max(n, 1)] }
    }
    return value.recorded(from: [self]) { g, gradients in
      gradients.update(0) { memory, accumulate in
        if !accumulate { memory.update(repeating: 0, count: source.count) }
        for i in 0..<batch * n { memory[i * n + i % n] += g.pointer[i] }
      }
    }
  }
}
