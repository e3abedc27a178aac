import Tensors

extension BayesNet {
  /// A directed net that defines the same Gaussian as a graphical model. It has a linear-Gaussian
  /// node for each variable. The parents of a variable are the variables that are eliminated after
  /// it and are joined with it in the filled graph. Compiling the net gives the same Gaussian, on
  /// the filled graph.
  ///
  /// From `Lᵀ(z − μ) = ε` follows `zᵢ = μᵢ − Σⱼ (Lⱼᵢ/Lᵢᵢ)(zⱼ − μⱼ) + εᵢ/Lᵢᵢ`, with the sum over the
  /// elements below the diagonal. The directions of the edges are those of the elimination, one of
  /// many possible choices. For a tree, the net has no additional edges; for a compiled net, it has
  /// the edges of the original net. The coefficients are constants, from which new parameters are
  /// made.
  /// - Parameter names: the names of the variables; `z0`, `z1`, … by default.
  /// - Throws: `LatentGraphError` if a name occurs twice; `NotPositiveDefinite` if the
  ///   factorization fails because of rounding.
  /// - Complexity: a sparse factorization, and `O(k²)` for the names.
  public init(_ model: GaussianGraphicalModel<Scalar>, names: [String]? = nil) throws {
    let k = model.dimension
    let names = names ?? (0..<k).map { "z\($0)" }
    require(names.count == k, "\(names.count) names were given for \(k) variables")
    require(model.batchShape == [], "a net was requested of a batch of models, \(model.batchShape)")
    let columns = try model.precision.factorColumns()
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
        bias: Tensor([mean[i] - pull]), logStandardDeviation: -Tensor([column.diagonal]).log())
    }
    self.init(try LatentGraph(nodes.map { $0! }), conditionals: conditionals.map { $0! })
  }
}
