import Tensors

extension SymmetricElements {
  /// The dense matrices, `[batch…, k, k]`.
  public var matrix: Tensor<Scalar> {
    let k = dimension
    let diagonal = diagonal.scatterAdded(to: (0..<k).map { $0 * (k + 1) }, count: k * k)
    let upper = offDiagonal.scatterAdded(
      to: graph.edges.map { $0.first * k + $0.second }, count: k * k)
    let lower = offDiagonal.scatterAdded(
      to: graph.edges.map { $0.second * k + $0.first }, count: k * k)
    return (diagonal + upper + lower).reshaped(to: batchShape + [k, k])
  }

  /// The submatrix of some variables, given in increasing order.
  /// - Complexity: linear in the numbers of variables and edges.
  public func submatrix(of variables: [Int]) -> SymmetricElements {
    requireIncreasing(variables, below: dimension)
    let (graph, places) = graph.induced(on: variables)
    return SymmetricElements(
      graph, diagonal.gathered(at: variables), offDiagonal.gathered(at: places))
  }

  /// The same matrices with a vector added to the diagonal, `[batch…, k]`, whose batch broadcasts
  /// with theirs.
  public func adding(toDiagonal added: Tensor<Scalar>) -> SymmetricElements {
    let sum = diagonal + added
    return SymmetricElements(graph, sum, offDiagonal.broadcast(to: edgeShape(sum, graph)))
  }

  /// The sums with other matrices of the same size, on the union of both graphs. The batches
  /// broadcast.
  public func adding(_ other: SymmetricElements) -> SymmetricElements {
    let union = graph.union(other.graph)
    let (a, b) = (spread(to: union), other.spread(to: union))
    let sum = a.diagonal + b.diagonal
    let shape = edgeShape(sum, union)
    return SymmetricElements(
      union, sum, a.offDiagonal.broadcast(to: shape) + b.offDiagonal.broadcast(to: shape))
  }

  private func edgeShape(_ diagonal: Tensor<Scalar>, _ graph: UndirectedGraph) -> Shape {
    diagonal.shape.replacing(axis: -1, with: graph.edges.count)
  }

  /// `M_UE x_E`, with the rows `variables` and with the columns for which `places` gives an index
  /// in `x`; `nil` if no edge joins the two sets.
  func product(
    _ variables: [Int], _ x: Tensor<Scalar>, places: [Int?]
  ) -> Tensor<Scalar>? {
    var rows = [Int](repeating: 0, count: dimension)
    for (i, variable) in variables.enumerated() { rows[variable] = i }
    var (edges, from, to): ([Int], [Int], [Int]) = ([], [], [])
    for (index, edge) in graph.edges.enumerated() {
      switch (places[edge.first], places[edge.second]) {
      case (nil, let place?):
        from.append(place)
        to.append(rows[edge.first])
      case (let place?, nil):
        from.append(place)
        to.append(rows[edge.second])
      default: continue
      }
      edges.append(index)
    }
    guard !edges.isEmpty else { return nil }
    return (offDiagonal.gathered(at: edges) * x.gathered(at: from))
      .scatterAdded(to: to, count: variables.count)
  }
}

/// Stops the program unless the variables of a submatrix are increasing and below `dimension`.
func requireIncreasing(_ variables: [Int], below dimension: Int) {
  require(
    variables.allSatisfy { (0..<dimension).contains($0) }
      && zip(variables, variables.dropFirst()).allSatisfy { $0 < $1 },
    "a submatrix of the variables \(listed(variables)) was requested; they must be increasing "
      + "and in 0..<\(dimension)")
}

/// The first variables of a list, for messages.
func listed(_ variables: [Int]) -> String {
  "\(Array(variables.prefix(8)))" + (variables.count > 8 ? " and more" : "")
}
