import Tensors

extension SparseFactor {
  /// The factor of the precisions with these elements on the graph of the symbolic analysis: the
  /// diagonal, `[batch…, k]`, and the edges, `[batch…, E]`. It is a recorded operation with the
  /// exact adjoint of the factorization.
  ///
  /// If `continuesPastBadPivots` is true, a matrix that is not positive definite gives NaN instead of an error.
  /// - Throws: `NotPositiveDefinite`, with the variable.
  init(
    factoring elements: SymmetricElements<Scalar>, _ symbolic: SymbolicFactorization,
    continuesPastBadPivots: Bool = false
  ) throws {
    let (diagonal, off, batch) = (elements.diagonal, elements.offDiagonal, elements.batchShape)
    let method = symbolic.method
    var failure: (pivot: Int, matrix: Int)?
    let value = Tensor<Scalar>(batch + [method.panelCount]) { panels in
      failure = method.factor(
        matrices: batch.count, diagonal: diagonal.pointer, off: off.pointer,
        continuesPastBadPivots: continuesPastBadPivots,
        panels: panels)
    }
    if let (pivot, matrix) = failure {
      let place = method.diagonalPlaces[Int(symbolic.supernodes.position[pivot])]
      throw NotPositiveDefinite(
        pivot: pivot, matrix: matrix,
        value: Double(value.scalars[matrix * method.panelCount + place]))
    }
    self.symbolic = symbolic
    panels = value.recorded(from: [diagonal, off]) {
      [dShape = diagonal.shape, oShape = off.shape] g, gradients in
      let (d, o) = (Tensor<Scalar>(dShape) { _ in }, Tensor<Scalar>(oShape) { _ in })
      method.factorAdjoint(
        matrices: batch.count, panels: value.pointer, gradient: g.pointer,
        diagonal: d.mutablePointer, off: o.mutablePointer)
      gradients.add(to: 0, d)
      gradients.add(to: 1, o)
    }
  }

  /// The factor with these elements on the graph of the symbolic analysis, whose ordering must be
  /// the natural one: the diagonal, and `W[second, first]` for each edge.
  init(factor elements: SymmetricElements<Scalar>, _ symbolic: SymbolicFactorization) {
    let (diagonal, off, batch) = (elements.diagonal, elements.offDiagonal, elements.batchShape)
    let method = symbolic.method
    let value = Tensor<Scalar>(batch + [method.panelCount]) { panels in
      method.scatter(
        matrices: batch.count, diagonal: diagonal.pointer, off: off.pointer, panels: panels)
    }
    self.symbolic = symbolic
    panels = value.recorded(from: [diagonal, off]) {
      [dShape = diagonal.shape, oShape = off.shape] g, gradients in
      let (d, o) = (Tensor<Scalar>(dShape) { _ in }, Tensor<Scalar>(oShape) { _ in })
      method.gather(
        matrices: batch.count, panels: g.pointer, diagonal: d.mutablePointer, off: o.mutablePointer)
      gradients.add(to: 0, d)
      gradients.add(to: 1, o)
    }
  }

  /// `Σ = P⁻¹` on the diagonal and on the edges of a graph, for which the method was made. This is
  /// the selected inverse, with its exact adjoint.
  /// - Complexity: about that of the factorization.
  func covariances(
    on graph: UndirectedGraph, _ method: any FactorMethod
  ) -> SymmetricElements<Scalar> {
    covariances(on: graph, method) { panels, covariance, diagonal, off in
      method.covariance(
        matrices: batchShape.count, panels: panels.pointer,
        covariance: covariance.mutablePointer, diagonal: diagonal, off: off)
    }
  }

  /// The same with another algorithm: `fill` computes, from the panels of `L`, the panels of `Σ`
  /// and its elements on the graph.
  func covariances(
    on graph: UndirectedGraph, _ method: any FactorMethod,
    by fill: (Tensor<Scalar>, Tensor<Scalar>, Output<Scalar>, Output<Scalar>) -> Void
  ) -> SymmetricElements<Scalar> {
    let (k, edges, rows) = (dimension, graph.edges.count, batchShape.count)
    let panels = panels.detached
    let covariance = Tensor<Scalar>(panels.shape) { _ in }
    func compute(_ diagonal: Output<Scalar>, _ off: Output<Scalar>) {
      fill(panels, covariance, diagonal, off)
    }
    guard self.panels.isTracked else {
      let diagonal = Tensor<Scalar>(batchShape + [k]) { _ in }
      let off = Tensor<Scalar>(batchShape + [edges]) { _ in }
      compute(diagonal.mutablePointer, off.mutablePointer)
      return SymmetricElements(graph, diagonal, off)
    }
    // Both are stored in one tensor, so that one operation computes both.
    let value = Tensor<Scalar>([rows * (k + edges)]) { compute($0, $0 + rows * k) }
    let recorded = value.recorded(from: [self.panels]) { g, gradients in
      let result = Tensor<Scalar>(panels.shape) { _ in }
      method.covarianceAdjoint(
        matrices: rows, panels: panels.pointer, covariance: covariance.pointer,
        diagonal: g.pointer, off: g.pointer + rows * k, gradient: result.mutablePointer)
      gradients.add(to: 0, result)
    }
    let parts = recorded.split(sizes: [rows * k, rows * edges])
    return SymmetricElements(
      graph, parts[0].reshaped(to: batchShape + [k]), parts[1].reshaped(to: batchShape + [edges]))
  }
}
