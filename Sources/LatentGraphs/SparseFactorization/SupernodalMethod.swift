import CKernels
import Tensors

/// The factor of a precision on any graph, stored in supernodes, each of which is a dense matrix
/// (`sparse.h`).
struct SupernodalMethod: FactorMethod {
  let panelCount: Int
  let diagonalPlaces: [Int]
  let scratchCount: Int
  private let table: SupernodeTable
  /// The places in the panels of the elements of a matrix on the graph, and the number of its
  /// edges.
  private var entries: PanelEntries
  private var edgeCount: Int
  private let dimension: Int
  /// The number of elements of `L`, as a measure of the work.
  private let fill: Int
  /// The number of elements of all update matrices.
  private let updateCount: Int
  let partCount: Int
  /// Subtrees that can be computed in parallel, and the remaining ranges, leaves first.
  private let subtrees: [Range<Int>], rest: [Range<Int>]

  /// A method for matrices on the graph itself.
  init(_ graph: UndirectedGraph, _ supernodes: Supernodes) {
    (dimension, partCount) = (graph.dimension, supernodes.count)
    var (panels, scratch) = (0, 0)
    var diagonal: [Int] = []
    diagonal.reserveCapacity(graph.dimension)
    for s in 0..<supernodes.count {
      let (n, m) = (supernodes.columns(s), supernodes.rowCount(s))
      diagonal += (0..<n).map { panels + $0 * (n + m + 1) }
      panels += n * (n + m)
      scratch = max(scratch, SupernodeTable.scratchCount(columns: n, rows: m))
    }
    diagonalPlaces = diagonal
    (panelCount, scratchCount, fill) = (panels, scratch, supernodes.fill)
    let children = Children(supernodes.parent)
    (subtrees, rest) = supernodes.parts(children)
    let memory = UpdateMemory(supernodes, subtrees: subtrees)
    updateCount = memory.count
    table = SupernodeTable(
      first: supernodes.first, rowStarts: supernodes.rowStarts, rows: supernodes.rows,
      relative: supernodes.relativeRows(), childStarts: children.starts, children: children.list,
      updates: memory.places, order: supernodes.order, supernodeOf: supernodes.supernodeOf)
    // The factor has all edges of its own graph.
    entries = supernodes.entries(of: graph)!
    edgeCount = graph.edges.count
  }

  func on(_ graph: UndirectedGraph, _ supernodes: Supernodes) -> (any FactorMethod)? {
    guard let entries = supernodes.entries(of: graph) else { return nil }
    var method = self
    (method.entries, method.edgeCount) = (entries, graph.edges.count)
    return method
  }

  // MARK: Elements

  func scatter<Scalar: TensorScalar>(
    matrices: Int, diagonal: Input<Scalar>, off: Input<Scalar>, panels: Output<Scalar>
  ) {
    forEach(matrices) { matrix in
      Scalar.kernels.sparse.scatter(
        work(0..<partCount), diagonal + matrix * dimension, off + matrix * edgeCount,
        panels + matrix * panelCount)
    }
  }

  func gather<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, diagonal: Output<Scalar>, off: Output<Scalar>
  ) {
    forEach(matrices) { matrix in
      Scalar.kernels.sparse.gather(
        work(0..<partCount), panels + matrix * panelCount, diagonal + matrix * dimension,
        off + matrix * edgeCount)
    }
  }

  /// Some supernodes and the memory for computing them, for the kernels.
  private func work(
    _ nodes: Range<Int>, helpers: Int = 0, _ updates: UnsafeMutableRawPointer? = nil,
    _ scratch: UnsafeMutableRawPointer? = nil
  ) -> LGSparseWork {
    LGSparseWork(
      pattern: table.pattern, entries: entries.entries, begin: nodes.lowerBound,
      end: nodes.upperBound, helpers: helpers, updates: updates, scratch: scratch)
  }

  private func forEach(_ matrices: Int, _ body: (Int) -> Void) {
    parallelFor(count: matrices, grain: max(1, (1 << 14) / (panelCount + 1))) {
      for matrix in $0 { body(matrix) }
    }
  }

  // MARK: Matrices

  func factor<Scalar: TensorScalar>(
    matrices: Int, diagonal: Input<Scalar>, off: Input<Scalar>, continuesPastBadPivots: Bool,
    panels: Output<Scalar>
  ) -> (pivot: Int, matrix: Int)? {
    let failures = FirstFailures()
    forEachFromLeaves(matrices, of: Scalar.self) { matrix, nodes, helpers, updates, scratch in
      let failure = Scalar.kernels.sparse.factor(
        work(nodes, helpers: helpers, updates, scratch), diagonal + matrix * dimension,
        off + matrix * edgeCount, continuesPastBadPivots, panels + matrix * panelCount)
      if failure >= 0 { failures.note(failure, of: matrix, at: nodes.lowerBound) }
    }
    return failures.first
  }

  func factorAdjoint<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, gradient: Input<Scalar>, diagonal: Output<Scalar>,
    off: Output<Scalar>
  ) {
    forEachFromRoots(matrices, of: Scalar.self) { matrix, nodes, helpers, updates, scratch in
      Scalar.kernels.sparse.factorAdjoint(
        work(nodes, helpers: helpers, updates, scratch), panels + matrix * panelCount,
        gradient + matrix * panelCount, diagonal + matrix * dimension, off + matrix * edgeCount)
    }
  }

  func covariance<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, covariance: Output<Scalar>, diagonal: Output<Scalar>,
    off: Output<Scalar>
  ) {
    forEachFromRoots(matrices, of: Scalar.self) { matrix, nodes, helpers, updates, scratch in
      Scalar.kernels.sparse.covariance(
        work(nodes, helpers: helpers, updates, scratch), panels + matrix * panelCount,
        covariance + matrix * panelCount)
    }
    gather(matrices: matrices, panels: covariance, diagonal: diagonal, off: off)
  }

  func covarianceAdjoint<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, covariance: Input<Scalar>, diagonal: Input<Scalar>,
    off: Input<Scalar>, gradient: Output<Scalar>
  ) {
    forEachFromLeaves(matrices, of: Scalar.self) { matrix, nodes, helpers, updates, scratch in
      Scalar.kernels.sparse.covarianceAdjoint(
        work(nodes, helpers: helpers, updates, scratch), panels + matrix * panelCount,
        covariance + matrix * panelCount, diagonal + matrix * dimension, off + matrix * edgeCount,
        gradient + matrix * panelCount)
    }
  }

  // MARK: Differences

  /// For precisions that differ by `Δ`, with the factors `L` and `L′ = L (I + E)`: computes `E` in
  /// the columns of the supernodes and, below them, `L′₂₁ − L₂₁ (I + E)`, in panels, from the
  /// elements of `Δ`. Returns, for each matrix, whether no pivot decreases by more than three
  /// quarters. The batch of the factors `L` is that of all matrices, or its last axes.
  func differences<Scalar: TensorScalar>(
    matrices: Int, factors: Int, panels: Input<Scalar>, diagonal: Input<Scalar>, off: Input<Scalar>,
    result: Output<Scalar>
  ) -> [Bool] {
    let failures = FirstFailures()
    forEachFromLeaves(matrices, of: Scalar.self) { matrix, nodes, helpers, updates, scratch in
      let isNear = Scalar.kernels.sparse.difference(
        work(nodes, helpers: helpers, updates, scratch),
        panels + matrix % factors * panelCount, diagonal + matrix * dimension,
        off + matrix * edgeCount, result + matrix * panelCount)
      if !isNear { failures.note(0, of: matrix, at: nodes.lowerBound) }
    }
    return (0..<matrices).map { !failures.contains($0) }
  }

  /// `‖L⁻¹(L′ − L)‖²` without the diagonal, for each matrix, from these differences and the panels
  /// of `Σ`.
  func differenceSquares<Scalar: TensorScalar>(
    matrices: Int, factors: Int, differences: Input<Scalar>, covariance: Input<Scalar>
  ) -> [Double] {
    var squares = [Double](repeating: 0, count: matrices * partCount)
    squares.withUnsafeMutableBufferPointer { squares in
      nonisolated(unsafe) let squares = squares.baseAddress
      guard let squares else { return }
      forEachFromLeaves(matrices, of: Scalar.self) { matrix, nodes, helpers, updates, scratch in
        Scalar.kernels.sparse.differenceSquares(
          work(nodes, helpers: helpers, updates, scratch), differences + matrix * panelCount,
          covariance + matrix % factors * panelCount, squares + matrix * partCount)
      }
    }
    return (0..<matrices).map { squares[$0 * partCount..<($0 + 1) * partCount].reduce(0, +) }
  }

  // MARK: Vectors

  func apply<Scalar: TensorScalar>(
    _ operation: FactorOperation, panels: Input<Scalar>, count: Int, step: Int, x: Input<Scalar>,
    y: Output<Scalar>, workspace: Output<Scalar>, scratch: Output<Scalar>
  ) {
    Scalar.kernels.sparse.apply(
      work(0..<partCount, nil, scratch), operation.code, panels,
      LGSparseVectors(count: count, step: step, workspace: workspace), x, y)
  }

  func outer<Scalar: TensorScalar>(
    parts: Range<Int>, count: Int, step: Int, a: Input<Scalar>, b: Input<Scalar>, negate: Bool,
    panels: Output<Scalar>, scratch: Output<Scalar>
  ) {
    Scalar.kernels.sparse.outer(
      work(parts, nil, scratch), LGSparseVectors(count: count, step: step, workspace: nil), a, b,
      negate, panels)
  }
}

// MARK: - Threads

extension SupernodalMethod {
  /// Visits the supernodes of each matrix, leaves first. `body` gets the matrix, a range of
  /// supernodes, the number of additional threads that it may use, and memory for updates and
  /// scratch.
  ///
  /// If there are many matrices, they are distributed over the threads. Otherwise disjoint subtrees
  /// of a matrix are computed in parallel, and then the supernodes above them.
  private func forEachFromLeaves<Scalar: TensorScalar>(
    _ matrices: Int, of _: Scalar.Type,
    _ body: (Int, Range<Int>, Int, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>) ->
      Void
  ) {
    forEach(matrices) { (matrix, parts: [Range<Int>], isTop, updates) in
      run(parts, isTop: isTop) { body(matrix, $0, $1, updates, $2) }
    }
  }

  /// The same in reverse order, roots first.
  private func forEachFromRoots<Scalar: TensorScalar>(
    _ matrices: Int, of _: Scalar.Type,
    _ body: (Int, Range<Int>, Int, UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>) ->
      Void
  ) {
    forEach(matrices, reversed: true) { (matrix, parts: [Range<Int>], isTop, updates) in
      run(parts, isTop: isTop) { body(matrix, $0, $1, updates, $2) }
    }
  }

  private func forEach<Scalar: TensorScalar>(
    _ matrices: Int, reversed: Bool = false,
    _ body: (Int, [Range<Int>], Bool, UnsafeMutablePointer<Scalar>) -> Void
  ) {
    let all = [0..<partCount]
    if matrices >= 2 * Threads.limit || subtrees.isEmpty {
      let grain = max(1, (1 << 13) / (fill + 1))
      parallelFor(count: matrices, grain: grain) { range in
        let updates = Tensor<Scalar>([updateCount]) { _ in }
        for matrix in range { body(matrix, all, true, updates.mutablePointer) }
      }
      return
    }
    let updates = Tensor<Scalar>([updateCount]) { _ in }
    for matrix in 0..<matrices {
      if reversed { body(matrix, rest.reversed(), true, updates.mutablePointer) }
      body(matrix, subtrees, false, updates.mutablePointer)
      if !reversed { body(matrix, rest, true, updates.mutablePointer) }
    }
  }

  private func run<Scalar: TensorScalar>(
    _ parts: [Range<Int>], isTop: Bool,
    _ body: (Range<Int>, Int, UnsafeMutablePointer<Scalar>) -> Void
  ) {
    if isTop {
      let scratch = Tensor<Scalar>([scratchCount]) { _ in }
      for part in parts { body(part, Threads.limit - 1, scratch.mutablePointer) }
    } else {
      parallelFor(count: parts.count, grain: 1, turns: parts.count) { range in
        let scratch = Tensor<Scalar>([scratchCount]) { _ in }
        for part in range { body(parts[part], 0, scratch.mutablePointer) }
      }
    }
  }
}
