import Figures
import Testing

/// Graphs for the tests of drawing.
enum SampleGraph: String, CaseIterable, CustomTestStringConvertible {
  case full5, full20, sparse20, chain, diamond, disconnected, noEdges, single

  var testDescription: String { rawValue }

  typealias Node = DirectedGraphPlot.Node
  typealias Edge = DirectedGraphPlot.Edge

  func plot(_ direction: DirectedGraphPlot.Direction = .rightward) -> DirectedGraphPlot {
    DirectedGraphPlot(title: rawValue, nodes: nodes, edges: edges, direction: direction)
  }

  var nodes: [Node] {
    switch self {
    case .full5, .chain: SampleGraph.latents(5)
    case .full20, .sparse20, .noEdges: SampleGraph.latents(20)
    case .diamond: ["x", "l", "r", "y", "out"].map { Node($0) }
    case .disconnected:
      ["style", "stroke", "place", "colour", "noise", "a", "b", "alone"].map {
        Node($0, detail: $0 == "stroke" ? "chain 16" : "8")
      }
    case .single: [Node("z")]
    }
  }

  var edges: [Edge] {
    switch self {
    case .full5: SampleGraph.all(5)
    case .full20: SampleGraph.all(20)
    case .sparse20:
      // About one edge in five.
      SampleGraph.all(20).enumerated().filter { $0.offset * 7 % 41 < 8 }.map(\.element)
    case .chain: (1..<5).map { Edge(from: "z\($0)", to: "z\($0 + 1)") }
    case .diamond:
      [
        Edge(from: "x", to: "l"), Edge(from: "x", to: "r", probability: 0.5),
        Edge(from: "l", to: "y", probability: 0.2), Edge(from: "r", to: "y"),
        Edge(from: "x", to: "y", probability: 0.7), Edge(from: "y", to: "out"),
        Edge(from: "x", to: "out", probability: 0.35),
      ]
    case .disconnected:
      [
        Edge(from: "style", to: "stroke", probability: 0.93), Edge(from: "style", to: "place"),
        Edge(from: "stroke", to: "place", probability: 0.4),
        Edge(from: "colour", to: "place", probability: 0),
        Edge(from: "a", to: "b", probability: 0.25),
      ]
    case .noEdges, .single: []
    }
  }

  private static func latents(_ count: Int) -> [Node] {
    (1...count).map { Node("z\($0)", detail: "16") }
  }

  /// All edges from later to earlier latents, with certain, likely and unlikely probabilities.
  private static func all(_ count: Int) -> [Edge] {
    let probabilities = [1, 0, 0.53, 0.97, 0.12, 0.999, 0.004, 0.76, 0.31, 0.5]
    let pairs = (2...count).flatMap { from in (1..<from).map { (from, $0) } }
    return pairs.enumerated().map { index, pair in
      Edge(
        from: "z\(pair.0)", to: "z\(pair.1)",
        probability: probabilities[index % probabilities.count])
    }
  }
}
