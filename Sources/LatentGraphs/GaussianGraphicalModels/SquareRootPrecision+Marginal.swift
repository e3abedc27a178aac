import Tensors

extension SquareRootPrecision {
  /// The precision `(CᵀC)⁻¹` of variables whose covariance has the square root `C`,
  /// `[batch…, m, k]`.
  ///
  /// With `C = Q R`, `CᵀC = W Wᵀ` where `W = Rᵀ` is triangular in the elimination order. Its
  /// inverse `A = W⁻¹` is the square root of the precision of a net in which the parents of each
  /// variable are all variables before it.
  /// - Throws: `NotPositiveDefinite`, with the variable, if rounding leaves no correct digit of
  ///   `R`.
  /// - Complexity: `O(m k²)`.
  public init(covarianceRoot root: Tensor<Scalar>) throws {
    require(
      root.rank >= 2 && root.shape[-1] > 0,
      "a square root of a covariance got the shape \(root.shape); it takes [batch…, m, k]")
    let (k, batch) = (root.shape[-1], root.shape.dropLast(2))
    let rows = SparseRows(
      pattern: .full(rows: root.shape[-2], columns: k),
      values: root.reshaped(to: batch + [root.shape.last(2).count]))
    let factorization = rows.pattern.factorization(on: .complete(k))
    let factor = try factorization.factor(rows)
    let ones = [Int](repeating: 1, count: batch.rank)
    let units = Tensor<Scalar>.identity(k).reshaped(to: Shape([k] + ones + [k]))
      .broadcast(to: [k] + batch + [k])
    // Draw j is column j of the inverse.
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
  /// A pattern in which every row has an element in every column.
  fileprivate static func full(rows: Int, columns: Int) -> RowPattern {
    let all = (0..<Int32(columns)).map { $0 }
    return RowPattern(
      dimension: columns, starts: (0...rows).map { $0 * columns },
      columns: Array(repeatElement(all, count: rows).joined()),
      ids: (0..<Int32(rows)).map { $0 }, isTriangular: false, graph: .complete(columns))
  }
}
