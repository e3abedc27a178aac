import Figures
import LatentGraphs
import TestSupport
import Testing

@Suite("Plots of latent graphs")
struct BayesNetPlotTests {
  private static let graph = try! LatentGraph([
    .init("style", dimension: 8),
    .init("stroke", dimension: 16, parents: ["style"]),
    .init("place", dimension: 4, parents: ["style", "stroke"]),
  ])

  @Test("Nodes, dimensions and edges appear in the graph's order, with their probabilities")
  func latentGraph() {
    let plot = DirectedGraphPlot(
      title: "t", graph: Self.graph, probabilities: [0.25, 0, 1], colors: [.blue, .green, .purple])
    #expect(
      plot.nodes == [
        .init("style", detail: "8"), .init("stroke", detail: "16"), .init("place", detail: "4"),
      ])
    #expect(
      plot.edges == [
        .init(from: "style", to: "stroke", probability: 0.25, color: .blue),
        .init(from: "style", to: "place", probability: 0, color: .green),
        .init(from: "stroke", to: "place", probability: 1, color: .purple),
      ])
  }

  @Test("A plot without probabilities has all edges of the graph")
  func fixedEdges() {
    let plot = DirectedGraphPlot(graph: .chain(nodes: 3, dimension: 2))
    #expect(plot.edges == [.init(from: "z3", to: "z2"), .init(from: "z2", to: "z1")])
    #expect(DirectedGraphPlot(graph: .single(dimension: 2)).edges.isEmpty)
  }

  @Test("A node that is a graphical model is labelled with its structure")
  func bayesNet() {
    var generator = Philox(seed: 0)
    let net = BayesNet<Float>(Self.graph) { node, parents in
      switch node {
      case 0: StandardNormal(8)
      case 1:
        NeuralGaussianGraph(parents: parents, structure: .chain(16), using: &generator)
      default: NeuralGaussian(parents: parents, dimension: 4, using: &generator)
      }
    }
    let plot = DirectedGraphPlot(net: net, probabilities: [1, 0.5, 0.5])
    #expect(plot.nodes.map(\.detail) == ["8", "chain 16", "4"])
    #expect(plot.dot.contains(#""stroke" -> "place" ["#))
  }

  @Test("A wrong number of probabilities stops the program with both numbers")
  func mistakes() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = DirectedGraphPlot(
        graph: .fullyConnected(nodes: 3, dimension: 1), probabilities: [1, 0.5])
    }
    expectMessage(result, "2 probabilities for a graph with 3 edges")
  }
}
