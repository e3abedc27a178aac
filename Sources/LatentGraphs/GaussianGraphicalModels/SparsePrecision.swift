import Tensors

/// A precision on any undirected graph.
///
/// `P = W Wᵀ` with `W = Πᵀ L Π`, where `Π` brings the variables into an order of elimination that
/// leaves `L` with few elements, and element `i` of white noise belongs to variable `i` all the same.
/// The graph is analysed once, however many precisions lie on it; a batch is factored row by row.
///
/// - Complexity: of a forest, `O(k)` for everything; of a grid of `w×w`, `O(w³)` to factor and for the
///   covariances, `O(w² log w)` for a sample; in general, what the elements of `L` take, `fill`.
public struct SparsePrecision<Scalar: TensorScalar>: PrecisionStructure {
  /// Where `P` may differ from zero off its diagonal.
  public let graph: UndirectedGraph
  /// The order in which the variables are eliminated.
  public let ordering: EliminationOrdering
  let factor: SparseFactor<Scalar>
  private let source: Source

  /// What the precision was given by, each on its graph.
  private enum Source {
    case precision(SymmetricElements<Scalar>)
    case factor(SymmetricElements<Scalar>)
  }

  /// The precision with this diagonal, `[batch…, k]`, and these elements on the edges, in their order,
  /// `[batch…, E]`, each of which stands for both places of `P`.
  /// - Throws: `NotPositiveDefinite`, with the variable of the pivot, also where the precision is so
  ///   nearly singular that no digit of the variances is right (`conditionEstimate`);
  ///   `GraphicalModelError.valuesDoNotFit`.
  public init(
    graph: UndirectedGraph, diagonal: Tensor<Scalar>, offDiagonal: Tensor<Scalar>
  ) throws {
    try self.init(
      elements: SymmetricElements(graph: graph, diagonal: diagonal, offDiagonal: offDiagonal))
  }

  /// The precision with these elements.
  /// - Throws: `NotPositiveDefinite`, with the variable of the pivot.
  public init(elements: SymmetricElements<Scalar>) throws {
    try self.init(elements, goesOn: false)
  }

  /// The same for elements that are known to be positive definite where they are numbers. Those of a
  /// diverging network, which are NaN or infinite, go on into the loss; so do matrices that are too
  /// nearly singular for the type of number, whose factors are NaN.
  init(positiveDefinite elements: SymmetricElements<Scalar>) {
    // Nothing is thrown where the factorization goes on.
    guard let precision = try? SparsePrecision(elements, goesOn: true) else {
      stop("a factorization that goes on has failed")
    }
    self = precision
  }

  private init(_ elements: SymmetricElements<Scalar>, goesOn: Bool) throws {
    graph = elements.graph
    ordering = .best(for: graph)
    source = .precision(elements)
    factor = try SparseFactor(
      factoring: elements, graph.symbolicFactorization(ordering), goesOn: goesOn)
    if elements.dominate { return }
    if goesOn {
      refuseSilently()
    } else {
      try checkCondition(of: self, diagonal: elements.diagonal) { factor.diagonal }
    }
  }

  /// Makes the factors NaN of those matrices that are too nearly singular.
  private func refuseSilently() {
    let conditions = withoutRecording {
      ScaledMatrix(self, diagonal: diagonal).conditionsBeyond(ConditionLimit.of(Scalar.self))
    }
    let count = factor.symbolic.method.panelCount
    for (matrix, condition) in conditions.enumerated() where condition != nil {
      (factor.panels.mutablePointer + matrix * count).update(repeating: .nan, count: count)
    }
  }

  /// The precision `L Lᵀ` of a factor in the order of the variables: its positive diagonal,
  /// `[batch…, k]`, and `L[second, first]` on each edge of a graph, `[batch…, E]`.
  ///
  /// `P` has more edges than `L`: it joins all variables below the diagonal in a column of `L` with
  /// each other. Everything takes the pattern that elimination in this order fills: `O(k)` for a tree
  /// whose variables come before their parents, so that a column has one element below the diagonal;
  /// a star whose centre comes first is `P` without zeros.
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

  /// The number of elements of `L`, with those zeros that it is computed with.
  public var fill: Int { factor.symbolic.fill }

  /// The variables in the order of their elimination.
  package var eliminationOrder: [Int] { factor.symbolic.supernodes.order.map { Int($0) } }

  /// `P` on its graph.
  public var elements: SymmetricElements<Scalar> {
    switch source {
    case .precision(let elements): elements
    case .factor(let elements): product(ofFactor: elements)
    }
  }

  /// What was given, or `Σⱼ Lᵢⱼ²` of a factor that was.
  public var diagonal: Tensor<Scalar> {
    switch source {
    case .precision(let elements): elements.diagonal
    case .factor(let elements): elements.squaredRows
    }
  }

  /// `Σ log Lᵢᵢ`.
  public var logDeterminantOfFactor: Tensor<Scalar> { factor.logDeterminant }

  /// `Wᵀ r`, in the elements of `L`.
  public func whiten(_ residual: Tensor<Scalar>) -> Tensor<Scalar> {
    factor.apply(.whiten, to: residual)
  }

  /// `W⁻ᵀ ε`, in the elements of `L`.
  public func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar> {
    factor.apply(.unwhiten, to: noise)
  }

  /// `W x`, in the elements of `L`.
  public func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    factor.apply(.multiply, to: x)
  }

  /// `W⁻¹ x`, in the elements of `L`.
  public func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> { factor.apply(.solve, to: x) }

  /// The selected inverse.
  ///
  /// - Complexity: about that of the factorization, where the factor has the edges of the graph among
  ///   its elements, as it has those of `P`; else a factorization on the union of the two graphs and
  ///   its selected inverse.
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
      graph, elements.squaredRows, terms.scattered(to: products.edge, count: graph.edges.count))
  }
}

extension SymmetricElements {
  /// `Σⱼ Lᵢⱼ²`, where these are the elements of a lower triangle `L`.
  fileprivate var squaredRows: Tensor<Scalar> {
    diagonal.squared()
      + offDiagonal.squared().scattered(to: graph.edges.map(\.second), count: dimension)
  }
}

/// The graph of `L Lᵀ`, for a factor `L` with elements on the diagonal and, `L[second, first]`, on
/// the edges of a graph; and the products of two elements of a column of `L` that make its elements.
struct MoralGraph: Sendable {
  let graph: UndirectedGraph
  /// The elements that are multiplied, the diagonal first, and the edge that gets the product.
  let left: [Int], right: [Int], edge: [Int]

  init(of factor: UndirectedGraph) {
    // The edges are sorted by their column.
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
  /// The graph of `L Lᵀ` for factors on this one, the same one whenever it is asked for.
  var moral: MoralGraph { derived { MoralGraph(of: $0) } }
}
