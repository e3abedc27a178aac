import Foundation

/// The layout of a component whose layers are single nodes: nodes on a line, with arcs over the
/// nodes in between.
struct ArcLayout {
  /// The nodes in the order of the line.
  private let order: [Int]
  /// The edges, by the positions of their ends.
  private let spans: [Span]
  private let metrics: GraphMetrics

  private struct Span: Hashable {
    let edge: Int
    let from: Int
    let to: Int
    /// −1 above the line, 1 below it, 0 for a straight edge to the next node.
    var side = 0

    var length: Int { to - from }

    func crosses(_ other: Span) -> Bool {
      (from < other.from && other.from < to && to < other.to)
        || (other.from < from && from < other.to && other.to < to)
    }
  }

  init(_ nodes: [Int], edges: [Int], of graph: IndexedGraph, metrics: GraphMetrics) {
    order = nodes.sorted { graph.layers[$0] < graph.layers[$1] }
    let positions = Dictionary(uniqueKeysWithValues: zip(order, order.indices))
    spans = ArcLayout.withSides(
      edges.map { edge in
        let (from, to) = (graph.edges[edge].from, graph.edges[edge].to)
        return Span(edge: edge, from: positions[from] ?? 0, to: positions[to] ?? 0)
      })
    self.metrics = metrics
  }

  // MARK: Sides

  /// Places each arc on the side where it crosses fewer others or, if that is equal, on the side
  /// with fewer arcs: the longest arcs first, then repeatedly while moving an arc reduces the
  /// crossings.
  private static func withSides(_ spans: [Span]) -> [Span] {
    var result = spans
    let arcs = spans.indices.filter { spans[$0].length > 1 }.sorted { a, b in
      (-spans[a].length, spans[a].from) < (-spans[b].length, spans[b].from)
    }
    var load = [-1: 0, 1: 0]
    for _ in 0..<8 {
      var isChanged = false
      for index in arcs {
        let span = result[index]
        func crossings(_ side: Int) -> Int {
          arcs.count { $0 != index && result[$0].side == side && result[$0].crosses(span) }
        }
        load[span.side]? -= span.length
        let (above, below) = (crossings(-1), crossings(1))
        let emptier = (load[-1] ?? 0) <= (load[1] ?? 0) ? -1 : 1
        let side = above == below ? (span.side == 0 ? emptier : span.side) : above < below ? -1 : 1
        load[side]? += span.length
        isChanged = isChanged || side != span.side
        result[index].side = side
      }
      if !isChanged { break }
    }
    return result
  }

  // MARK: Positions

  /// The boxes and curves, with the line of nodes at height 0.
  var part: GraphPart {
    var part = GraphPart()
    let ends = order.indices.map { position in
      [-1: self.ends(at: position, side: -1), 1: self.ends(at: position, side: 1)]
    }
    let gap = metrics.layerGap
    var x = 0.0
    for (position, node) in order.enumerated() {
      let count = ends[position].values.map(\.count).max() ?? 0
      let width = GraphMetrics.side(metrics.box.width, ports: count)
      part.boxes[node] = Rectangle(
        x: x, y: -metrics.box.height / 2, width: width, height: metrics.box.height)
      x += width + gap
    }
    for span in spans {
      guard let from = part.boxes[order[span.from]], let to = part.boxes[order[span.to]] else {
        continue
      }
      func port(_ box: Rectangle, _ position: Int) -> Double {
        let list = ends[position][span.side] ?? []
        let places = GraphMetrics.ports(list.count, side: box.width)
        return box.midX + (list.firstIndex(of: span).map { places[$0] } ?? 0)
      }
      part.routes[span.edge] =
        span.side == 0
        ? straight(from, to)
        : arc(port(from, span.from), port(to, span.to), side: span.side)
    }
    return part
  }

  /// The arcs that end at one side of a node, from left to right in an order without crossings:
  /// first incoming arcs, the shortest first, then outgoing arcs, the longest first.
  private func ends(at position: Int, side: Int) -> [Span] {
    let arriving = spans.filter { $0.to == position && $0.side == side }
    let leaving = spans.filter { $0.from == position && $0.side == side }
    return arriving.sorted { $0.length < $1.length } + leaving.sorted { $0.length > $1.length }
  }

  private func straight(_ from: Rectangle, _ to: Rectangle) -> CurvedPath {
    var path = CurvedPath(start: Point(x: from.maxX, y: 0))
    path.addLine(to: Point(x: to.x, y: 0))
    return path
  }

  private func arc(_ start: Double, _ end: Double, side: Int) -> CurvedPath {
    let foot = Double(side) * metrics.box.height / 2
    // Longer arcs are higher, but less than proportionally; the control points are 4/3 as high.
    let rise = 62 * pow((end - start) / 200, 0.85)
    let height = foot + Double(side) * rise * 4 / 3
    var path = CurvedPath(start: Point(x: start, y: foot))
    path.addCurve(
      Point(x: start, y: height), Point(x: end, y: height), to: Point(x: end, y: foot))
    return path
  }
}
