import CKernels
import Foundation
import Tensors

/// The factor of a precision on a forest. A column has at most one element below the diagonal, so
/// that no supernodes are needed. For each position in elimination order, the panels contain the
/// diagonal element and the element below it, which is 0 for a root.
///
/// Data in the order of the variables is read or written once, at precomputed places. All other
/// memory accesses are nearly sequential, since in a postorder most parents are close to their
/// children.
struct ForestMethod: FactorMethod {
  /// The variable at each position of the elimination order.
  let order: [Int32]
  /// The position of the parent, or −1 for a root.
  let parent: [Int32]
  let diagonalPlaces: [Int]
  /// The number of edges of the graph of the matrices.
  private var edgeCount: Int
  /// The order, the parents and the edges below the diagonal, for the kernels.
  private var table: ForestTable
  /// Subtrees without their roots, which can be computed in parallel, and the ranges of the other
  /// columns, leaves first.
  private let subtrees: [Range<Int>], rest: [Range<Int>]

  /// A method for matrices on the graph itself; `nil` if a column of the factor has more than one
  /// element below the diagonal.
  init?(_ graph: UndirectedGraph, _ supernodes: Supernodes) {
    guard supernodes.isForest else { return nil }
    order = supernodes.order
    parent = supernodes.parent
    diagonalPlaces = order.indices.map { 2 * $0 }
    // The children subtract from their root, which is therefore not part of a subtree.
    subtrees = supernodes.parts(Children(parent)).subtrees.map { $0.dropLast() }
    rest = gaps(between: subtrees, count: order.count)
    guard let edge = edges(of: graph, parent, supernodes.position) else { return nil }
    table = ForestTable(order: order, parent: parent, edge: edge)
    edgeCount = graph.edges.count
  }

  var panelCount: Int { 2 * order.count }
  var partCount: Int { order.count }
  var scratchCount: Int { 0 }

  func on(_ graph: UndirectedGraph, _ supernodes: Supernodes) -> (any FactorMethod)? {
    guard let edge = edges(of: graph, parent, supernodes.position) else { return nil }
    var method = self
    method.table = ForestTable(order: order, parent: parent, edge: edge)
    method.edgeCount = graph.edges.count
    return method
  }

  // MARK: Elements

  func scatter<Scalar: TensorScalar>(
    matrices: Int, diagonal: Input<Scalar>, off: Input<Scalar>, panels: Output<Scalar>
  ) {
    byMatrix(matrices) { matrix in
      Scalar.kernels.forest.scatter(
        table.positions(0..<order.count), diagonal + matrix * order.count, off + matrix * edgeCount,
        panels + matrix * panelCount)
    }
  }

  func gather<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, diagonal: Output<Scalar>, off: Output<Scalar>
  ) {
    byMatrix(matrices) { matrix in
      Scalar.kernels.forest.gather(
        table.positions(0..<order.count), panels + matrix * panelCount,
        diagonal + matrix * order.count,
        off + matrix * edgeCount)
    }
  }

  // MARK: Matrices

  func factor<Scalar: TensorScalar>(
    matrices: Int, diagonal: Input<Scalar>, off: Input<Scalar>, continuesPastBadPivots: Bool,
    panels: Output<Scalar>
  ) -> (pivot: Int, matrix: Int)? {
    let failures = FirstFailures()
    fromLeaves(matrices, sumsIn: panels) { matrix, range in
      let failure = Scalar.kernels.forest.factor(
        table.positions(range), diagonal + matrix * order.count, off + matrix * edgeCount,
        continuesPastBadPivots,
        panels + matrix * panelCount)
      if failure >= 0 { failures.note(Int(order[failure]), of: matrix, at: failure) }
    }
    return failures.first
  }

  func factorAdjoint<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, gradient: Input<Scalar>, diagonal: Output<Scalar>,
    off: Output<Scalar>
  ) {
    let workspace = Tensor<Scalar>([matrices * order.count]) { _ in }
    fromRoots(matrices) { matrix, range in
      Scalar.kernels.forest.factorAdjoint(
        table.positions(range), panels + matrix * panelCount, gradient + matrix * panelCount,
        workspace.mutablePointer + matrix * order.count, diagonal + matrix * order.count,
        off + matrix * edgeCount)
    }
  }

  func covariance<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, covariance: Output<Scalar>, diagonal: Output<Scalar>,
    off: Output<Scalar>
  ) {
    fromRoots(matrices) { matrix, range in
      Scalar.kernels.forest.covariance(
        table.positions(range), panels + matrix * panelCount, covariance + matrix * panelCount,
        diagonal + matrix * order.count, off + matrix * edgeCount)
    }
  }

  func covarianceAdjoint<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, covariance: Input<Scalar>, diagonal: Input<Scalar>,
    off: Input<Scalar>, gradient: Output<Scalar>
  ) {
    fromLeaves(matrices, sumsIn: gradient) { matrix, range in
      Scalar.kernels.forest.covarianceAdjoint(
        table.positions(range), panels + matrix * panelCount, covariance + matrix * panelCount,
        diagonal + matrix * order.count, off + matrix * edgeCount, gradient + matrix * panelCount)
    }
  }

  // MARK: Vectors

  func apply<Scalar: TensorScalar>(
    _ operation: FactorOperation, panels: Input<Scalar>, count: Int, step: Int, x: Input<Scalar>,
    y: Output<Scalar>, workspace: Output<Scalar>, scratch: Output<Scalar>
  ) {
    Scalar.kernels.forest.apply(
      table.positions(0..<order.count), operation.code, panels,
      LGSparseVectors(count: count, step: step, workspace: workspace), x, y)
  }

  func outer<Scalar: TensorScalar>(
    parts: Range<Int>, count: Int, step: Int, a: Input<Scalar>, b: Input<Scalar>, negate: Bool,
    panels: Output<Scalar>, scratch: Output<Scalar>
  ) {
    Scalar.kernels.forest.outer(
      table.positions(parts), LGSparseVectors(count: count, step: step, workspace: nil), a, b,
      negate, panels)
  }
}

/// For each column of a forest's factor, the edge of a graph below the diagonal, or −1 if there is
/// none; `nil` if the factor lacks an edge of the graph.
private func edges(
  of graph: UndirectedGraph, _ parent: [Int32], _ position: [Int32]
) -> [Int32]? {
  var edges = [Int32](repeating: -1, count: parent.count)
  for (index, edge) in graph.edges.enumerated() {
    let (a, b) = (position[edge.first], position[edge.second])
    guard parent[Int(min(a, b))] == max(a, b) else { return nil }
    edges[Int(min(a, b))] = Int32(index)
  }
  return edges
}

// MARK: - Threads

extension ForestMethod {
  /// Whether all threads work on each matrix. If there are many matrices, they are distributed over
  /// the threads instead.
  private func isShared(_ matrices: Int) -> Bool {
    matrices < 2 * Threads.limit && !subtrees.isEmpty
  }

  private func byMatrix(_ matrices: Int, _ body: (Int) -> Void) {
    parallelFor(count: matrices, grain: max(1, (1 << 13) / (panelCount + 1))) {
      for matrix in $0 { body(matrix) }
    }
  }

  /// Visits children before parents. The panels are first set to zero, because children add to
  /// their parents.
  private func fromLeaves<Scalar: TensorScalar>(
    _ matrices: Int, sumsIn panels: Output<Scalar>, _ body: (Int, Range<Int>) -> Void
  ) {
    guard isShared(matrices) else {
      return byMatrix(matrices) {
        clear(panels + $0 * panelCount, count: panelCount)
        body($0, order.indices)
      }
    }
    clear(panels, count: matrices * panelCount)
    for matrix in 0..<matrices {
      forEachSubtree { body(matrix, $0) }
      for range in rest { body(matrix, range) }
    }
  }

  /// Visits parents before children.
  private func fromRoots(_ matrices: Int, _ body: (Int, Range<Int>) -> Void) {
    guard isShared(matrices) else { return byMatrix(matrices) { body($0, order.indices) } }
    for matrix in 0..<matrices {
      for range in rest.reversed() { body(matrix, range) }
      forEachSubtree { body(matrix, $0) }
    }
  }

  private func forEachSubtree(_ body: (Range<Int>) -> Void) {
    parallelFor(count: subtrees.count, grain: 1, turns: subtrees.count) {
      for subtree in subtrees[$0] { body(subtree) }
    }
  }
}

/// Sets memory to zero by `memset`, since a generic loop would take longer than a factorization.
private func clear<Scalar: TensorScalar>(_ memory: Output<Scalar>, count: Int) {
  memset(memory, 0, count * MemoryLayout<Scalar>.stride)
}
