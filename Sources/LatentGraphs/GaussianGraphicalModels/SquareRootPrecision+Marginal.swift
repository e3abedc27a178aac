import Tensors

extension SquareRootPrecision {
  /// The precision `(CᵀC)⁻¹` of variables whose covariance has the root `C`, `[batch…, m, k]`.
  ///
  /// Of `C = Q R`, `CᵀC = W Wᵀ` with `W = Rᵀ`, triangular in the order of elimination, in which its inverse
  /// `A = W⁻¹` is that of a net: each variable with those before it as parents.
  /// - Throws: `NotPositiveDefinite`, with the variable, where rounding leaves no digit of `R`.
  /// - Complexity: `O(m k²)`.
  init(covarianceRoot root: Tensor<Scalar>) throws {
    let (k, batch) = (root.shape[-1], root.shape.droppingLast(2))
    let rows = SparseRows(
      pattern: .full(rows: root.shape[-2], columns: k),
      values: root.reshaped(to: batch + [root.shape.last(2).count]))
    let factorization = rows.pattern.factorization(on: .complete(k))
    let factor = try factorization.factor(rows)
    let ones = [Int](repeating: 1, count: batch.rank)
    let units = Tensor<Scalar>.identity(k).reshaped(to: Shape([k] + ones + [k]))
      .broadcast(to: [k] + batch + [k])
    // The draw j is the column j of the inverse.
    let inverse = factor.apply(.solve, to: units)
      .permuted(Array(1..<batch.rank + 1) + [batch.rank + 1, 0]).reshaped(to: batch + [k * k])
    let order = factorization.symbolic.supernodes.order.map { Int($0) }
    let elements = order.indices.flatMap { place in
      ([place] + Array(0..<place)).map { order[place] * k + order[$0] }
    }
    let triangle = RowPattern(
      dimension: k, starts: (0...k).map { $0 * ($0 + 1) / 2 },
      columns: elements.map { Int32($0 % k) }, ids: order.map { Int32($0) }, isTriangular: true,
      graph: .complete(k))
    self.init(
      triangular: SparseRows(pattern: triangle, values: inverse.gathered(at: elements)))
  }
}

extension RowPattern {
  /// Rows with an element in every column.
  fileprivate static func full(rows: Int, columns: Int) -> RowPattern {
    let all = (0..<Int32(columns)).map { $0 }
    return RowPattern(
      dimension: columns, starts: (0...rows).map { $0 * columns },
      columns: Array(repeatElement(all, count: rows).joined()),
      ids: (0..<Int32(rows)).map { $0 }, isTriangular: false, graph: .complete(columns))
  }
}
