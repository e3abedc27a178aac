import Synchronization
import Tensors

extension SparseFactor {
  /// The factor of the precisions with these elements on the graph of the analysis, the diagonal
  /// `[batch…, k]` and the edges `[batch…, E]`; recorded, with the exact adjoint of the
  /// factorization.
  ///
  /// Where `goesOn` is set, a matrix that is not positive definite gives NaN instead of an error.
  /// - Throws: `NotPositiveDefinite`, with the variable.
  init(
    factoring elements: SymmetricElements<Scalar>, _ symbolic: SymbolicFactorization,
    goesOn: Bool = false
  ) throws {
    let (diagonal, off) = (elements.diagonal, elements.offDiagonal)
    let (k, edges, count) = (symbolic.dimension, off.shape[-1], symbolic.panelCount)
    let batch = elements.batchShape
    let failures = FirstFailures()
    let kernels = Scalar.kernels.sparse
    let value = Tensor<Scalar>(batch + [count]) { panels in
      symbolic.forEachFromLeaves(matrices: batch.count, of: Scalar.self) {
        matrix, nodes, helpers, updates, scratch in
        let failure = kernels.factor(
          symbolic.table.pattern, symbolic.entries.entries, nodes.lowerBound, nodes.upperBound,
          diagonal.pointer + matrix * k, off.pointer + matrix * edges, goesOn, helpers,
          panels + matrix * count, updates, scratch)
        if failure >= 0 { failures.note(failure, of: matrix, at: nodes.lowerBound) }
      }
    }
    if let (pivot, matrix) = failures.first {
      throw NotPositiveDefinite(pivot: pivot, matrix: matrix)
    }
    self.symbolic = symbolic
    panels = value.recorded(from: [diagonal, off]) {
      [dShape = diagonal.shape, oShape = off.shape] g, gradients in
      let (d, o) = (Tensor<Scalar>(dShape) { _ in }, Tensor<Scalar>(oShape) { _ in })
      let (dMemory, oMemory) = (d.mutablePointer, o.mutablePointer)
      symbolic.forEachFromRoots(matrices: batch.count, of: Scalar.self) {
        matrix, nodes, helpers, updates, scratch in
        kernels.factorAdjoint(
          symbolic.table.pattern, symbolic.entries.entries, nodes.lowerBound, nodes.upperBound,
          value.pointer + matrix * count, g.pointer + matrix * count, helpers,
          dMemory + matrix * k, oMemory + matrix * edges, updates, scratch)
      }
      gradients.add(to: 0, d)
      gradients.add(to: 1, o)
    }
  }

  /// The factor that has these elements on the graph of the analysis, whose ordering is the natural
  /// one: the diagonal, and below it `W[second, first]` for each edge.
  init(factor elements: SymmetricElements<Scalar>, _ symbolic: SymbolicFactorization) {
    let (diagonal, off) = (elements.diagonal, elements.offDiagonal)
    let (k, edges, count) = (symbolic.dimension, off.shape[-1], symbolic.panelCount)
    let (rows, nodes) = (elements.batchShape.count, symbolic.supernodes.count)
    let kernels = Scalar.kernels.sparse
    let grain = max(1, (1 << 14) / (count + 1))
    let value = Tensor<Scalar>(elements.batchShape + [count]) { panels in
      parallelFor(count: rows, grain: grain) { range in
        for row in range {
          kernels.scatter(
            symbolic.table.pattern, symbolic.entries.entries, 0, nodes, diagonal.pointer + row * k,
            off.pointer + row * edges, panels + row * count)
        }
      }
    }
    self.symbolic = symbolic
    panels = value.recorded(from: [diagonal, off]) {
      [dShape = diagonal.shape, oShape = off.shape] g, gradients in
      let (d, o) = (Tensor<Scalar>(dShape) { _ in }, Tensor<Scalar>(oShape) { _ in })
      let (dMemory, oMemory) = (d.mutablePointer, o.mutablePointer)
      parallelFor(count: rows, grain: grain) { range in
        for row in range {
          kernels.gather(
            symbolic.table.pattern, symbolic.entries.entries, 0, nodes, g.pointer + row * count,
            dMemory + row * k, oMemory + row * edges)
        }
      }
      gradients.add(to: 0, d)
      gradients.add(to: 1, o)
    }
  }

  /// `Σ = P⁻¹` on the diagonal and on the edges of a graph, of which `entries` says where they lie in
  /// the panels: the selected inverse, with its exact adjoint.
  /// - Complexity: about that of the factorization.
  func covariances(on graph: UndirectedGraph, _ entries: PanelEntries) -> SymmetricElements<Scalar>
  {
    let (k, edges, count) = (dimension, graph.edges.count, symbolic.panelCount)
    let (rows, nodes) = (batchShape.count, symbolic.supernodes.count)
    let kernels = Scalar.kernels.sparse
    let (symbolic, panels) = (symbolic, panels.detached)
    let table = symbolic.table
    let covariance = Tensor<Scalar>(panels.shape) { covariance in
      symbolic.forEachFromRoots(matrices: rows, of: Scalar.self) {
        matrix, nodes, helpers, updates, scratch in
        kernels.covariance(
          table.pattern, nodes.lowerBound, nodes.upperBound, panels.pointer + matrix * count,
          helpers, covariance + matrix * count, updates, scratch)
      }
    }
    // Both in one tensor, so that one operation gives both.
    let value = Tensor<Scalar>([rows * (k + edges)]) { out in
      for row in 0..<rows {
        kernels.gather(
          table.pattern, entries.entries, 0, nodes, covariance.pointer + row * count, out + row * k,
          out + rows * k + row * edges)
      }
    }
    let recorded = value.recorded(from: [self.panels]) { g, gradients in
      let result = Tensor<Scalar>(panels.shape) { _ in }
      let memory = result.mutablePointer
      symbolic.forEachFromLeaves(matrices: rows, of: Scalar.self) {
        matrix, nodes, helpers, updates, scratch in
        kernels.covarianceAdjoint(
          table.pattern, entries.entries, nodes.lowerBound, nodes.upperBound,
          panels.pointer + matrix * count, covariance.pointer + matrix * count,
          g.pointer + matrix * k, g.pointer + rows * k + matrix * edges, helpers,
          memory + matrix * count, updates, scratch)
      }
      gradients.add(to: 0, result)
    }
    let parts = recorded.split(sizes: [rows * k, rows * edges])
    return SymmetricElements(
      graph, parts[0].reshaped(to: batchShape + [k]), parts[1].reshaped(to: batchShape + [edges]))
  }
}

/// Which variable of which matrix had a bad pivot; ranges of a matrix may be computed in any order.
private final class FirstFailures: Sendable {
  private let found = Mutex<[Int: (place: Int, pivot: Int)]>([:])

  func note(_ pivot: Int, of matrix: Int, at place: Int) {
    found.withLock { found in
      if let known = found[matrix], known.place < place { return }
      found[matrix] = (place, pivot)
    }
  }

  var first: (pivot: Int, matrix: Int)? {
    found.withLock { found in
      found.min { $0.key < $1.key }.map { ($0.value.pivot, $0.key) }
    }
  }
}
