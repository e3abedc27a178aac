import Tensors

/// A directed acyclic graph as a picture whose edges are drawn by their probability, and as text
/// for Graphviz.
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
/// A more probable edge is wider and darker. An edge of probability 1 is drawn fully; an edge of
/// probability 0 is a faint dotted line that keeps its place, so that pictures of a graph at
/// several times are comparable. Viewers that support descriptions show the probability of an edge
/// as a tooltip.
///
/// Nodes are arranged in layers: each after all of its parents, by the longest path from the roots.
/// If every layer is a single node, as in a graph with all edges, the nodes are on a line, and
/// edges that skip nodes are arcs on both sides of it. Connected components are laid out
/// separately.
///
/// The layers are those of K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of
/// hierarchical system structures", IEEE Trans. Systems, Man, and Cybernetics 11, 109 (1981).
public struct DirectedGraphPlot: GraphFigure {
  /// A node; edges refer to it by its name.
  public struct Node: Hashable, Sendable {
    /// The name, which must be unique in the graph.
    public let name: String
    /// The text in small letters below the name, such as a dimension; empty for none.
    public let detail: String

    /// A node with this name.
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
    /// The probability of the edge, in `0 ... 1`; 1 for a fixed edge.
    public let probability: Double
    /// The colour, such as that of the edge's line in another plot; `nil` for the default colour.
    public let color: Color?

    /// An edge; by default a fixed one.
    public init(from: String, to: String, probability: Double = 1, color: Color? = nil) {
      self.from = from
      self.to = to
      self.probability = probability
      self.color = color
    }
  }

  /// The position of children relative to their parents.
  public enum Direction: Hashable, Sendable {
    case rightward, downward
  }

  /// The title above the graph; empty for none.
  public let title: String
  /// The nodes. Their order decides where the edges do not.
  public let nodes: [Node]
  /// The edges.
  public let edges: [Edge]
  /// The position of children relative to their parents.
  public let direction: Direction
  /// Whether edges are labelled with probabilities other than 0 and 1.
  public let showsProbabilities: Bool
  /// Whether a legend below the graph explains width and darkness.
  public let showsLegend: Bool

  let layout: GraphLayout

  /// With more edges than this, labels would hide the edges.
  private static let largestLabelledCount = 40

  /// A picture of a graph with at least one node.
  ///
  /// The names of nodes must be unique. An edge must join two existing nodes, at most once; edges
  /// must not form a cycle; probabilities must be in `0 ... 1`. Otherwise the program stops.
  ///
  /// - Parameters:
  ///   - showsProbabilities: Whether edges are labelled with probabilities other than 0 and 1;
  ///     `nil` shows the labels if there are at most 40.
  ///   - showsLegend: Whether the legend is drawn; it is omitted if all edges are fixed.
  ///
  /// Complexity: about `O(s² log s)`, where `s` is the number of nodes plus the number of layers
  /// that edges pass through.
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
  /// Whether the probability is strictly between 0 and 1.
  var isUncertain: Bool { probability > 0 && probability < 1 }

  var probabilityText: String { ProbabilityText.twoDigits(probability) }
}
