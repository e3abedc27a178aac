/// A figure of a graph, which can be written as text for Graphviz too.
public protocol GraphFigure: Figure {
  /// The graph in Graphviz's language: the same, byte for byte, on every run.
  var dot: String { get }
}
