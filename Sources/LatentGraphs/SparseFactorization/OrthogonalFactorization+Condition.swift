import Tensors

extension OrthogonalFactorization {
  /// Refuses factors that have no correct digits.
  ///
  /// `R` has a relative error of about `ε √κ`, where `κ` is the condition number of `P = Aᵀ A`
  /// after scaling to a unit diagonal. Nothing is therefore refused below the square of the limit
  /// for precisions given by their elements. Above this limit `R` may still be accurate, for
  /// example if the rows have very different scales. This is tested with linear systems whose
  /// solutions are known. A pivot of at most four rounding errors of its column is refused without
  /// this test.
  /// - Parameter dependent: The first matrix with such a pivot, and its variable.
  /// - Throws: `NotPositiveDefinite`, with the variable and the condition number.
  /// - Complexity: that of a few samples if `κ` is far below the limit; otherwise some solves and
  ///   another factorization.
  func checkDigits<Scalar>(
    of factor: SparseFactor<Scalar>, _ rows: SparseRows<Scalar>,
    _ dependent: (pivot: Int, matrix: Int)?
  ) throws {
    guard symbolic.dimension > 0, rows.batchShape.count > 0 else { return }
    try withoutRecording {
      let rows = rows.detached
      let norms = rows.columnNorms
      let scaled = ScaledMatrix(
        root: norms, multiply: { factor.apply(.multiply, to: factor.apply(.whiten, to: $0)) },
        solve: { factor.apply(.unwhiten, to: factor.apply(.solve, to: $0)) },
        unwhiten: { factor.apply(.unwhiten, to: $0) })
      let limit = ConditionLimit.ofRoot(Scalar.self)
      if let (_, matrix) = dependent {
        let estimate = scaled.conditions(steps: 16)[matrix]
        throw refusal(matrix, estimate.isNaN ? .infinity : estimate, factor, norms)
      }
      let estimates = scaled.conditionsBeyond(limit)
      guard estimates.contains(where: { $0 != nil }) else { return }
      let errors = errorsOfSolutions(rows, factor)
      let matrix = estimates.indices.first { estimates[$0] != nil && !(errors[$0] < 0x1p-10) }
      guard let matrix, let estimate = estimates[matrix] else { return }
      throw refusal(matrix, estimate, factor, norms)
    }
  }

  /// The error for a matrix whose factor is complete.
  private func refusal<Scalar>(
    _ matrix: Int, _ estimate: Double, _ factor: SparseFactor<Scalar>, _ norms: Tensor<Scalar>
  ) -> NotPositiveDefinite {
    func squares(_ values: Tensor<Scalar>) -> [Double] {
      let k = symbolic.dimension
      return values.scalars[matrix * k..<(matrix + 1) * k].map { Double($0) * Double($0) }
    }
    return NotPositiveDefinite(
      nearlySingular: matrix, estimate: estimate, limit: ConditionLimit.ofRoot(Scalar.self),
      pivots: zip(squares(factor.diagonal), squares(norms)).map { (value: $0, element: $1) },
      typeName: "\(Scalar.self)")
  }

  /// The error for a matrix without a factor, because a pivot is zero, a rounding error, or not
  /// finite.
  func refusal<Scalar>(
    of rows: SparseRows<Scalar>, pivot: Int, matrix: Int, root: Double
  ) -> NotPositiveDefinite {
    guard root.isFinite else {
      return NotPositiveDefinite(pivot: pivot, matrix: matrix, value: root)
    }
    let norm = Double(rows.detached.columnNorms.scalars[matrix * symbolic.dimension + pivot])
    return NotPositiveDefinite(
      pivot: pivot, matrix: matrix, value: root * root,
      condition: .init(
        estimate: .infinity, limit: ConditionLimit.ofRoot(Scalar.self), element: norm * norm,
        typeName: "\(Scalar.self)"))
  }

  /// For each matrix, the largest relative error of an element of the solutions of `A x = A u`,
  /// where `u` are samples of `N(0, P⁻¹)`. It estimates the error of a sample that is computed with
  /// `R`.
  ///
  /// The reflections round both the rows of `A` and the right-hand sides `A u`. The error is the
  /// difference of these two roundings, amplified by `P⁻¹`.
  private func errorsOfSolutions<Scalar>(
    _ rows: SparseRows<Scalar>, _ factor: SparseFactor<Scalar>
  ) -> [Double] {
    var generator = Philox(seed: 0x736f_6c76)
    let ones = [Int](repeating: 1, count: rows.batchShape.rank)
    let noise = Tensor<Scalar>.normal([4, symbolic.dimension], using: &generator)
      .reshaped(to: Shape([4] + ones + [symbolic.dimension]))
      .broadcast(to: [4] + rows.batchShape + [symbolic.dimension])
    let u = factor.apply(.unwhiten, to: noise)
    guard let c = try? computed(rows, rows.apply(.whiten, to: u)).values?.c else {
      return [Double](repeating: .infinity, count: rows.batchShape.count)
    }
    let x = factor.apply(.unwhiten, to: c)
    let errors = (x - u) / u.abs().max(axis: 0)
    // The sum of squares is NaN if any error is NaN; a maximum may hide a NaN.
    let largest = errors.abs().max(axis: 0).max(axis: -1)
    let sums = errors.squared().sum(axis: 0).sum(axis: -1)
    return zip(largest.scalars, sums.scalars).map { $1.isNaN ? .infinity : Double($0) }
  }
}

extension SparseRows {
  /// The norms of the columns, `[batch…, k]`, that is, the square roots of the diagonal of `Aᵀ A`.
  /// They are accurate even if elements of `Aᵀ A` overflow.
  var columnNorms: Tensor<Scalar> {
    let (k, columns) = (pattern.dimension, pattern.columns)
    var squares = [Double](repeating: 0, count: batchShape.count * k)
    for matrix in 0..<batchShape.count {
      let own = values.pointer + matrix * elementCount
      for (place, column) in columns.enumerated() {
        let value = Double(own[place])
        squares[matrix * k + Int(column)] += value * value
      }
    }
    return Tensor(squares.map { Scalar($0.squareRoot()) }, shape: batchShape + [k])
  }
}
