import Tensors

extension BayesNet {
  /// A directed net that is the same Gaussian as a graphical model: a linear-Gaussian node for each
  /// variable, whose parents are the variables that are eliminated after it and joined with it in the
  /// filled graph. Compiled, it is the same Gaussian, on the filled graph.
  ///
  /// By `Lᵀ(z − μ) = ε`: `zᵢ = μᵢ − Σⱼ (Lⱼᵢ/Lᵢᵢ)(zⱼ − μⱼ) + εᵢ/Lᵢᵢ` over the elements below the diagonal. The
  /// directions are those of the elimination, one choice among many; a tree needs no edge that it does
  /// not have, and a compiled net has the edges that it was compiled from. The coefficients are constants, of which new parameters are made.
  /// - Parameter names: of the variables; `z0`, `z1`, … by default.
  /// - Throws: `LatentGraphError` for names that are used twice; `NotPositiveDefinite` where rounding
  ///   leaves no factor.
  /// - Complexity: a sparse factorization, and `O(k²)` for the names.
  public init(_ model: GaussianGraphicalModel<Scalar>, names: [String]? = nil) throws {
    let k = model.dimension
    let names = names ?? (0..<k).map { "z\($0)" }
    require(names.count == k, "\(names.count) names for \(k) variables")
    require(model.batchShape == [], "a net of a batch of models, \(model.batchShape)")
    let columns =
      try (model.precision as? SquareRootPrecision<Scalar>)?.factorColumns
      ?? (model.precision as? SparsePrecision<Scalar>
      ?? SparsePrecision(elements: model.precision.elements)).factor.columns
    let mean = model.mean.scalars
    var nodes = [LatentGraph.Node?](repeating: nil, count: k)
    var conditionals = [(any Conditional<Scalar>)?](repeating: nil, count: k)
    for column in columns {
      let i = column.variable
      let weights = column.values.map { -$0 / column.diagonal }
      let pull = zip(weights, column.others).reduce(Scalar(0)) { $0 + $1.0 * mean[$1.1] }
      nodes[i] = LatentGraph.Node(
        names[i], dimension: 1, parents: column.others.map { names[$0] })
      conditionals[i] = LinearGaussian(
        weight: weights.isEmpty ? nil : Tensor(weights, shape: [weights.count, 1]),
        bias: Tensor([mean[i] - pull]), logDeviation: -Tensor([column.diagonal]).log())
    }
    self.init(try LatentGraph(nodes.map { $0! }), conditionals: conditionals.map { $0! })
  }
}
