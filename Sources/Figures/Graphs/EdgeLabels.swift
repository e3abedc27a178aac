/// Where the numbers of edges stand: on their curves, clear of boxes and of each other.
struct EdgeLabels {
  /// The boxes around the numbers; `nil` for an edge without one.
  private(set) var boxes: [Rectangle?]

  static let height = 12.0
  /// The shares of the way at which a number may stand, the best first.
  private static let shares = [
    0.5, 0.46, 0.54, 0.42, 0.58, 0.38, 0.62, 0.34, 0.66, 0.3, 0.7, 0.26, 0.74, 0.22, 0.78, 0.18,
    0.82,
  ]

  /// - Parameter texts: what stands on each edge; `nil` for nothing.
  init(_ texts: [String?], on layout: GraphLayout) {
    boxes = [Rectangle?](repeating: nil, count: texts.count)
    let curves = layout.routes.map { $0.samples(perSegment: 20) }
    for (edge, text) in texts.enumerated() {
      guard let text else { continue }
      let width = FontMetrics.width(of: text, size: TextStyle.edgeLabel.size) + 2
      let candidates = EdgeLabels.shares.map { share in
        let middle = layout.routes[edge].point(at: share)
        return Rectangle(
          x: middle.x - width / 2, y: middle.y - EdgeLabels.height / 2, width: width,
          height: EdgeLabels.height)
      }
      let costs = candidates.enumerated().map { rank, box in
        cost(of: box, edge: edge, layout.boxes, curves) + Double(rank) * 0.3
      }
      let best = costs.indices.min { costs[$0] < costs[$1] }
      boxes[edge] = best.map { candidates[$0] }
    }
  }

  /// Nodes and other numbers must stay free; a number on another edge's curve is read as its own.
  private func cost(
    of box: Rectangle, edge: Int, _ nodes: [Rectangle], _ curves: [[Point]]
  ) -> Double {
    let onNodes = nodes.count { $0.grown(by: 1).intersects(box) }
    let onNumbers = boxes.count { $0?.intersects(box.grown(by: 1)) == true }
    let onCurves = curves.indices.count { other in
      other != edge && curves[other].contains(where: box.contains)
    }
    return Double(100 * onNodes + 100 * onNumbers + 3 * onCurves)
  }
}
