import COpenBLAS

/// Solves `L X = B`, or `Lᵀ X = B`, for a lower triangular `L`.
///
/// `L` has shape `[…, n, n]`, of which only the lower triangle is read, and `B` `[…, n, r]`; the
/// leading axes of `L` are `B`'s or none.
/// - Complexity: `O(n²·r)` for each matrix, by BLAS.
public func triangularSolve<Scalar>(
  _ factor: Tensor<Scalar>, _ right: Tensor<Scalar>, transposing: Bool = false
) -> Tensor<Scalar> {
  let n = factor.shape[-1]
  require(
    factor.rank >= 2 && right.rank >= 2 && factor.shape[-2] == n && right.shape[-2] == n
      && (factor.rank == 2 || factor.shape.droppingLast(2) == right.shape.droppingLast(2)),
    "no triangular solve of shapes \(factor.shape) and \(right.shape)")
  let columns = right.shape[-1]
  let batch = right.shape.droppingLast(2).count
  let factorStep = factor.rank == 2 ? 0 : n * n
  let value = right.snapshot()
  for i in 0..<batch where n * columns > 0 {
    Scalar.kernels.linearAlgebra.trsm(
      CblasRowMajor, CblasLeft, CblasLower, transposing ? CblasTrans : CblasNoTrans, CblasNonUnit,
      Int32(n), Int32(columns), 1, factor.pointer + i * factorStep, Int32(n),
      value.storage.pointer + i * n * columns, Int32(columns))
  }
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

extension Tensor {
  /// The matrix, or batch of matrices, with zeros above the diagonal, and on it where asked.
  public func lowerTriangle(withDiagonal: Bool = true) -> Tensor {
    require(rank >= 2, "a tensor of shape \(shape) has no triangle")
    let (rows, columns) = (shape[-2], shape[-1])
    let value = snapshot()
    let memory = value.storage.pointer
    for matrix in 0..<shape.droppingLast(2).count {
      for i in 0..<rows {
        let first = Swift.min(columns, withDiagonal ? i + 1 : i)
        (memory + (matrix * rows + i) * columns + first).update(
          repeating: 0, count: columns - first)
      }
    }
    return value.recorded(from: [self]) { g, gradients in
      gradients.add(to: 0, g.lowerTriangle(withDiagonal: withDiagonal))
    }
  }

  /// The diagonal of a square matrix or of each of a batch: `[…, n, n]` to `[…, n]`.
  public func diagonal() -> Tensor {
    require(rank >= 2 && shape[-1] == shape[-2], "shape \(shape) is not of square matrices")
    let (n, batch, source) = (shape[-1], shape.droppingLast(2).count, shape)
    let value = Tensor(shape.droppingLast()) { out in
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
