import Tensors

/// A sparse matrix `A`, or a batch of such matrices, stored by rows.
struct SparseRows<Scalar: TensorScalar>: Sendable {
  let pattern: RowPattern
  /// `[batch…, elements]`.
  let values: Tensor<Scalar>

  var batchShape: Shape { values.shape.dropLast() }
  /// The number of elements of one matrix.
  var elementCount: Int { pattern.columns.count }

  /// `A x` (whiten), `A⁻¹ x` (unwhiten), `Aᵀ x` (multiply) or `A⁻ᵀ x` (solve), for vectors
  /// `[draws…, batch…, n]`. The inverses require a triangular `A`.
  ///
  /// The adjoints, on the elements of `A`, are:
  /// - `y = A x`: `x̄ = Aᵀ ȳ`, `Ā = ȳ xᵀ`
  /// - `y = Aᵀ x`: `x̄ = A ȳ`, `Ā = x ȳᵀ`
  /// - `y = A⁻¹ x`: `x̄ = A⁻ᵀ ȳ`, `Ā = −x̄ yᵀ`
  /// - `y = A⁻ᵀ x`: `x̄ = A⁻¹ ȳ`, `Ā = −y x̄ᵀ`
  func apply(_ operation: FactorOperation, to x: Tensor<Scalar>) -> Tensor<Scalar> {
    let value = run(operation, on: x.detached)
    return value.recorded(from: [x, values]) { [x = x.detached] g, gradients in
      let back = run(operation.adjoint, on: g)
      gradients.add(to: 0, back)
      guard gradients.isNeeded(1) else { return }
      let own =
        switch operation {
        case .whiten: outer(1, g, x)
        case .multiply: outer(1, x, g)
        case .unwhiten: outer(-1, back, value)
        case .solve: outer(-1, value, back)
        }
      gradients.add(to: 1, own)
    }
  }

  private func run(_ operation: FactorOperation, on x: Tensor<Scalar>) -> Tensor<Scalar> {
    let (rows, columns) = (pattern.count, pattern.dimension)
    let (from, to) =
      switch operation {
      case .whiten: (columns, rows)
      case .multiply: (rows, columns)
      case .unwhiten, .solve: (columns, columns)
      }
    requireFit(x, batch: batchShape, dimension: from, name: "matrix of rows")
    let (matrices, vectors) = (batchShape.count, x.shape.dropLast().count)
    return Tensor(x.shape.replacing(axis: -1, with: to)) { y in
      parallelFor(count: vectors, grain: max(1, (1 << 15) / (elementCount + 1))) {
        for vector in $0 {
          Scalar.kernels.sparseRoot.apply(
            pattern.table.rows, operation.code,
            values.pointer + vector % matrices * elementCount, x.pointer + vector * from,
            y + vector * to)
        }
      }
    }
  }

  /// `factor·left rightᵀ` on the elements, summed over the draws, where `left` is over the rows and
  /// `right` over the columns.
  func outer(_ factor: Scalar, _ left: Tensor<Scalar>, _ right: Tensor<Scalar>) -> Tensor<Scalar> {
    let (matrices, vectors) = (batchShape.count, left.shape.dropLast().count)
    return sumOfGroups(vectors / max(matrices, 1)) { draws in
      let sum = Tensor<Scalar>.zeros(values.shape)
      for vector in draws.lowerBound * matrices..<draws.upperBound * matrices {
        Scalar.kernels.sparseRoot.outer(
          pattern.table.rows, factor, left.pointer + vector * pattern.count,
          right.pointer + vector * pattern.dimension,
          sum.mutablePointer + vector % matrices * elementCount)
      }
      return [sum]
    }[0]
  }

  /// The elements of `Aᵀ A`, on its graph.
  var elements: SymmetricElements<Scalar> {
    let graph = pattern.graph
    let edges = pattern.pairEdges(on: graph)
    let (k, count, matrices) = (pattern.dimension, graph.edges.count, batchShape.count)
    // Both are stored in one tensor, so that one operation computes both.
    let value = Tensor<Scalar>([matrices * (k + count)]) { out in
      for matrix in 0..<matrices {
        Scalar.kernels.sparseRoot.square(
          pattern.table.rows, edges, count, values.pointer + matrix * elementCount,
          out + matrix * k, out + matrices * k + matrix * count)
      }
    }
    let recorded = value.recorded(from: [values]) { [values = values.detached] g, gradients in
      gradients.add(
        to: 0,
        SparseRows(pattern: pattern, values: values).squareAdjoint(
          edges, diagonal: g.pointer, off: g.pointer + matrices * k, edgeCount: count))
    }
    let parts = recorded.split(sizes: [matrices * k, matrices * count])
    return SymmetricElements(
      graph, parts[0].reshaped(to: batchShape + [k]), parts[1].reshaped(to: batchShape + [count]))
  }

  /// The gradient in `A`, given the gradient in the elements of `Aᵀ A`.
  func squareAdjoint(
    _ edges: [Int32], diagonal: Input<Scalar>, off: Input<Scalar>, edgeCount: Int
  ) -> Tensor<Scalar> {
    let result = Tensor<Scalar>.zeros(values.shape)
    for matrix in 0..<batchShape.count {
      Scalar.kernels.sparseRoot.squareAdjoint(
        pattern.table.rows, edges, values.pointer + matrix * elementCount,
        diagonal + matrix * pattern.dimension, off + matrix * edgeCount,
        result.mutablePointer + matrix * elementCount)
    }
    return result
  }
}
