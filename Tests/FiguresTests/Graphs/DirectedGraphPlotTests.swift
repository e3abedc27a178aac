import Figures
import Testing

@Suite("Plots of directed graphs")
struct DirectedGraphPlotTests {
  typealias Node = DirectedGraphPlot.Node
  typealias Edge = DirectedGraphPlot.Edge
  static let directions: [DirectedGraphPlot.Direction] = [.rightward, .downward]

  @Test(
    "Every node and every edge is drawn within the picture", arguments: SampleGraph.allCases,
    directions)
  func complete(graph: SampleGraph, direction: DirectedGraphPlot.Direction) throws {
    let plot = graph.plot(direction)
    let drawn = try DrawnGraph(plot)
    #expect(drawn.boxes.count == plot.nodes.count && drawn.lines.count == plot.edges.count)
    let picture = Rectangle(x: 0, y: 0, width: drawn.size.width, height: drawn.size.height)
    for box in Array(drawn.boxes.values) + drawn.numbers {
      #expect(picture.contains(Point(x: box.x, y: box.y)))
      #expect(picture.contains(Point(x: box.maxX, y: box.maxY)))
    }
    #expect(drawn.lines.allSatisfy { $0.points.allSatisfy(picture.contains) })
  }

  @Test("The boxes of nodes do not overlap", arguments: SampleGraph.allCases, directions)
  func boxes(graph: SampleGraph, direction: DirectedGraphPlot.Direction) throws {
    let boxes = try DrawnGraph(graph.plot(direction)).boxes.sorted { $0.key < $1.key }
    for (index, first) in boxes.enumerated() {
      for second in boxes.dropFirst(index + 1) {
        #expect(!first.value.overlaps(second.value), "\(first.key) and \(second.key)")
      }
    }
  }

  @Test("No edge crosses a box", arguments: SampleGraph.allCases, directions)
  func crossings(graph: SampleGraph, direction: DirectedGraphPlot.Direction) throws {
    let drawn = try DrawnGraph(graph.plot(direction))
    for line in drawn.lines {
      for (name, box) in drawn.boxes {
        // An edge starts and ends on the borders of its own boxes.
        let isEnd = name == line.parent || name == line.child
        let inner = box.inset(left: 0.5, top: 0.5, right: 0.5, bottom: 0.5)
        let kept = isEnd ? inner : box
        #expect(
          !line.points.contains(where: kept.contains), "\(line.parent) → \(line.child), \(name)")
      }
    }
  }

  @Test(
    "An edge connects the borders of its two boxes", arguments: SampleGraph.allCases, directions)
  func ends(graph: SampleGraph, direction: DirectedGraphPlot.Direction) throws {
    let drawn = try DrawnGraph(graph.plot(direction))
    for line in drawn.lines {
      let (parent, child) = (drawn.boxes[line.parent], drawn.boxes[line.child])
      let start = try #require(line.points.first)
      let end = try #require(line.points.last)
      // The arrow head, at most 10.5 points long, extends the line.
      #expect(
        parent?.inset(left: -0.1, top: -0.1, right: -0.1, bottom: -0.1).contains(start) == true)
      #expect(child?.inset(left: -11, top: -11, right: -11, bottom: -11).contains(end) == true)
    }
  }

  @Test(
    "A child is placed after its parents in the direction of the graph",
    arguments: SampleGraph.allCases, directions)
  func layers(graph: SampleGraph, direction: DirectedGraphPlot.Direction) throws {
    let drawn = try DrawnGraph(graph.plot(direction))
    for line in drawn.lines {
      let parent = try #require(drawn.boxes[line.parent])
      let child = try #require(drawn.boxes[line.child])
      #expect(direction == .rightward ? parent.maxX < child.x : parent.maxY < child.y)
    }
  }

  @Test(
    "The numbers on edges overlap neither boxes nor each other",
    arguments: [SampleGraph.full5, .chain, .diamond, .disconnected], directions)
  func numbers(graph: SampleGraph, direction: DirectedGraphPlot.Direction) throws {
    let plot = graph.plot(direction)
    let drawn = try DrawnGraph(plot)
    #expect(drawn.numbers.count == plot.edges.count { $0.probability > 0 && $0.probability < 1 })
    for (index, number) in drawn.numbers.enumerated() {
      #expect(!drawn.boxes.values.contains(where: number.overlaps))
      #expect(!drawn.numbers.dropFirst(index + 1).contains(where: number.overlaps))
    }
  }

  @Test("In a fully connected graph, edges that skip nodes are arcs on both sides")
  func arcs() throws {
    let drawn = try DrawnGraph(SampleGraph.full5.plot())
    let line = try #require(drawn.boxes["z1"]).midY
    #expect(drawn.boxes.values.allSatisfy { abs($0.midY - line) < 0.01 })
    let arcs = drawn.lines.filter { $0.points.contains { abs($0.y - line) > 30 } }
    let above = arcs.filter { $0.points.allSatisfy { $0.y < line } }
    #expect(arcs.count == 6 && above.count == 3)
  }

  @Test("Nodes are ordered to avoid crossing edges")
  func order() throws {
    // In the given order, a → d and b → c would cross.
    let plot = DirectedGraphPlot(
      nodes: ["r", "a", "b", "c", "d", "s"].map { Node($0) },
      edges: [("r", "a"), ("r", "b"), ("a", "d"), ("b", "c"), ("c", "s"), ("d", "s")].map {
        Edge(from: $0.0, to: $0.1)
      })
    let boxes = try DrawnGraph(plot).boxes
    let middles = try ["a", "b", "d", "c"].map { try #require(boxes[$0]).midY }
    #expect((middles[0] < middles[1]) == (middles[2] < middles[3]))
  }

  @Test("A more probable edge is wider and darker, and an edge of probability 0 is dotted")
  func probabilities() throws {
    let values = [0, 0.1, 0.5, 0.9, 1]
    let nodes = (0...values.count).map { Node("n\($0)") }
    let plot = DirectedGraphPlot(
      nodes: nodes,
      edges: values.enumerated().map {
        Edge(from: "n\($0)", to: "n\($0 + 1)", probability: $1)
      })
    let lines = try DrawnGraph(plot).lines.sorted { $0.parent < $1.parent }
    for (less, more) in zip(lines, lines.dropFirst()) {
      #expect(less.width < more.width && less.opacity < more.opacity)
    }
    #expect(lines.map(\.isDotted) == [true, false, false, false, false])
    #expect(lines.last?.opacity == 1)
  }

  @Test("Uncertain edges are labelled with two digits, and never with 0 or 1")
  func probabilityLabels() throws {
    func texts(_ values: [Double], shows: Bool? = nil) throws -> [String] {
      let plot = DirectedGraphPlot(
        nodes: (0...values.count).map { Node("n\($0)") },
        edges: values.enumerated().map {
          Edge(from: "n\($0)", to: "n\($0 + 1)", probability: $1)
        }, showsProbabilities: shows, showsLegend: false)
      return try SVGElements(plot.svg).texts.filter { !$0.hasPrefix("n") }
    }
    #expect(try texts([0, 0.001, 0.534, 0.999, 1]) == ["<0.01", "0.53", ">0.99"])
    #expect(try texts([0.5], shows: false).isEmpty)
    let many = [Double](repeating: 0.5, count: 41)
    #expect(try texts(many).isEmpty && texts(many, shows: true).count == 41)
  }

  @Test("The legend for probabilities is drawn only if an edge is uncertain")
  func legend() throws {
    let title = "probability of an edge"
    #expect(try DrawnGraph(SampleGraph.full5.plot()).svg.texts.contains(title))
    #expect(try !DrawnGraph(SampleGraph.chain.plot()).svg.texts.contains(title))
    let without = DirectedGraphPlot(
      nodes: SampleGraph.full5.nodes, edges: SampleGraph.full5.edges, showsLegend: false)
    #expect(try !DrawnGraph(without).svg.texts.contains(title))
  }

  @Test("Names with special characters, empty names and long names are drawn")
  func names() throws {
    let names = ["a < b & \"c\" > 'd' \u{1} é", "", "z₁", String(repeating: "long ", count: 40)]
    let plot = DirectedGraphPlot(
      title: names[0], nodes: names.map { Node($0, detail: $0) },
      edges: [Edge(from: names[0], to: names[1], probability: 0.5)])
    let texts = try SVGElements(plot.svg).texts
    #expect(texts.contains("z₁") && texts.contains { $0.hasPrefix("long long") })
    #expect(plot.size.width < 600)
  }

  @Test(
    "Equal graphs give the same pictures and Graphviz texts byte for byte",
    arguments: SampleGraph.allCases)
  func deterministic(graph: SampleGraph) {
    #expect(graph.plot().svg == graph.plot().svg)
    #expect(graph.plot().dot == graph.plot().dot)
  }

  @Test("Isotonic regression gives the nearest ascending values")
  func isotonic() {
    func ascending(_ values: [Double], _ weights: [Double]? = nil) -> [Double] {
      let weights = weights ?? values.map { _ in 1 }
      return LayeredPositions.ascending(zip(values, weights).map { ($0, $1) })
    }
    #expect(ascending([1, 3, 2, 4]) == [1, 2.5, 2.5, 4])
    #expect(ascending([3, 1, 2]) == [2, 2, 2])
    #expect(ascending([4, 1], [1, 2]) == [2, 2])
    #expect(ascending([]) == [])
  }
}
