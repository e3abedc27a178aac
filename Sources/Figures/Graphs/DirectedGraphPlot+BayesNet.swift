import LatentGraphs
import Tensors

extension DirectedGraphPlot {
  /// A picture of a latent graph, with the dimension of each node in small letters.
  ///
  /// ```swift
  /// let plot = DirectedGraphPlot(
  ///   title: "Learned structure", graph: model.graph, probabilities: model.edgeProbabilities)
  /// ```
  ///
  /// - Parameters:
  ///   - probabilities: The probability of each edge, `[edges]` in the order of `graph.edges`, in
  ///     `0 ... 1`; `nil` if all edges exist.
  ///   - colors: The colour of each edge, such as that of its line in another plot; `nil` for the
  ///     default colour.
  ///   - details: The text below the name of each node; `nil` for its dimension.
  public init(
    title: String = "", graph: LatentGraph, probabilities: [Double]? = nil,
    colors: [Color]? = nil, details: [String]? = nil, direction: Direction = .rightward
  ) {
    let (nodes, edges) = (graph.nodes, graph.edges)
    for (name, count) in [("probabilities", probabilities?.count), ("colours", colors?.count)] {
      require(
        count ?? edges.count == edges.count,
        "\(count ?? 0) \(name) for a graph with \(edges.count) edges")
    }
    require(
      details?.count ?? nodes.count == nodes.count,
      "\(details?.count ?? 0) details for a graph with \(nodes.count) nodes")
    self.init(
      title: title,
      nodes: nodes.indices.map {
        Node(nodes[$0].name, detail: details?[$0] ?? "\(nodes[$0].dimension)")
      },
      edges: edges.indices.map {
        Edge(
          from: nodes[edges[$0].parent].name, to: nodes[edges[$0].child].name,
          probability: probabilities?[$0] ?? 1, color: colors?[$0])
      },
      direction: direction)
  }

  /// A picture of a Bayes net. A node that is itself a graphical model shows its structure, such as
  /// `chain 16`. Otherwise as for a `LatentGraph`.
  public init<Scalar: TensorScalar>(
    title: String = "", net: BayesNet<Scalar>, probabilities: [Double]? = nil,
    colors: [Color]? = nil, direction: Direction = .rightward
  ) {
    let details = zip(net.graph.nodes, net.conditionals).map { node, conditional in
      let graphical = conditional as? NeuralGaussianGraph<Scalar>
      return (graphical.map { "\($0.head.structure) " } ?? "") + "\(node.dimension)"
    }
    self.init(
      title: title, graph: net.graph, probabilities: probabilities, colors: colors,
      details: details, direction: direction)
  }
}
