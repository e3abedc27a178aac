import Tensors

/// The factor of a forest: at most one element below the diagonal in each column, so that no
/// supernodes are needed. Of each position in the order of elimination the panels hold the diagonal
/// and the element below it, 0 for a root.
///
/// What is in the order of the variables is read or written once, each element by itself, so that a
/// processor has many of them on their way. All else runs along the memory: in a postorder most
/// parents follow their children closely.
struct ForestMethod: FactorMethod {
  /// The variable at each position.
  let order: [Int32]
  /// The position of the parent; −1 for a root.
  let parent: [Int32]
  let diagonalPlaces: [Int]
  /// The number of edges of the graph that the elements of matrices lie on, and which of them is
  /// below the diagonal of each column; −1 for none.
  private var edgeCount: Int
  private var edge: [Int32]
  /// Subtrees without their roots, which can be computed at the same time, and all else, leaves first.
  private let subtrees: [Range<Int>], rest: [Range<Int>]

  /// For matrices on the graph itself; `nil` where the factor has columns of more elements.
  init?(_ graph: UndirectedGraph, _ supernodes: Supernodes) {
    guard supernodes.isForest else { return nil }
    order = supernodes.order
    parent = supernodes.parent
    diagonalPlaces = order.indices.map { 2 * $0 }
    // A root takes what its children subtract, and belongs to the rest.
    subtrees = supernodes.parts(Children(parent)).subtrees.map { $0.dropLast() }
    rest = gaps(between: subtrees, count: order.count)
    guard let edge = edges(of: graph, parent, supernodes.position) else { return nil }
    (self.edge, edgeCount) = (edge, graph.edges.count)
  }

  var panelCount: Int { 2 * order.count }
  var partCount: Int { order.count }
  var scratchCount: Int { 0 }

  func on(_ graph: UndirectedGraph, _ supernodes: Supernodes) -> (any FactorMethod)? {
    guard let edge = edges(of: graph, parent, supernodes.position) else { return nil }
    var method = self
    (method.edge, method.edgeCount) = (edge, graph.edges.count)
    return method
  }

  // MARK: Elements

  func scatter<Scalar: TensorScalar>(
    matrices: Int, diagonal: Input<Scalar>, off: Input<Scalar>, panels: Output<Scalar>
  ) {
    forEach(matrices) { scatter($0, $1, diagonal, off, scale: 1, panels) }
  }

  func gather<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, diagonal: Output<Scalar>, off: Output<Scalar>
  ) {
    forEach(matrices) { gather($0, $1, panels, scale: 1, diagonal, off) }
  }

  private func scatter<Scalar: TensorScalar>(
    _ matrix: Int, _ range: Range<Int>, _ diagonal: Input<Scalar>, _ off: Input<Scalar>,
    scale: Scalar, _ panels: Output<Scalar>
  ) {
    Scalar.kernels.forest.scatter(
      order, edge, range.lowerBound, range.upperBound, diagonal + matrix * order.count,
      off + matrix * edgeCount, scale, panels + matrix * panelCount)
  }

  private func gather<Scalar: TensorScalar>(
    _ matrix: Int, _ range: Range<Int>, _ panels: Input<Scalar>, scale: Scalar,
    _ diagonal: Output<Scalar>, _ off: Output<Scalar>
  ) {
    Scalar.kernels.forest.gather(
      order, edge, range.lowerBound, range.upperBound, panels + matrix * panelCount, scale,
      diagonal + matrix * order.count, off + matrix * edgeCount)
  }

  // MARK: Matrices

  func factor<Scalar: TensorScalar>(
    matrices: Int, diagonal: Input<Scalar>, off: Input<Scalar>, goesOn: Bool,
    panels: Output<Scalar>
  ) -> (pivot: Int, matrix: Int)? {
    let failures = FirstFailures()
    fromLeaves(matrices) {
      scatter($0, $1, diagonal, off, scale: 1, panels)
    } then: { matrix, range in
      let failure = Scalar.kernels.forest.factor(
        parent, range.lowerBound, range.upperBound, goesOn, panels + matrix * panelCount)
      if failure >= 0 { failures.note(Int(order[failure]), of: matrix, at: failure) }
    }
    return failures.first
  }

  func factorAdjoint<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, gradient: Input<Scalar>, diagonal: Output<Scalar>,
    off: Output<Scalar>
  ) {
    let result = Tensor<Scalar>([matrices * panelCount]) { _ in }
    let memory = result.mutablePointer
    fromRoots(matrices) { matrix, range in
      let start = matrix * panelCount
      Scalar.kernels.forest.factorAdjoint(
        parent, range.lowerBound, range.upperBound, panels + start, gradient + start,
        memory + start)
    } then: {
      gather($0, $1, result.pointer, scale: 0.5, diagonal, off)
    }
  }

  func covariance<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, covariance: Output<Scalar>
  ) {
    fromRoots(matrices) { matrix, range in
      let start = matrix * panelCount
      Scalar.kernels.forest.covariance(
        parent, range.lowerBound, range.upperBound, panels + start, covariance + start)
    }
  }

  func covarianceAdjoint<Scalar: TensorScalar>(
    matrices: Int, panels: Input<Scalar>, covariance: Input<Scalar>, diagonal: Input<Scalar>,
    off: Input<Scalar>, gradient: Output<Scalar>
  ) {
    fromLeaves(matrices) {
      scatter($0, $1, diagonal, off, scale: 2, gradient)
    } then: { matrix, range in
      let start = matrix * panelCount
      Scalar.kernels.forest.covarianceAdjoint(
        parent, range.lowerBound, range.upperBound, panels + start, covariance + start,
        gradient + start)
    }
  }

  // MARK: Vectors

  func apply<Scalar: TensorScalar>(
    _ operation: FactorOperation, panels: Input<Scalar>, count: Int, step: Int, x: Input<Scalar>,
    y: Output<Scalar>, workspace: Output<Scalar>, scratch: Output<Scalar>
  ) {
    Scalar.kernels.forest.apply(
      order, parent, order.count, operation.code, panels, count, step, x, y, workspace)
  }

  func outer<Scalar: TensorScalar>(
    parts: Range<Int>, count: Int, step: Int, a: Input<Scalar>, b: Input<Scalar>, negate: Bool,
    panels: Output<Scalar>, scratch: Output<Scalar>
  ) {
    Scalar.kernels.forest.outer(
      order, parent, parts.lowerBound, parts.upperBound, count, step, a, b, negate, panels)
  }
}

/// The edge of a graph below the diagonal of each column of a forest's factor, −1 for none; `nil`
/// where the factor lacks an edge.
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
  private var all: Range<Int> { 0..<order.count }

  /// Of many matrices each thread takes some; of few, all threads take a part of each.
  private func isShared(_ matrices: Int) -> Bool {
    matrices < 2 * Threads.limit && !subtrees.isEmpty
  }

  /// Ranges of each matrix that do not depend on each other.
  private func forEach(_ matrices: Int, _ body: (Int, Range<Int>) -> Void) {
    if isShared(matrices) {
      for matrix in 0..<matrices {
        parallelFor(count: order.count, grain: 1 << 13) { body(matrix, $0) }
      }
    } else {
      byMatrix(matrices) { body($0, all) }
    }
  }

  private func byMatrix(_ matrices: Int, _ body: (Int) -> Void) {
    parallelFor(count: matrices, grain: max(1, (1 << 13) / (panelCount + 1))) {
      for matrix in $0 { body(matrix) }
    }
  }

  /// `first` on ranges that do not depend on each other, and then `body`, children before parents.
  private func fromLeaves(
    _ matrices: Int, _ first: (Int, Range<Int>) -> Void, then body: (Int, Range<Int>) -> Void
  ) {
    guard isShared(matrices) else {
      return byMatrix(matrices) {
        first($0, all)
        body($0, all)
      }
    }
    for matrix in 0..<matrices {
      parallelFor(count: order.count, grain: 1 << 13) { first(matrix, $0) }
      forEachSubtree { body(matrix, $0) }
      for range in rest { body(matrix, range) }
    }
  }

  /// `body`, parents before children, and then `last` on ranges that do not depend on each other.
  private func fromRoots(
    _ matrices: Int, _ body: (Int, Range<Int>) -> Void,
    then last: (Int, Range<Int>) -> Void = { _, _ in }
  ) {
    guard isShared(matrices) else {
      return byMatrix(matrices) {
        body($0, all)
        last($0, all)
      }
    }
    for matrix in 0..<matrices {
      for range in rest.reversed() { body(matrix, range) }
      forEachSubtree { body(matrix, $0) }
      parallelFor(count: order.count, grain: 1 << 13) { last(matrix, $0) }
    }
  }

  private func forEachSubtree(_ body: (Range<Int>) -> Void) {
    parallelFor(count: subtrees.count, grain: 1, turns: subtrees.count) {
      for subtree in subtrees[$0] { body(subtree) }
    }
  }
}
