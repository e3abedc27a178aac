import Tensors

/// A precision on any undirected graph.
///
/// `P = W Wᵀ` with `W = Πᵀ L Π`, where the permutation `Π` is an elimination order in which `L` has
/// few nonzeros. Element `i` of white noise belongs to variable `i`. For example, the precision on
/// a star with the centre 0,
///
///         ⎡ σ₀ a  b  c  ⎤
///     P = ⎢ a  σ₁       ⎥
///         ⎢ b     σ₂    ⎥
///         ⎣ c        σ₃ ⎦
///
/// has a factor without fill if the centre is eliminated last.
/// ```swift
/// let star = try UndirectedGraph(
///   dimension: 4, edges: [.init(0, 1), .init(0, 2), .init(0, 3)])
/// let precision = try SparsePrecision<Double>(
///   graph: star, diagonal: .full(2, [4]), offDiagonal: .full(-0.5, [3]))
/// let variances = precision.marginalVariances  // [4]
/// ```
/// The symbolic analysis is done once for a graph and shared by all precisions on it. The matrices
/// of a batch are factored one by one.
///
/// - Complexity: `O(k)` for all operations on a forest. For a grid of `w×w`, `O(w³)` for the
///   factorization and the covariances, and `O(w² log w)` for a sample. In general a sample takes
///   `O(fill)`, where `fill` is the number of elements of `L`.
///
/// T. A. Davis, Direct Methods for Sparse Linear Systems, SIAM (2006); K. Takahashi, J. Fagan and
/// M.-S. Chin, Formation of a sparse bus impedance matrix and its application to short circuit
/// study, 8th PICA Conference (1973).
public struct SparsePrecision<Scalar: TensorScalar>: PrecisionStructure {
  /// The graph of `P`: an edge for each pair of variables whose element of `P` may be nonzero.
  public let graph: UndirectedGraph
  /// The method by which the elimination order was chosen.
  public let ordering: EliminationOrdering
  let factor: SparseFactor<Scalar>
  let source: Source

  /// The elements from which the precision was made: those of `P` or those of `L`.
  enum Source {
    case precision(SymmetricElements<Scalar>)
    case factor(SymmetricElements<Scalar>)
  }

  /// The precision with this diagonal, `[batch…, k]`, and these elements on the edges, in their
  /// order, `[batch…, E]`. The element of an edge is used for both of its places in `P`.
  /// - Throws: `NotPositiveDefinite`, with the variable of the pivot, also if the precision is so
  ///   nearly singular that no digit of the variances would be correct (`conditionEstimate`);
  ///   `GraphicalModelError.valuesDoNotFit`.
  public init(
    graph: UndirectedGraph, diagonal: Tensor<Scalar>, offDiagonal: Tensor<Scalar>
  ) throws {
    try self.init(
      elements: SymmetricElements(graph: graph, diagonal: diagonal, offDiagonal: offDiagonal))
  }

  /// The precision with these elements.
  /// - Throws: `NotPositiveDefinite`, with the variable of the pivot, as above.
  public init(elements: SymmetricElements<Scalar>) throws {
    try self.init(elements, continuesPastBadPivots: false)
  }

  /// The same for elements that are known to be positive definite if they are finite. Elements of a
  /// diverging network that are NaN or infinite propagate to the loss. The factor of a matrix that
  /// is too nearly singular for the scalar type is NaN.
  init(positiveDefinite elements: SymmetricElements<Scalar>) {
    // A factorization with `continuesPastBadPivots` does not throw.
    guard let precision = try? SparsePrecision(elements, continuesPastBadPivots: true) else {
      stop("a factorization that continues past a bad pivot has failed")
    }
    self = precision
  }

  private init(_ elements: SymmetricElements<Scalar>, continuesPastBadPivots: Bool) throws {
    graph = elements.graph
    ordering = .best(for: graph)
    source = .precision(elements)
    factor = try SparseFactor(
      factoring: elements, graph.symbolicFactorization(ordering),
      continuesPastBadPivots: continuesPastBadPivots)
    if elements.isDominant { return }
    if continuesPastBadPivots {
      refuseSilently()
    } else {
      try checkCondition(of: self, diagonal: elements.diagonal) { factor.diagonal }
    }
  }

  /// Sets the factors of matrices that are too nearly singular to NaN.
  private func refuseSilently() {
    let conditions = withoutRecording {
      ScaledMatrix(self, diagonal: diagonal).conditionsBeyond(ConditionLimit.of(Scalar.self))
    }
    let count = factor.symbolic.method.panelCount
    for (matrix, condition) in conditions.enumerated() where condition != nil {
      (factor.panels.mutablePointer + matrix * count).update(repeating: .nan, count: count)
    }
  }

  /// The precision `L Lᵀ`, given the factor `L` in the order of the variables: its positive
  /// diagonal, `[batch…, k]`, and its element `L[second, first]` for each edge of a graph,
  /// `[batch…, E]`.
  ///
  /// `P` has more edges than `L`: variables with elements below the diagonal in the same column of
  /// `L` are joined with each other. The costs are those of the fill for elimination in this order.
  /// They are `O(k)` for a tree in which each variable precedes its parent, so that a column has
  /// one element below the diagonal. For a star whose centre comes first, `P` is dense.
  /// - Throws: `GraphicalModelError.valuesDoNotFit`.
  public init(
    graph: UndirectedGraph, factorDiagonal: Tensor<Scalar>, factorOffDiagonal: Tensor<Scalar>
  ) throws {
    let elements = try SymmetricElements(
      graph: graph, diagonal: factorDiagonal, offDiagonal: factorOffDiagonal)
    requireFactor(diagonal: factorDiagonal, factorOffDiagonal, name: "a sparse precision")
    self.graph = graph.moral.graph
    ordering = .natural
    source = .factor(elements)
    factor = SparseFactor(factor: elements, graph.symbolicFactorization(.natural))
  }

  /// The number of variables.
  public var dimension: Int { graph.dimension }

  /// The shape of the batch.
  public var batchShape: Shape { factor.batchShape }

  /// The number of stored elements of `L`, including explicit zeros.
  public var fill: Int { factor.symbolic.fill }

  /// The variables in the order of elimination.
  package var eliminationOrder: [Int] { factor.symbolic.supernodes.order.map { Int($0) } }

  /// `P` on its graph.
  public var elements: SymmetricElements<Scalar> {
    switch source {
    case .precision(let elements): elements
    case .factor(let elements): product(ofFactor: elements)
    }
  }

  /// The given diagonal of `P`, or `Σⱼ Lᵢⱼ²` if the factor was given.
  public var diagonal: Tensor<Scalar> {
    switch source {
    case .precision(let elements): elements.diagonal
    case .factor(let elements): elements.squaredRows
    }
  }

  /// `Σ log Lᵢᵢ`.
  public var logDeterminantOfFactor: Tensor<Scalar> { factor.logDeterminant }

  /// `Wᵀ r`, `O(fill)`.
  public func whiten(_ residual: Tensor<Scalar>) -> Tensor<Scalar> {
    factor.apply(.whiten, to: residual)
  }

  /// `W⁻ᵀ ε`, `O(fill)`.
  public func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar> {
    factor.apply(.unwhiten, to: noise)
  }

  /// `W x`, `O(fill)`.
  public func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    factor.apply(.multiply, to: x)
  }

  /// `W⁻¹ x`, `O(fill)`.
  public func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> { factor.apply(.solve, to: x) }

  /// The covariances on a graph, from the selected inverse.
  ///
  /// - Complexity: about that of the factorization, if the pattern of the factor contains the edges
  ///   of the graph, as it contains those of `P`. Otherwise, a factorization and a selected inverse
  ///   on the union of the two graphs are computed.
  public func ownCovariances(on other: UndirectedGraph) -> SymmetricElements<Scalar>? {
    if case .precision = source, other == graph {
      return factor.covariances(on: graph, factor.symbolic.method)
    }
    if let method = factor.symbolic.method(on: other) {
      return factor.covariances(on: other, method)
    }
    let union = graph.union(other)
    return SparsePrecision(positiveDefinite: elements.spread(to: union)).ownCovariances(on: union)?
      .restricted(to: other)
  }
}

extension SparsePrecision {
  /// The elements of `L Lᵀ`: `Pᵢᵢ = Σⱼ Lᵢⱼ²`, `Pᵢₘ = Σⱼ Lᵢⱼ Lₘⱼ`.
  private func product(
    ofFactor elements: SymmetricElements<Scalar>
  ) -> SymmetricElements<Scalar> {
    let products = elements.graph.moral
    let values = Tensor.concatenated([elements.diagonal, elements.offDiagonal], axis: -1)
    let terms = values.gathered(at: products.left) * values.gathered(at: products.right)
    return SymmetricElements(
      graph, elements.squaredRows, terms.scatterAdded(to: products.edge, count: graph.edges.count))
  }
}

extension SymmetricElements {
  /// `Σⱼ Lᵢⱼ²`, if these are the elements of a lower triangle `L`.
  fileprivate var squaredRows: Tensor<Scalar> {
    diagonal.squared()
      + offDiagonal.squared().scatterAdded(to: graph.edges.map(\.second), count: dimension)
  }
}

/// The graph of `L Lᵀ` for a factor `L` that has elements on the diagonal and, `L[second, first]`,
/// on the edges of a graph. Each element of `L Lᵀ` is a sum of products of two elements of a column
/// of `L`, which are listed here.
struct MoralGraph: Sendable {
  let graph: UndirectedGraph
  /// For each product, the indices of its two factors, where the diagonal precedes the edges, and
  /// the index of the edge of `L Lᵀ` to which it is added.
  let left: [Int], right: [Int], edge: [Int]

  init(of factor: UndirectedGraph) {
    // The edges are sorted by column.
    let edges = factor.edges
    let k = factor.dimension
    var products: [(edge: UndirectedGraph.Edge, left: Int, right: Int)] = []
    var start = 0
    while start < edges.count {
      var end = start
      while end < edges.count, edges[end].low == edges[start].low { end += 1 }
      for i in start..<end {
        products.append((edges[i], edges[i].first, k + i))
        for j in i + 1..<max(end, i + 1) {
          products.append((UndirectedGraph.Edge(edges[i].second, edges[j].second), k + i, k + j))
        }
      }
      start = end
    }
    products.sort { $0.edge < $1.edge }
    var (distinct, places): ([UndirectedGraph.Edge], [Int]) = ([], [])
    places.reserveCapacity(products.count)
    for product in products {
      if distinct.last != product.edge { distinct.append(product.edge) }
      places.append(distinct.count - 1)
    }
    graph = UndirectedGraph(dimension: k, sorted: distinct)
    (left, right, edge) = (products.map(\.left), products.map(\.right), places)
  }
}

extension UndirectedGraph {
  /// The graph of `L Lᵀ` for factors on this graph. It is computed once and then stored.
  var moral: MoralGraph { derived { MoralGraph(of: $0) } }
}
