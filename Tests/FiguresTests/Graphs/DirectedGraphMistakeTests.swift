import Figures
import Foundation
import TestSupport
import Testing

@Suite("Mistakes of the caller in directed graphs")
struct DirectedGraphMistakeTests {
  private static let mistakes: [Mistake] = [
    // A cycle stops the program with a message that lists its nodes.
    .init("the graph has a cycle, b → a → b") {
      _ = DirectedGraphPlot(
        nodes: [.init("root"), .init("a"), .init("b"), .init("leaf")],
        edges: [
          .init(from: "root", to: "a"), .init(from: "a", to: "b"), .init(from: "b", to: "a"),
          .init(from: "b", to: "leaf"),
        ])
    },
    .init("the graph has a cycle, a → a") {
      _ = DirectedGraphPlot(nodes: [.init("a")], edges: [.init(from: "a", to: "a")])
    },
    // Names that are repeated or unknown stop the program.
    .init("has no nodes") {
      _ = DirectedGraphPlot(nodes: [], edges: [])
    },
    .init(#"two nodes of the graph have the name "a""#) {
      _ = DirectedGraphPlot(nodes: [.init("a"), .init("a")], edges: [])
    },
    .init(#"the edge a → b names "b", which is not a node"#) {
      _ = DirectedGraphPlot(nodes: [.init("a")], edges: [.init(from: "a", to: "b")])
    },
    .init("the edge a → b is in the graph twice") {
      _ = DirectedGraphPlot(
        nodes: [.init("a"), .init("b")],
        edges: [.init(from: "a", to: "b"), .init(from: "a", to: "b", probability: 0.5)])
    },
    // Probabilities outside of [0, 1] stop the program.
    .init("the edge a → b has the probability 1.01") {
      _ = DirectedGraphPlot(
        nodes: [.init("a"), .init("b")], edges: [.init(from: "a", to: "b", probability: 1.01)])
    },
    .init("the edge a → b has the probability -0.1") {
      _ = DirectedGraphPlot(
        nodes: [.init("a"), .init("b")], edges: [.init(from: "a", to: "b", probability: -0.1)])
    },
    .init("the edge a → b has the probability nan") {
      _ = DirectedGraphPlot(
        nodes: [.init("a"), .init("b")], edges: [.init(from: "a", to: "b", probability: .nan)])
    },
  ]

  @Test(
    "A mistake in a directed graph stops the program with a message that shows it",
    arguments: mistakes.indices)
  func stops(index: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [index] in
      try DirectedGraphMistakeTests.mistakes[index].commit()
    }
    expectMessage(result, Self.mistakes[index])
  }
}
