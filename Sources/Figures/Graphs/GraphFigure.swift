/// A figure of a graph, which can also be written as text for Graphviz.
public protocol GraphFigure: Figure {
  /// The graph in Graphviz's language: the same, byte for byte, on every run.
  var dot: String { get }
}
