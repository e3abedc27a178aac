import Tensors

/// A regular grid of `h×w` variables, numbered row by row (figure 2 of the poster *Gaussian
/// Graphical Models for Variational Autoencoders*). Each variable is joined with its neighbours to
/// the right and below. `P` itself is given. For `h = 2` and `w = 3`:
///
///         ⎡ σ₀ a₀    b₀       ⎤
///         ⎢ a₀ σ₁ a₁    b₁    ⎥       0 ─ 1 ─ 2
///     P = ⎢    a₁ σ₂       b₂ ⎥       │   │   │
///         ⎢ b₀       σ₃ a₂    ⎥       3 ─ 4 ─ 5
///         ⎢    b₁    a₂ σ₄ a₃ ⎥
///         ⎣       b₂    a₃ σ₅ ⎦
///
/// `σ`, `a` and `b` are the arguments `diagonal`, `right` and `down`.
/// ```swift
/// let precision = try GridPrecision<Double>(
///   height: 2, width: 3, diagonal: .full(4, [6]), right: .full(-1, [4]), down: .full(-1, [3]))
/// let variances = precision.marginalVariances  // [6]
/// ```
/// - Complexity: A grid of two to eight columns is factored as a block chain of its rows:
///   `O(h w³)`, and `O(h w²)` for a sample. Any other grid is factored by nested dissection (A.
///   George, Nested dissection of a regular finite element mesh, SIAM J. Numer. Anal. 10, 1973):
///   for `w×w` variables, `O(w³)` for the factorization and the covariances, and `O(w² log w)` for
///   a sample.
public struct GridPrecision<Scalar: TensorScalar>: PrecisionStructure {
  /// The number of rows of the grid, `h`.
  public let height: Int
  /// The number of columns of the grid, `w`.
  public let width: Int
  /// `P` on its graph.
  public let elements: SymmetricElements<Scalar>
  /// The same precision in the structure that computes its factor.
  let factored: any PrecisionStructure<Scalar>

  /// The precision with this diagonal, `[batch…, h·w]`, and these elements for the neighbours to
  /// the right, `P[i, i+1]`, `[batch…, h·(w − 1)]`, and below, `P[i, i+w]`, `[batch…, (h − 1)·w]`.
  /// - Throws: `NotPositiveDefinite`, with the variable of the pivot.
  public init(
    height: Int, width: Int, diagonal: Tensor<Scalar>, right: Tensor<Scalar>, down: Tensor<Scalar>
  ) throws {
    requireGrid(height, width, diagonal, right, down)
    try self.init(
      height: height, width: width,
      elements: SymmetricElements(
        .grid(height: height, width: width), diagonal, edgeValues(height, width, right, down)))
  }

  /// The precision with these elements on the grid's graph.
  /// - Throws: `NotPositiveDefinite`, with the variable of the pivot.
  init(height: Int, width: Int, elements: SymmetricElements<Scalar>) throws {
    self.height = height
    self.width = width
    let graph = UndirectedGraph.grid(height: height, width: width)
    self.elements = SymmetricElements(graph, elements.diagonal, elements.offDiagonal)
    factored =
      try chainOfRows(height, width, self.elements) ?? SparsePrecision(elements: self.elements)
  }

  /// The precision with a dominant diagonal, `Pᵢᵢ = softplus(sᵢ) + Σⱼ |Pᵢⱼ|`, for unconstrained
  /// `s`, `[batch…, h·w]`, and unconstrained elements for the neighbours to the right,
  /// `[batch…, h·(w − 1)]`, and below, `[batch…, (h − 1)·w]`.
  ///
  /// By Gershgorin's theorem this precision is positive definite. If it is nevertheless too nearly
  /// singular for the scalar type, or if parameters are NaN or infinite, as those of a diverging
  /// network, the results computed from it are infinite or NaN.
  public init(
    height: Int, width: Int, excess: Tensor<Scalar>, right: Tensor<Scalar>, down: Tensor<Scalar>
  ) {
    requireGrid(height, width, excess, right, down)
    self.height = height
    self.width = width
    let graph = UndirectedGraph.grid(height: height, width: width)
    let off = edgeValues(height, width, right, down)
    let sizes = off.abs()
    let k = height * width
    let diagonal =
      excess.softplus() + sizes.scatterAdded(to: graph.edges.map(\.first), count: k)
      + sizes.scatterAdded(to: graph.edges.map(\.second), count: k)
    elements = SymmetricElements(graph, diagonal, off)
    // If a block chain is not positive definite, its factorization fails. The sparse factorization
    // continues and propagates NaN.
    let chain = try? chainOfRows(height, width, elements)
    factored = chain ?? SparsePrecision(positiveDefinite: elements)
  }

  /// The number of variables, `h·w`.
  public var dimension: Int { height * width }

  /// The shape of the batch.
  public var batchShape: Shape { elements.batchShape }

  /// The graph in which each variable is joined with its neighbours to the right and below.
  public var graph: UndirectedGraph { elements.graph }

  /// The number of stored elements of `L`, including explicit zeros.
  public var fill: Int {
    (factored as? SparsePrecision<Scalar>)?.fill ?? height * width * (width + 1) / 2
      + (height - 1) * width * width
  }

  /// The variables in the order of elimination.
  package var eliminationOrder: [Int] {
    (factored as? SparsePrecision<Scalar>)?.eliminationOrder ?? Array(0..<dimension)
  }

  /// `Σ log Lᵢᵢ`.
  public var logDeterminantOfFactor: Tensor<Scalar> { factored.logDeterminantOfFactor }

  /// `Lᵀ r`.
  public func whiten(_ residual: Tensor<Scalar>) -> Tensor<Scalar> { factored.whiten(residual) }

  /// `L⁻ᵀ ε`.
  public func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar> { factored.unwhiten(noise) }

  /// `L x`.
  public func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> { factored.multiplyFactor(x) }

  /// `L⁻¹ x`.
  public func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> { factored.solveFactor(x) }

  /// The estimate for the factored structure, by the power method.
  public var conditionEstimate: Tensor<Scalar> { factored.conditionEstimate }

  /// The covariances on a graph from the selected inverse of a `BlockChainPrecision` for two to
  /// eight columns, or of a `SparsePrecision`.
  public func ownCovariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar>? {
    factored.ownCovariances(on: graph)
  }

  // MARK: Sums

  /// A grid of the same size.
  public func adding(toDiagonal added: Tensor<Scalar>) throws -> any PrecisionStructure<Scalar> {
    requireSum(withDiagonal: added)
    return try GridPrecision(
      height: height, width: width, elements: elements.adding(toDiagonal: added))
  }

  /// A grid of the same size, if the matrices have elements between its neighbours only; otherwise
  /// the cheapest structure for the union of both graphs.
  public func adding(
    _ elements: SymmetricElements<Scalar>
  ) throws -> any PrecisionStructure<Scalar> {
    guard elements.graph.isSubgraph(of: graph) else { return try cheapestSum(with: elements) }
    requireSum(with: elements)
    return try GridPrecision(
      height: height, width: width, elements: self.elements.adding(elements))
  }

  /// The grid with this diagonal and these elements on the edges.
  public func withParameters<Other: TensorScalar>(
    _ parameters: [Tensor<Other>]
  ) throws -> any PrecisionStructure<Other> {
    try GridPrecision<Other>(
      height: height, width: width,
      elements: SymmetricElements(
        graph: graph, diagonal: parameters[0], offDiagonal: parameters[1]))
  }
}

/// The grid as a block chain of its rows; `nil` if nested dissection, or the factorization of a
/// path, is faster.
///
/// The blocks of up to eight columns fit in registers. For wider grids, assembling the blocks costs
/// more than is gained over nested dissection (`Documentation/exact-inference.md`).
private func chainOfRows<Scalar>(
  _ h: Int, _ w: Int, _ elements: SymmetricElements<Scalar>
) throws -> (any PrecisionStructure<Scalar>)? {
  guard h > 1, (2...8).contains(w) else { return nil }
  let edges = elements.graph.edges
  let isRight = edges.map { $0.second == $0.first + 1 }
  func values(right: Bool) -> Tensor<Scalar> {
    elements.offDiagonal.gathered(at: edges.indices.filter { isRight[$0] == right })
  }
  /// The place of the element for two variables of the same row, among the elements of the blocks.
  func place(_ i: Int, _ j: Int) -> Int { i / w * w * w + i % w * w + j % w }
  let links = edges.indices.filter { isRight[$0] }.map { edges[$0] }
  // Each element is stored at both of its places, which share its gradient.
  let within =
    (0..<h * w).map { place($0, $0) } + links.map { place($0.first, $0.second) }
    + links.map { place($0.second, $0.first) }
  let right = values(right: true)
  let diagonal = Tensor.concatenated([elements.diagonal, right, right], axis: -1)
    .scatterAdded(to: within, count: h * w * w)
  let lower = values(right: false)
    .scatterAdded(to: (0..<(h - 1) * w).map { place($0, $0) }, count: (h - 1) * w * w)
  let batch = elements.batchShape
  return try BlockChainPrecision(
    diagonalBlocks: diagonal.reshaped(to: batch + [h, w, w]),
    lowerBlocks: lower.reshaped(to: batch + [h - 1, w, w]), isDominant: elements.isDominant)
}

private func requireGrid<Scalar>(
  _ h: Int, _ w: Int, _ diagonal: Tensor<Scalar>, _ right: Tensor<Scalar>, _ down: Tensor<Scalar>
) {
  require(h > 0 && w > 0, "a grid of \(h)×\(w)")
  let batch = diagonal.rank > 0 ? diagonal.shape.dropLast() : []
  require(
    diagonal.shape == batch + [h * w] && right.shape == batch + [h * (w - 1)]
      && down.shape == batch + [(h - 1) * w],
    "a grid of \(h)×\(w) got a diagonal of shape \(diagonal.shape), links to the right of shape "
      + "\(right.shape) and down of shape \(down.shape)")
}

/// The elements for the neighbours to the right and below, in the order of the graph's edges: for
/// each variable, first to the right, then below.
private func edgeValues<Scalar>(
  _ h: Int, _ w: Int, _ right: Tensor<Scalar>, _ down: Tensor<Scalar>
) -> Tensor<Scalar> {
  var places: [Int] = []
  places.reserveCapacity(h * (w - 1) + (h - 1) * w)
  for row in 0..<h {
    for column in 0..<w {
      if column + 1 < w { places.append(row * (w - 1) + column) }
      if row + 1 < h { places.append(h * (w - 1) + row * w + column) }
    }
  }
  return Tensor.concatenated([right, down], axis: -1).gathered(at: places)
}
