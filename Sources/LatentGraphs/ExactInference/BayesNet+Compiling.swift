import Tensors

extension BayesNet {
  /// The Gaussian graphical model that a net of linear-Gaussian nodes is, over all variables in the
  /// order of the nodes: precision `(I − B)ᵀ D⁻¹ (I − B)` on the moral graph, mean `(I − B)⁻¹ b`.
  ///
  /// Its structure is the cheapest for that graph (`cheapestPrecision`). Gates multiply the
  /// coefficients of their edges; one that is exactly 0 takes its edge out of the graph, and gets no
  /// gradient. Differentiable in the coefficients and all other gates.
  /// - Throws: `LatentGraphError.notLinearGaussian` for a node of another kind;
  ///   `NotPositiveDefinite` where deviations are so extreme that rounding leaves no factor.
  /// - Complexity: `O(p²·d)` for a node of `d` variables and `p` parents' variables, and the
  ///   factorization of the moral graph.
  public func compiled(gates: Tensor<Scalar>? = nil) throws -> GaussianGraphicalModel<Scalar> {
    require(
      gates.map { $0.shape == [graph.edges.count] } ?? true,
      "gates of shape \(gates.map { "\($0.shape)" } ?? "") for \(graph.edges.count) edges")
    let coefficients = try zip(graph.nodes, conditionals).map { node, conditional in
      guard let linear = conditional as? any LinearGaussianConditional<Scalar> else {
        throw LatentGraphError.notLinearGaussian(node: node.name)
      }
      return linear.coefficients
    }
    let isOpen = graph.edges.indices.map { edge in gates.map { $0.scalars[edge] != 0 } ?? true }
    let moral = MoralizedNet.of(graph, isOpen: isOpen)
    let weights = graph.nodes.indices.map { node in
      coefficients[node].weight.map {
        gatedWeight($0, node: node, gates: gates).gatheringRows(moral.nodes[node].openParents)
      }
    }
    return GaussianGraphicalModel(
      mean: compiledMean(coefficients, weights, moral),
      precision: try cheapestPrecision(of: compiledElements(coefficients, weights, moral)))
  }

  /// `Bᵀ` of a node, its rows times the gates of their edges.
  private func gatedWeight(
    _ weight: Tensor<Scalar>, node: Int, gates: Tensor<Scalar>?
  ) -> Tensor<Scalar> {
    guard let gates else { return weight }
    let edges = zip(graph.incoming[node], graph.parents(of: node)).flatMap { edge, parent in
      [Int](repeating: edge, count: graph.nodes[parent].dimension)
    }
    return gates.gathered(at: edges).addingAxis(at: 1) * weight
  }

  /// `μₙ = Bₙ μₚₐ₍ₙ₎ + bₙ`, each behind its parents.
  private func compiledMean(
    _ coefficients: [LinearGaussianCoefficients<Scalar>], _ weights: [Tensor<Scalar>?],
    _ moral: MoralizedNet
  ) -> Tensor<Scalar> {
    var means = [Tensor<Scalar>?](repeating: nil, count: graph.nodes.count)
    for node in graph.order {
      let bias = coefficients[node].bias
      guard let weight = weights[node], weight.shape[0] > 0 else {
        means[node] = bias
        continue
      }
      let open = moral.nodes[node].openParents
      let all = Tensor.concatenated(graph.parents(of: node).map { means[$0]! })
      let parents = all.gathered(at: open).addingAxis(at: 0)
      means[node] = matrixProduct(parents, weight).reshaped(to: bias.shape) + bias
    }
    return .concatenated(means.map { $0! })
  }

  /// The sum over the nodes of `[−B I]ᵀ D⁻¹ [−B I]` on the moral graph.
  private func compiledElements(
    _ coefficients: [LinearGaussianCoefficients<Scalar>], _ weights: [Tensor<Scalar>?],
    _ moral: MoralizedNet
  ) -> SymmetricElements<Scalar> {
    var (diagonal, diagonalPlaces): ([Tensor<Scalar>], [Int]) = ([], [])
    var (offDiagonal, edges): ([Tensor<Scalar>], [Int]) = ([], [])
    for (node, places) in moral.nodes.enumerated() {
      let precision = (-2 * coefficients[node].logDeviation).exp()
      diagonal.append(precision)
      diagonalPlaces += places.own
      let p = places.parents.count
      guard let weight = weights[node], p > 0 else { continue }
      let scaled = weight * precision
      offDiagonal.append(-scaled.reshaped(to: [scaled.count]))
      edges += places.crossing
      let squares = matrixProduct(scaled, weight, transposingRight: true).reshaped(to: [p * p])
      diagonal.append(squares.gathered(at: (0..<p).map { $0 * (p + 1) }))
      diagonalPlaces += places.parents
      offDiagonal.append(
        squares.gathered(at: (0..<p).flatMap { i in (i + 1..<max(i + 1, p)).map { i * p + $0 } }))
      edges += places.pairs
    }
    let count = moral.graph.edges.count
    return SymmetricElements(
      moral.graph,
      .concatenated(diagonal).scattered(to: diagonalPlaces, count: moral.graph.dimension),
      offDiagonal.isEmpty
        ? .zeros([count]) : .concatenated(offDiagonal).scattered(to: edges, count: count))
  }
}
