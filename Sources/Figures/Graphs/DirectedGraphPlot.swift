import Tensors

/// A directed acyclic graph as a picture, its edges drawn by their probability, and as text for
/// Graphviz.
///
/// ```swift
/// let plot = DirectedGraphPlot(
///   title: "Learned structure",
///   nodes: [.init("style", detail: "8"), .init("stroke", detail: "chain 16"), .init("place")],
///   edges: [
///     .init(from: "style", to: "stroke", probability: 0.93),
///     .init(from: "stroke", to: "place"),
///   ])
/// try plot.write(to: "figures/structure.svg")
/// try plot.write(to: "figures/structure.dot")
/// ```
///
/// A more probable edge is wider and darker. An edge of probability 1 is drawn in full, one of
/// probability 0 as a faint dotted line: it keeps its place, so that pictures of one graph at several
/// times compare. In a viewer that shows descriptions, each edge tells its probability when it is
/// pointed at.
///
/// Nodes stand in layers: each behind the last of its parents, by the longest path from the roots.
/// Where every layer is a single node, as in a graph with all edges, they stand on a line, and edges
/// that skip nodes are arcs to both sides of it. Parts that no edge joins are laid out one by one.
///
/// The layers are those of K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of
/// hierarchical system structures", IEEE Trans. Systems, Man, and Cybernetics 11, 109 (1981).
public struct DirectedGraphPlot: GraphFigure {
  /// A node, known to the edges by its name.
  public struct Node: Hashable, Sendable {
    /// The name, which no other node of the graph has.
    public let name: String
    /// What stands in small letters below the name, such as a dimension; empty for nothing.
    public let detail: String

    /// A node from its name.
    public init(_ name: String, detail: String = "") {
      self.name = name
      self.detail = detail
    }
  }

  /// An edge from a parent to its child.
  public struct Edge: Hashable, Sendable {
    /// The name of the parent.
    public let from: String
    /// The name of the child.
    public let to: String
    /// The probability that the edge is there, `0 ... 1`; a fixed edge has 1.
    public let probability: Double
    /// The colour, such as that of the edge's line in another plot; `nil` takes the common one.
    public let color: Color?

    /// An edge; fixed unless told otherwise.
    public init(from: String, to: String, probability: Double = 1, color: Color? = nil) {
      self.from = from
      self.to = to
      self.probability = probability
      self.color = color
    }
  }

  /// Where children stand, seen from their parents.
  public enum Direction: Hashable, Sendable {
    case rightward, downward
  }

  /// The title above the graph; empty for none.
  public let title: String
  /// The nodes, in the order in which they are placed where edges do not decide.
  public let nodes: [Node]
  /// The edges.
  public let edges: [Edge]
  /// Where children stand, seen from their parents.
  public let direction: Direction
  /// Whether probabilities other than 0 and 1 stand on their edges.
  public let showsProbabilities: Bool
  /// Whether a legend below the graph says what width and darkness mean.
  public let showsLegend: Bool

  let layout: GraphLayout

  /// With more edges than this, numbers on all of them would hide the edges.
  private static let largestLabelledCount = 40

  /// A picture of a graph with at least one node.
  ///
  /// Names of nodes must differ; an edge must join two nodes that there are, at most once; the edges
  /// must not form a cycle; probabilities must lie in `0 ... 1`. Anything else is a caller's mistake
  /// and stops.
  ///
  /// - Parameters:
  ///   - showsProbabilities: whether probabilities other than 0 and 1 stand on their edges; `nil`
  ///     shows them where at most 40 edges have such.
  ///   - showsLegend: whether the legend is drawn; it is left out where all edges are fixed.
  ///
  /// Complexity: about `O(s² log s)`, where `s` counts the nodes and the layers that edges pass.
  public init(
    title: String = "", nodes: [Node], edges: [Edge], direction: Direction = .rightward,
    showsProbabilities: Bool? = nil, showsLegend: Bool = true
  ) {
    require(!nodes.isEmpty, "the graph \"\(title)\" has no nodes")
    for edge in edges {
      require(
        edge.probability >= 0 && edge.probability <= 1,
        "the edge \(edge.from) → \(edge.to) has the probability \(edge.probability), "
          + "which is not in 0 ... 1")
    }
    let uncertain = edges.count { $0.isUncertain }
    let showsProbabilities =
      showsProbabilities ?? (uncertain <= DirectedGraphPlot.largestLabelledCount)
    self.title = title
    self.nodes = nodes
    self.edges = edges
    self.direction = direction
    self.showsProbabilities = showsProbabilities && uncertain > 0
    self.showsLegend = showsLegend && edges.contains { $0.probability < 1 }
    layout = GraphLayout(
      IndexedGraph(nodes: nodes, edges: edges), nodes: nodes,
      texts: edges.map { showsProbabilities && $0.isUncertain ? $0.probabilityText : nil },
      direction: direction)
  }
}

extension DirectedGraphPlot.Edge {
  /// Whether the edge may be there or not.
  var isUncertain: Bool { probability > 0 && probability < 1 }

  var probabilityText: String { ProbabilityText.twoDigits(probability) }
}
