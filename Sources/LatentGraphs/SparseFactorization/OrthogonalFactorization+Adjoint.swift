import Tensors

extension OrthogonalFactorization {
  /// `Ā = Q S R⁻ᵀ` on the elements of `A = Q R`, where `S` is the symmetric matrix with the lower
  /// triangle of `R R̄ᵀ`.
  ///
  /// Only solves with `R` are used, and none with `RᵀR`. `Q` is computed from its reflections, so
  /// that relative errors are about `n ε √κ`. For more than 1,024 rows, `Q` is computed as `A R⁻¹`,
  /// with errors of about `n ε κ`. S. Walter and L. Lehmann, Algorithmic differentiation of linear
  /// algebra functions with application in optimum experimental design, 2010.
  /// - Complexity: `O(m k²)`; this is meant for few variables.
  func denseAdjoint<Scalar>(
    _ rows: SparseRows<Scalar>, _ panels: Tensor<Scalar>, _ g: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    let (k, batch) = (symbolic.dimension, rows.batchShape)
    let factor = SparseFactor(symbolic: symbolic, panels: panels.detached)
    let gradient = SparseFactor(symbolic: symbolic, panels: g.detached)
    let product = matrixProduct(factor.matrix, gradient.matrix, transposingLeft: true)
    let position = symbolic.supernodes.position
    func isBelow(_ i: Int, _ j: Int) -> Scalar { position[i] > position[j] ? 1 : 0 }
    let below = Tensor((0..<k * k).map { isBelow($0 / k, $0 % k) }, shape: [k, k])
    let lower = product * below.broadcast(to: batch + [k, k])
    let symmetric =
      lower + lower.transposed()
      + product * Tensor<Scalar>.identity(k).broadcast(to: batch + [k, k])
    // The places of the elements in dense rows, whose order is that of vectors over the rows.
    let (pattern, columns) = (rows.pattern, rows.pattern.columns)
    let places = (0..<pattern.count).flatMap { row in
      (pattern.starts[row]..<pattern.starts[row + 1]).map {
        Int(pattern.ids[row]) * k + Int(columns[$0])
      }
    }
    let count = pattern.count * k
    func quotient() -> Tensor<Scalar> {
      let matrix = rows.values.detached.scatterAdded(to: places, count: count)
        .reshaped(to: batch + [pattern.count, k])
      return onRows(matrix) { factor.apply(.solve, to: $0) }
    }
    let q = basis(rows) ?? quotient()
    let x = onRows(symmetric) { factor.apply(.unwhiten, to: $0) }
    return matrixProduct(q, x).reshaped(to: batch + [count]).gathered(at: places)
  }

  /// `Q`, `[batch…, rows, k]`, computed by applying the reflections to unit vectors; `nil` for more
  /// than 256 variables or 1,024 rows.
  func basis<Scalar>(_ rows: SparseRows<Scalar>) -> Tensor<Scalar>? {
    let (m, batch) = (rows.pattern.count, rows.batchShape)
    guard symbolic.dimension <= 256, m <= 1024 else { return nil }
    let ones = [Int](repeating: 1, count: batch.rank)
    let units = Tensor<Scalar>.identity(m).reshaped(to: Shape([m] + ones + [m]))
      .broadcast(to: [m] + batch + [m])
    let values = try? computed(rows.detached, units).values
    return values?.c.permuted(Array(1..<batch.rank + 1) + [0, batch.rank + 1])
  }

  /// `Q v` for vectors `[draws…, batch…, k]`, or `Qᵀ v` for vectors over the rows.
  static func apply<Scalar>(
    _ basis: Tensor<Scalar>, _ v: Tensor<Scalar>, transposing: Bool = false
  ) -> Tensor<Scalar> {
    let (rank, size) = (basis.rank - 2, v.shape[-1])
    let batch = basis.shape.dropLast(2)
    let draws = v.count / max(batch.count * size, 1)
    let rows = v.reshaped(to: [draws] + batch + [size])
      .permuted(Array(1..<rank + 1) + [0, rank + 1])
    let result = matrixProduct(rows, basis, transposingRight: !transposing)
    return result.permuted([rank] + Array(0..<rank) + [rank + 1])
      .reshaped(to: v.shape.replacing(axis: -1, with: result.shape[-1]))
  }

  /// `b − A x`. Its component in the range of `A`, which is a rounding error of large rows, is
  /// removed with `Q`.
  static func residual<Scalar>(
    _ rows: SparseRows<Scalar>, _ b: Tensor<Scalar>, _ x: Tensor<Scalar>, _ basis: Tensor<Scalar>?
  ) -> Tensor<Scalar> {
    let rounded = b - rows.apply(.whiten, to: x)
    guard let basis else { return rounded }
    return rounded - apply(basis, apply(basis, rounded, transposing: true))
  }

  /// Applies a map of vectors `[draws, batch…, k]` to the rows of matrices `[batch…, rows, k]`.
  private func onRows<Scalar>(
    _ matrices: Tensor<Scalar>, _ map: (Tensor<Scalar>) -> Tensor<Scalar>
  ) -> Tensor<Scalar> {
    let rank = matrices.rank - 2
    let draws = matrices.permuted([rank] + Array(0..<rank) + [rank + 1])
    return map(draws).permuted(Array(1..<rank + 1) + [0, rank + 1])
  }
}
