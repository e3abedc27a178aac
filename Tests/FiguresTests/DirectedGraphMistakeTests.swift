import Figures
import Foundation
import Testing

@Suite("Mistakes of the caller in directed graphs")
struct DirectedGraphMistakeTests {
  @Test("A cycle stops the program with a message that lists its nodes")
  func cycle() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = DirectedGraphPlot(
        nodes: [.init("root"), .init("a"), .init("b"), .init("leaf")],
        edges: [
          .init(from: "root", to: "a"), .init(from: "a", to: "b"), .init(from: "b", to: "a"),
          .init(from: "b", to: "leaf"),
        ])
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("a → b → a") || message.contains("b → a → b"))
    await #expect(processExitsWith: .failure) {
      _ = DirectedGraphPlot(nodes: [.init("a")], edges: [.init(from: "a", to: "a")])
    }
  }

  @Test("Names that are repeated or unknown stop the program")
  func names() async {
    await #expect(processExitsWith: .failure) {
      _ = DirectedGraphPlot(nodes: [], edges: [])
    }
    await #expect(processExitsWith: .failure) {
      _ = DirectedGraphPlot(nodes: [.init("a"), .init("a")], edges: [])
    }
    await #expect(processExitsWith: .failure) {
      _ = DirectedGraphPlot(nodes: [.init("a")], edges: [.init(from: "a", to: "b")])
    }
    await #expect(processExitsWith: .failure) {
      _ = DirectedGraphPlot(
        nodes: [.init("a"), .init("b")],
        edges: [.init(from: "a", to: "b"), .init(from: "a", to: "b", probability: 0.5)])
    }
  }

  @Test("Probabilities outside of [0, 1] stop the program")
  func probabilities() async {
    await #expect(processExitsWith: .failure) {
      _ = DirectedGraphPlot(
        nodes: [.init("a"), .init("b")], edges: [.init(from: "a", to: "b", probability: 1.01)])
    }
    await #expect(processExitsWith: .failure) {
      _ = DirectedGraphPlot(
        nodes: [.init("a"), .init("b")], edges: [.init(from: "a", to: "b", probability: -0.1)])
    }
    await #expect(processExitsWith: .failure) {
      _ = DirectedGraphPlot(
        nodes: [.init("a"), .init("b")], edges: [.init(from: "a", to: "b", probability: .nan)])
    }
  }
}
