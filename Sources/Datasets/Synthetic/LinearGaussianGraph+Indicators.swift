import Tensors

extension LinearGaussianGraph {
  /// A graph with these edges and random numbers, in which each node has indicators of its own.
  ///
  /// The observations are blocks, one for each node in their order, which depend on that node alone:
  /// the loading is block-diagonal. With the `2d + 1` indicators for a node of dimension `d` that are
  /// the default, loadings and neighbours can be identified; see the type's description.
  ///
  /// - A loading's block of `m` indicators is `√(m/d) Q`, `Q` a random matrix with orthonormal
  ///   columns: indicators have a signal of 1 on average where the node's variance is 1.
  /// - A weight is `g Q`, `g` drawn from `strengths` and `Q` a random matrix with orthonormal columns
  ///   or rows: an edge is equally strong in all directions that it passes on. For scalar nodes it is
  ///   `±g`.
  /// - The deviations of nodes and of indicators are drawn from their ranges.
  ///
  /// - Parameters:
  ///   - dimensions: the nodes' dimensions.
  ///   - edges: the pairs of nodes, without cycles.
  ///   - indicators: the number of indicators of each node, at least its dimension; `nil` for
  ///     `2d + 1`.
  ///   - seed: decides all numbers. The edges do not change the loading, nor its noise.
  public init(
    dimensions: [Int], edges: [(parent: Int, child: Int)], indicators: Int? = nil,
    strengths: ClosedRange<Double> = 0.6...1.2, deviations: ClosedRange<Double> = 0.7...1.3,
    noise: ClosedRange<Double> = 0.3...0.6, seed: UInt64
  ) {
    let root = Philox(seed: seed)
    var (forNodes, forLoading, forEdges) = (root.split(0), root.split(1), root.split(2))
    let nodes = dimensions.map {
      Node(dimension: $0, deviation: .random(in: deviations, using: &forNodes))
    }
    for edge in edges {
      require(
        nodes.indices.contains(edge.parent) && nodes.indices.contains(edge.child),
        "an edge \(edge.parent) → \(edge.child) in a graph of \(nodes.count) nodes")
    }
    let blocks = dimensions.map { d in
      let m = indicators ?? 2 * d + 1
      require(m >= d, "\(m) indicators of a node of dimension \(d)")
      return (Double(m) / Double(d)).squareRoot() * orthonormalColumns(m, d, using: &forLoading)
    }
    let loading = blockDiagonal(blocks)
    self.init(
      nodes: nodes,
      edges: edges.map { edge in
        let strength = Double.random(in: strengths, using: &forEdges)
        let direction = orthonormal(
          dimensions[edge.child], dimensions[edge.parent], using: &forEdges)
        return Edge(from: edge.parent, to: edge.child, weight: strength * direction)
      },
      loading: loading,
      observationDeviations: Tensor(
        (0..<loading.shape[0]).map { _ in .random(in: noise, using: &forLoading) }))
  }

  /// The elements of `x` that are a node's own: those whose loadings on all other nodes are 0 and on
  /// it are not.
  public func indicators(of node: Int) -> [Int] {
    let own = latentRange(of: node)
    return (0..<observedDimension).filter { row in
      let loadings = loading.slice(at: row).scalars
      return loadings.indices.contains { own.contains($0) && loadings[$0] != 0 }
        && loadings.indices.allSatisfy { own.contains($0) || loadings[$0] == 0 }
    }
  }
}

/// A random matrix whose columns, or if it is wide whose rows, are orthonormal.
private func orthonormal(
  _ rows: Int, _ columns: Int, using generator: inout Philox
) -> Tensor<Double> {
  rows >= columns
    ? orthonormalColumns(rows, columns, using: &generator)
    : orthonormalColumns(columns, rows, using: &generator).transposed()
}

/// A random matrix `A L⁻ᵀ` with `L Lᵀ = AᵀA`.
///
/// The elements of `A` have random signs and lie between ½ and 1 beside them, so that none of a
/// single column is near 0.
private func orthonormalColumns(
  _ rows: Int, _ columns: Int, using generator: inout Philox
) -> Tensor<Double> {
  while true {
    let sizes = Tensor<Double>.uniform([rows, columns], in: 0.5..<1, using: &generator)
    let signs = Tensor<Double>.uniform([rows, columns], in: -1..<1, using: &generator).sign()
    let a = sizes * signs
    // Columns that depend on each other have a probability of 0, and are drawn again.
    guard let factor = try? matrixProduct(a, a, transposingLeft: true).cholesky() else { continue }
    return triangularSolve(rows: a, factor, transposing: true)
  }
}

/// The matrix with these blocks along its diagonal and zeros beside them.
private func blockDiagonal(_ blocks: [Tensor<Double>]) -> Tensor<Double> {
  let width = blocks.reduce(0) { $0 + $1.shape[1] }
  var left = 0
  let rows = blocks.map { block in
    defer { left += block.shape[1] }
    let height = block.shape[0]
    let right = width - left - block.shape[1]
    return Tensor.concatenated(
      [.zeros([height, left]), block, .zeros([height, right])].filter { $0.count > 0 }, axis: 1)
  }
  return .concatenated(rows)
}
