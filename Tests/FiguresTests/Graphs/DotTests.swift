import Figures
import Foundation
import TestSupport
import Testing

@Suite("Graphviz text of graphs")
struct DotTests {
  @Test("Nodes and edges are written in order, with pens and labels by probability")
  func text() {
    let plot = DirectedGraphPlot(
      nodes: [.init("a", detail: "chain 16"), .init("b"), .init("c")],
      edges: [
        .init(from: "b", to: "c"), .init(from: "a", to: "b", probability: 0.5),
        .init(from: "a", to: "c", probability: 0, color: .vermilion),
      ], direction: .downward)
    #expect(
      plot.dot == #"""
        digraph {
          graph [rankdir=TB, fontname="Helvetica"];
          node [shape=box, style=rounded, fontname="Helvetica"];
          edge [fontname="Helvetica", fontsize=10];
          "a" [label="a\nchain 16"];
          "b" [label="b"];
          "c" [label="c"];
          "b" -> "c" [penwidth=3, color="#12466eff"];
          "a" -> "b" [penwidth=1.95, color="#12466ea3", label="0.50"];
          "a" -> "c" [penwidth=0.9, color="#d55e0047", style=dotted];
        }

        """#)
  }

  @Test("Quotation marks, backslashes and entities are escaped as Graphviz requires")
  func escaping() {
    let plot = DirectedGraphPlot(
      title: #"a "title" \N"#, nodes: [.init(#"say "hi" \"#), .init("x &amp; y\nz")],
      edges: [.init(from: #"say "hi" \"#, to: "x &amp; y\nz")])
    let dot = plot.dot
    #expect(dot.contains(#"label="a \"title\" \\N""#))
    #expect(dot.contains(#""say \"hi\" \\" [label="say \"hi\" \\"]"#))
    #expect(dot.contains("\"x &amp; y\nz\" [label=\"x &amp;amp; y z\"]"))
    #expect(dot.contains("\"say \\\"hi\\\" \\\\\" -> \"x &amp; y\nz\""))
  }

  @Test("A graph is written as .svg and .dot, and other formats are refused with these names")
  func writing() throws {
    let folder = try TemporaryFolder()
    let plot = SampleGraph.diamond.plot()
    for (name, text) in [("graph.svg", plot.svg), ("graph.dot", plot.dot)] {
      let file = folder.url.appendingPathComponent(name)
      try plot.write(to: file)
      #expect(try Data(contentsOf: file) == Data(text.utf8))
    }
    #expect(
      throws: FigureError.unsupportedFormat(path: "/x/graph.png", supported: ["svg", "dot"])
    ) { try plot.write(to: "/x/graph.png") }
    let line = LinePlot(xAxis: Axis("x"), yAxis: Axis("y"), series: [Series(y: [1.0, 2])])
    #expect(throws: FigureError.unsupportedFormat(path: "/x/line.dot", supported: ["svg"])) {
      try line.write(to: "/x/line.dot")
    }
  }
}
