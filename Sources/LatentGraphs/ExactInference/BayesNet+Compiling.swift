import Tensors

extension BayesNet {
  /// The Gaussian graphical model that a net of linear-Gaussian nodes defines, over all variables
  /// in the order of the nodes. Its precision is `Aᵀ A` with `A = D^-½(I − B)`, on the moral graph,
  /// and its mean is `(I − B)⁻¹ b`.
  ///
  /// The precision is given by `A` (`SquareRootPrecision`), which is as accurate as the
  /// coefficients. Samples, densities and variances are therefore accurate even if the standard
  /// deviations of the nodes have very different magnitudes, and they remain so after conditioning.
  /// A node with a standard deviation of 0 has no density and is refused; a node that is a function
  /// of its parents can be given a small one.
  ///
  /// Gates multiply the coefficients of their edges. A gate that is exactly 0 removes its edge from
  /// the graph and has no gradient. The result is differentiable in the coefficients and in all
  /// other gates.
  /// - Throws: `LatentGraphError`: `.notLinearGaussian` for a node of another kind; `.deviation`
  ///   for a node whose standard deviation, or its inverse, is 0 or not finite in `Scalar`;
  ///   `.coefficients` for a node whose weights, bias or mean are not finite, or whose weights or
  ///   bias are not finite after division by the standard deviation.
  /// - Complexity: linear in the number of coefficients.
  public func compiled(gates: Tensor<Scalar>? = nil) throws -> GaussianGraphicalModel<Scalar> {
    require(
      gates.map { $0.shape == [graph.edges.count] } ?? true,
      "gates of shape \(gates.map { "\($0.shape)" } ?? "") for \(graph.edges.count) edges")
    let coefficients = try linearCoefficients()
    let open = gates?.scalars.map { $0 != 0 }
    let rows = NetRows.of(
      graph, isOpen: open ?? [Bool](repeating: true, count: graph.edges.count))
    let inverse = (-Tensor.concatenated(coefficients.map(\.logStandardDeviation))).exp()
    let bad = inverse.scalars.firstIndex { !($0 > 0 && $0.isFinite && (1 / $0).isFinite) }
    if let bad {
      throw LatentGraphError.deviation(
        node: graph.nodes[rows.node(of: bad)].name, deviation: Double(1 / inverse.scalars[bad]))
    }
    let bias = Tensor.concatenated(coefficients.map(\.bias)) * inverse
    let values = rowValues(coefficients, inverse, rows, gates)
    let precision = SquareRootPrecision(
      triangular: SparseRows(pattern: rows.pattern, values: values))
    let mean = precision.unwhiten(bias)
    try checkFinite(bias, mean, values, rows)
    return GaussianGraphicalModel(mean: mean, precision: precision)
  }

  private func linearCoefficients() throws -> [LinearGaussianCoefficients<Scalar>] {
    try graph.nodes.indices.map { index in
      guard let own = coefficients(of: conditionals[index]) else {
        throw LatentGraphError.notLinearGaussian(node: graph.nodes[index].name)
      }
      let size = graph.nodes[index].dimension
      let parents = graph.parentDimension(of: index)
      require(
        own.bias.shape == [size] && own.logStandardDeviation.shape == [size]
          && (own.weight.map { $0.shape == [parents, size] } ?? (parents == 0)),
        "the node \(graph.nodes[index].name) of \(size) variables has \(parents) parent "
          + "variables, a weight of shape \(own.weight.map { "\($0.shape)" } ?? "none"), a bias of "
          + "shape \(own.bias.shape) and a logStandardDeviation of shape \(own.logStandardDeviation.shape)"
      )
      return own
    }
  }

  private func coefficients(
    of conditional: any Conditional<Scalar>
  ) -> LinearGaussianCoefficients<Scalar>? {
    // A cast to a concrete type is much faster than a cast to a protocol.
    if let node = conditional as? LinearGaussian<Scalar> { return node.coefficients }
    return (conditional as? any LinearGaussianConditional<Scalar>)?.coefficients
  }

  /// The elements of `D^-½(I − B)`, row by row.
  private func rowValues(
    _ coefficients: [LinearGaussianCoefficients<Scalar>], _ inverse: Tensor<Scalar>,
    _ rows: NetRows, _ gates: Tensor<Scalar>?
  ) -> Tensor<Scalar> {
    guard !rows.weights.isEmpty else { return inverse.gathered(at: rows.places) }
    let all = Tensor.concatenated(
      coefficients.compactMap { $0.weight.map { $0.reshaped(to: [$0.count]) } })
    var weights = all.gathered(at: rows.weights)
    if let gates { weights = weights * gates.gathered(at: rows.edges) }
    let scaled = -(weights * inverse.gathered(at: rows.variables))
    return Tensor.concatenated([inverse, scaled]).gathered(at: rows.places)
  }

  private func checkFinite(
    _ bias: Tensor<Scalar>, _ mean: Tensor<Scalar>, _ values: Tensor<Scalar>, _ rows: NetRows
  ) throws {
    guard !(bias.isFinite && values.isFinite && mean.isFinite) else { return }
    let variable: Int
    if let bad = bias.scalars.firstIndex(where: { !$0.isFinite }) {
      variable = bad
    } else if let bad = values.scalars.firstIndex(where: { !$0.isFinite }) {
      variable = Int(rows.pattern.ids[rows.pattern.starts.firstIndex { $0 > bad }! - 1])
    } else {
      // In a topological order, descendants of a mean that overflows come later.
      let means = mean.scalars
      variable = Int(rows.pattern.ids.first { !means[Int($0)].isFinite }!)
    }
    throw LatentGraphError.coefficients(node: graph.nodes[rows.node(of: variable)].name)
  }
}
