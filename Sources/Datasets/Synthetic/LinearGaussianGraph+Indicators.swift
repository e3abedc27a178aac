import Tensors

extension LinearGaussianGraph {
  /// A graph with these edges and random coefficients, in which each node has its own indicators.
  ///
  /// The observations consist of one block for each node, in order; a block depends on its node
  /// alone, so that the loading is block-diagonal. With the default of `2d + 1` indicators for a
  /// node of dimension `d`, loadings and neighbours can be identified; see the type's description.
  ///
  /// - The block of the loading for `m` indicators is `√(m/d) Q`, where `Q` is a random matrix with
  ///   orthonormal columns: if the node's variance is 1, the signal of an indicator has variance 1
  ///   on average.
  /// - A weight is `g Q`, where `g` is sampled from `strengths` and `Q` is a random matrix with
  ///   orthonormal columns or rows: an edge is equally strong in all directions that it transmits.
  ///   For scalar nodes it is `±g`.
  /// - The standard deviations of nodes and indicators are sampled from their ranges.
  ///
  /// - Parameters:
  ///   - dimensions: The dimensions of the nodes.
  ///   - edges: The pairs of nodes, without cycles.
  ///   - indicators: The number of indicators of each node, at least its dimension; `nil` for
  ///     `2d + 1`.
  ///   - seed: The seed of all random numbers. The edges affect neither the loading nor its noise.
  public init(
    dimensions: [Int], edges: [(parent: Int, child: Int)], indicators: Int? = nil,
    strengths: ClosedRange<Double> = 0.6...1.2, standardDeviations: ClosedRange<Double> = 0.7...1.3,
    noise: ClosedRange<Double> = 0.3...0.6, seed: UInt64
  ) {
    let root = Philox(seed: seed)
    var (forNodes, forLoading, forEdges) = (root.split(0), root.split(1), root.split(2))
    let nodes = dimensions.map {
      Node(dimension: $0, standardDeviation: .random(in: standardDeviations, using: &forNodes))
    }
    for edge in edges {
      require(
        nodes.indices.contains(edge.parent) && nodes.indices.contains(edge.child),
        "an edge \(edge.parent) → \(edge.child) in a graph of \(nodes.count) nodes")
    }
    let blocks = dimensions.map { d in
      let m = indicators ?? 2 * d + 1
      require(m >= d, "\(m) indicators of a node of dimension \(d); at least \(d) are needed")
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
      observationStandardDeviations: Tensor(
        (0..<loading.shape[0]).map { _ in .random(in: noise, using: &forLoading) }))
  }

  /// The elements of `x` that belong to one node: their loadings on that node are not zero, and on
  /// all other nodes zero.
  public func indicators(of node: Int) -> [Int] {
    let own = latentRange(of: node)
    return (0..<observedDimension).filter { row in
      let loadings = loading.slice(at: row).scalars
      return loadings.indices.contains { own.contains($0) && loadings[$0] != 0 }
        && loadings.indices.allSatisfy { own.contains($0) || loadings[$0] == 0 }
    }
  }
}

/// A random matrix with orthonormal columns or, if it is wide, orthonormal rows.
private func orthonormal(
  _ rows: Int, _ columns: Int, using generator: inout Philox
) -> Tensor<Double> {
  rows >= columns
    ? orthonormalColumns(rows, columns, using: &generator)
    : orthonormalColumns(columns, rows, using: &generator).transposed()
}

/// A random matrix `A L⁻ᵀ` with `L Lᵀ = AᵀA`.
///
/// The elements of `A` have random signs and absolute values between ½ and 1, so that no element of
/// a single column is close to 0.
private func orthonormalColumns(
  _ rows: Int, _ columns: Int, using generator: inout Philox
) -> Tensor<Double> {
  while true {
    let sizes = Tensor<Double>.uniform([rows, columns], in: 0.5..<1, using: &generator)
    let signs = Tensor<Double>.uniform([rows, columns], in: -1..<1, using: &generator).sign()
    let a = sizes * signs
    // Linearly dependent columns have probability 0; in that case, sample again.
    guard let factor = try? matrixProduct(a, a, transposingLeft: true).cholesky() else { continue }
    return triangularSolve(rows: a, factor, transposing: true)
  }
}

/// The matrix with these blocks on its diagonal and zeros elsewhere.
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
