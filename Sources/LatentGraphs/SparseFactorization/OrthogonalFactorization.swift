import CKernels
import Tensors

/// The factorization `A = Q R` of sparse matrices with a given pattern, on a graph that contains
/// the edges of `Aᵀ A`. It is computed by fronts along the elimination tree (multifrontal QR), with
/// the fill of a Cholesky factorization of `Aᵀ A`. `Rᵀ` is the Cholesky factor `L` of `Aᵀ A`. Since
/// `Aᵀ A` is not formed, the rounding errors of its elements, which could exceed small variances,
/// are avoided.
///
/// A front consists of the rows whose first column is in a supernode and the rows that remain from
/// its children. It is brought to triangular form by reflections, and the rows below are passed to
/// the parent.
final class OrthogonalFactorization: Sendable {
  let symbolic: SymbolicFactorization
  private let graph: UndirectedGraph
  private let table: SupernodeTable
  private let fronts: FrontTable
  private let updateCount: Int
  /// The number of columns and rows, and the number of rows of `A` and of children, of the largest
  /// front.
  private let widest: Int, tallest: Int
  /// The number of rows below all supernodes.
  private let below: Int

  init(_ rows: RowPattern, _ graph: UndirectedGraph) {
    symbolic = graph.symbolicFactorization(.best(for: graph))
    self.graph = graph
    let nodes = symbolic.supernodes
    let (children, supernodeOf) = (Children(nodes.parent), nodes.supernodeOf)
    let memory = UpdateMemory(nodes, subtrees: [])
    updateCount = memory.count
    table = SupernodeTable(
      first: nodes.first, rowStarts: nodes.rowStarts, rows: nodes.rows,
      relative: nodes.relativeRows(), childStarts: children.starts, children: children.list,
      updates: memory.places, order: nodes.order, supernodeOf: supernodeOf)
    var places = [Int32](repeating: 0, count: rows.columns.count)
    var (owners, starts) = ([Int32](), [Int](repeating: 0, count: nodes.count + 1))
    owners.reserveCapacity(rows.count)
    for row in 0..<rows.count {
      let elements = rows.starts[row]..<rows.starts[row + 1]
      let lead = elements.reduce(Int32.max) { min($0, nodes.position[Int(rows.columns[$1])]) }
      let owner = supernodeOf[Int(lead)]
      owners.append(owner)
      starts[Int(owner) + 1] += 1
      for element in elements {
        // The variables of a row are a clique of the graph, so that all of them are in the front of
        // the row's first variable.
        let position = nodes.position[Int(rows.columns[element])]
        places[element] = nodes.panelRow(of: position, in: Int(owner))!
      }
    }
    var (widest, tallest) = (0, 0)
    for s in 0..<nodes.count {
      let own = starts[s + 1]
      widest = max(widest, nodes.columns(s) + nodes.rowCount(s))
      tallest = max(tallest, children[s].reduce(own) { $0 + nodes.rowCount(Int($1)) })
    }
    for s in 0..<nodes.count { starts[s + 1] += starts[s] }
    var (next, list) = (starts, [Int32](repeating: 0, count: rows.count))
    for (row, owner) in owners.enumerated() {
      list[next[Int(owner)]] = Int32(row)
      next[Int(owner)] += 1
    }
    (self.widest, self.tallest, below) = (widest, tallest, nodes.rows.count)
    fronts = FrontTable(
      starts: starts, rows: list, places: places, diagonal: symbolic.method.diagonalPlaces)
  }

  /// The minimizer `x` of `‖A x − b‖²`, `[draws…, batch…, k]`, and the minimum, `[draws…, batch…]`,
  /// as recorded operations.
  typealias LeastSquares<Scalar: TensorScalar> = (solution: Tensor<Scalar>, squares: Tensor<Scalar>)

  /// The factor of `Aᵀ A`, as a recorded operation.
  /// - Throws: `NotPositiveDefinite`, with the variable and the condition number, if a column of
  ///   `A` is, up to rounding, a linear combination of the columns that are eliminated before it
  ///   (`checkDigits`).
  func factor<Scalar>(_ rows: SparseRows<Scalar>) throws -> SparseFactor<Scalar> {
    recorded(rows, try checked(rows, nil).panels)
  }

  /// The factor, and the least squares solutions for vectors `b` over the rows,
  /// `[draws…, batch…, rows]`.
  /// - Throws: as `factor`.
  func solve<Scalar>(
    _ rows: SparseRows<Scalar>, _ b: Tensor<Scalar>
  ) throws -> (factor: SparseFactor<Scalar>, least: LeastSquares<Scalar>) {
    let (panels, values) = try checked(rows, b.detached)
    let constant = SparseFactor(symbolic: symbolic, panels: panels)
    let (c, squares) = values!
    let x = constant.apply(.unwhiten, to: c)
    let (ownRows, ownB) = (rows.detached, b.detached)
    // The adjoint of x = P⁻¹ Aᵀ b: with y = P⁻¹ x̄ and r = b − A x, b̄ = A y and Ā = r yᵀ − (A y)
    // xᵀ.
    let solution = x.recorded(from: [rows.values, b]) { g, gradients in
      let white = constant.apply(.solve, to: g)
      let y = constant.apply(.unwhiten, to: white)
      let basis = self.basis(ownRows)
      let image = basis.map { Self.apply($0, white) } ?? ownRows.apply(.whiten, to: y)
      gradients.add(to: 1, image)
      guard gradients.isNeeded(0) else { return }
      gradients.add(
        to: 0,
        ownRows.outer(1, Self.residual(ownRows, ownB, x, basis), y) + ownRows.outer(-1, image, x))
    }
    // The adjoint of ‖r‖², which is minimal in x: b̄ = 2 r and Ā = −2 r xᵀ.
    let least = squares.recorded(from: [rows.values, b]) { g, gradients in
      let residual = Self.residual(ownRows, ownB, x, self.basis(ownRows))
      let back = 2 * g.addingAxis(at: -1) * residual
      gradients.add(to: 1, back)
      gradients.add(to: 0, ownRows.outer(-1, back, x))
    }
    return (recorded(rows, panels), (solution, least))
  }

  private func recorded<Scalar>(
    _ rows: SparseRows<Scalar>, _ panels: Tensor<Scalar>
  ) -> SparseFactor<Scalar> {
    SparseFactor(
      symbolic: symbolic,
      panels: panels.recorded(from: [rows.values]) { [rows = rows.detached] g, gradients in
        gradients.add(to: 0, self.adjoint(rows, panels, g))
      })
  }

  private func checked<Scalar>(
    _ rows: SparseRows<Scalar>, _ b: Tensor<Scalar>?
  ) throws -> (panels: Tensor<Scalar>, values: Values<Scalar>?) {
    let (panels, values, dependent) = try computed(rows, b)
    try checkDigits(of: SparseFactor(symbolic: symbolic, panels: panels), rows, dependent)
    return (panels, values)
  }

  /// `Qᵀ b` in the order of the variables, and `‖A x − b‖²`.
  typealias Values<Scalar: TensorScalar> = (c: Tensor<Scalar>, squares: Tensor<Scalar>)

  /// The panels of the factor, the values for `b`, and the first matrix with a column that is, up
  /// to rounding, a linear combination of previous columns.
  /// - Throws: `NotPositiveDefinite` if a pivot is 0 or not finite.
  func computed<Scalar>(
    _ rows: SparseRows<Scalar>, _ b: Tensor<Scalar>?
  ) throws -> (
    panels: Tensor<Scalar>, values: Values<Scalar>?, dependent: (pivot: Int, matrix: Int)?
  ) {
    let (k, m, matrices) = (rows.pattern.dimension, rows.pattern.count, rows.batchShape.count)
    if let b { requireFit(b, batch: rows.batchShape, dimension: m, name: "least squares problem") }
    let draws = b.map { $0.count / max(matrices * m, 1) } ?? 0
    let panelCount = symbolic.method.panelCount
    let panels = Tensor<Scalar>(rows.batchShape + [panelCount]) { _ in }
    let c = b.map { Tensor<Scalar>($0.shape.replacing(axis: -1, with: k)) { _ in } }
    let squares = Storage<Double>(count: draws * matrices)
    let (failures, dependent) = (FirstFailures(), FirstFailures())
    let none = Tensor<Scalar>([0]) { _ in }
    // Vectors are processed with a factorization, in groups whose memory is a few megabytes.
    let together = min(draws, max(64, (1 << 22) / (below + 1)))
    parallelFor(count: matrices, grain: max(1, (1 << 12) / (panelCount + 1))) { range in
      let updates = Tensor<Scalar>([updateCount]) { _ in }
      let rest = Tensor<Scalar>([below * together]) { _ in }
      let scratch = Tensor<Scalar>([k + (tallest + 1) * (widest + together)]) { _ in }
      let kept = Storage<Int32>(count: symbolic.supernodes.count)
      let leads = Storage<Int32>(count: widest + tallest + 2)
      var work = LGOrthogonalWork(
        pattern: table.pattern, rows: rows.pattern.table.rows, fronts: fronts.fronts, count: 0,
        b_step: matrices * m, c_step: matrices * k, panel_count: panelCount,
        updates: updates.mutablePointer, rest: rest.mutablePointer,
        scratch: scratch.mutablePointer, kept: kept.pointer, leads: leads.pointer)
      for matrix in range {
        for draw in stride(from: 0, to: max(draws, 1), by: max(together, 1)) {
          work.count = min(together, draws - draw)
          let failure = Scalar.kernels.sparseRoot.factor(
            work, rows.values.pointer + matrix * rows.elementCount,
            (b ?? none).pointer + (draw * matrices + matrix) * m,
            (c ?? none).mutablePointer + (draw * matrices + matrix) * k,
            squares.pointer + matrix * draws + draw, panels.mutablePointer + matrix * panelCount)
          if failure >= k { dependent.note(failure - k, of: matrix, at: 0) }
          if 0..<k ~= failure { failures.note(failure, of: matrix, at: 0) }
        }
      }
    }
    if let (pivot, matrix) = failures.first {
      let place = symbolic.method.diagonalPlaces[Int(symbolic.supernodes.position[pivot])]
      throw refusal(
        of: rows, pivot: pivot, matrix: matrix,
        root: Double(panels.scalars[matrix * panelCount + place]))
    }
    let values = c.map { c in
      let sums = (0..<draws * matrices).map {
        Scalar(squares.pointer[$0 % matrices * draws + $0 / matrices])
      }
      return (c, Tensor(sums, shape: c.shape.dropLast()))
    }
    return (panels, values, dependent.first)
  }

  /// The gradient in `A`, given the gradient in the panels. For up to 256 variables it is
  /// `Ā = Q S R⁻ᵀ`. For more, it is `Ā = A (P̄ + P̄ᵀ)`, on the elements, where
  /// `P̄ + P̄ᵀ = R⁻¹ S R⁻ᵀ` amplifies errors by the square of the condition number of `A`.
  private func adjoint<Scalar>(
    _ rows: SparseRows<Scalar>, _ panels: Tensor<Scalar>, _ g: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    if symbolic.dimension <= 256 { return denseAdjoint(rows, panels, g) }
    let matrices = rows.batchShape.count
    let diagonal = Tensor<Scalar>([matrices * rows.pattern.dimension]) { _ in }
    let off = Tensor<Scalar>([matrices * graph.edges.count]) { _ in }
    symbolic.method.factorAdjoint(
      matrices: matrices, panels: panels.pointer, gradient: g.pointer,
      diagonal: diagonal.mutablePointer, off: off.mutablePointer)
    return rows.squareAdjoint(
      rows.pattern.pairEdges(on: graph), diagonal: diagonal.pointer, off: off.pointer,
      edgeCount: graph.edges.count)
  }

  /// `Σ = P⁻¹` on the edges of a graph, for which the method was made, computed from square roots
  /// of its parts; a recorded operation.
  func covariances<Scalar>(
    _ factor: SparseFactor<Scalar>, on graph: UndirectedGraph, _ method: any FactorMethod
  ) -> SymmetricElements<Scalar> {
    factor.covariances(on: graph, method) { panels, covariance, diagonal, off in
      let count = panels.shape.dropLast().count
      // In a forest the recursion on the elements subtracts nothing, so that it is equally
      // accurate.
      if method is ForestMethod {
        return method.covariance(
          matrices: count, panels: panels.pointer, covariance: covariance.mutablePointer,
          diagonal: diagonal, off: off)
      }
      let step = method.panelCount
      parallelFor(count: count, grain: max(1, (1 << 12) / (step + 1))) { range in
        let updates = Tensor<Scalar>([updateCount]) { _ in }
        let scratch = Tensor<Scalar>([(2 * widest + 1) * widest]) { _ in }
        for matrix in range {
          Scalar.kernels.sparseRoot.covariance(
            table.pattern, fronts.diagonal, panels.pointer + matrix * step,
            covariance.mutablePointer + matrix * step, updates.mutablePointer,
            scratch.mutablePointer)
        }
      }
      method.gather(
        matrices: count, panels: covariance.pointer, diagonal: diagonal, off: off)
    }
  }
}

extension SparseRows {
  /// The same values as a constant.
  var detached: SparseRows { SparseRows(pattern: pattern, values: values.detached) }
}
