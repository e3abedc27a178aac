import Tensors

extension OrthogonalFactorization {
  /// `Ā = Q S R⁻ᵀ` on the elements of `A = Q R`, with `Q = A R⁻¹`, where `S` is the lower triangle of `R R̄ᵀ`
  /// and its mirror image.
  ///
  /// Only solutions with `R` are taken, none with `RᵀR`, and `Q` by its reflections: relative errors are some
  /// `n ε √κ`. Of more than 1,024 rows `Q` is `A R⁻¹`, with errors of `n ε κ`.
  /// S. Walter and L. Lehmann, Algorithmic differentiation of linear algebra functions with application in
  /// optimum experimental design, 2010.
  /// - Complexity: `O(m k²)`, for few variables.
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
    // The rows in the order of vectors over them.
    let (pattern, columns) = (rows.pattern, rows.pattern.columns)
    let places = (0..<pattern.count).flatMap { row in
      (pattern.starts[row]..<pattern.starts[row + 1]).map {
        Int(pattern.ids[row]) * k + Int(columns[$0])
      }
    }
    let count = pattern.count * k
    func quotient() -> Tensor<Scalar> {
      let matrix = rows.values.detached.scattered(to: places, count: count)
        .reshaped(to: batch + [pattern.count, k])
      return onRows(matrix) { factor.apply(.solve, to: $0) }
    }
    let q = basis(rows) ?? quotient()
    let x = onRows(symmetric) { factor.apply(.unwhiten, to: $0) }
    return matrixProduct(q, x).reshaped(to: batch + [count]).gathered(at: places)
  }

  /// `Q`, `[batch…, rows, k]`, row by row as the reflections make it of unit vectors; `nil` for more than 256
  /// variables or 1,024 rows.
  func basis<Scalar>(_ rows: SparseRows<Scalar>) -> Tensor<Scalar>? {
    let (m, batch) = (rows.pattern.count, rows.batchShape)
    guard symbolic.dimension <= 256, m <= 1024 else { return nil }
    let ones = [Int](repeating: 1, count: batch.rank)
    let units = Tensor<Scalar>.identity(m).reshaped(to: Shape([m] + ones + [m]))
      .broadcast(to: [m] + batch + [m])
    let values = try? computed(rows.detached, units).values
    return values?.c.permuted(Array(1..<batch.rank + 1) + [0, batch.rank + 1])
  }

  /// `Q v` of vectors `[draws…, batch…, k]`, or `Qᵀ v` of those over the rows.
  static func apply<Scalar>(
    _ basis: Tensor<Scalar>, _ v: Tensor<Scalar>, transposing: Bool = false
  ) -> Tensor<Scalar> {
    let (rank, size) = (basis.rank - 2, v.shape[-1])
    let batch = basis.shape.droppingLast(2)
    let draws = v.count / max(batch.count * size, 1)
    let rows = v.reshaped(to: [draws] + batch + [size])
      .permuted(Array(1..<rank + 1) + [0, rank + 1])
    let result = matrixProduct(rows, basis, transposingRight: !transposing)
    return result.permuted([rank] + Array(0..<rank) + [rank + 1])
      .reshaped(to: v.shape.replacing(axis: -1, with: result.shape[-1]))
  }

  /// `b − A x`. What the rounding of large rows leaves in the columns of `A` is taken off by `Q`.
  static func residual<Scalar>(
    _ rows: SparseRows<Scalar>, _ b: Tensor<Scalar>, _ x: Tensor<Scalar>, _ basis: Tensor<Scalar>?
  ) -> Tensor<Scalar> {
    let rounded = b - rows.apply(.whiten, to: x)
    guard let basis else { return rounded }
    return rounded - apply(basis, apply(basis, rounded, transposing: true))
  }

  /// Applies a map of vectors `[draws, batch…, k]` to the rows of matrices, `[batch…, rows, k]`.
  private func onRows<Scalar>(
    _ matrices: Tensor<Scalar>, _ map: (Tensor<Scalar>) -> Tensor<Scalar>
  ) -> Tensor<Scalar> {
    let rank = matrices.rank - 2
    let draws = matrices.permuted([rank] + Array(0..<rank) + [rank + 1])
    return map(draws).permuted(Array(1..<rank + 1) + [0, rank + 1])
  }
}
