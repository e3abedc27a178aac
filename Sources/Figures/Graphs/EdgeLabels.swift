/// The positions of edge labels: on their curves, without overlapping boxes or each other.
struct EdgeLabels {
  /// The boxes of the labels; `nil` for an edge without one.
  private(set) var boxes: [Rectangle?]

  static let height = 12.0
  /// The curve parameters at which a label may be placed, the best first.
  private static let shares = [
    0.5, 0.46, 0.54, 0.42, 0.58, 0.38, 0.62, 0.34, 0.66, 0.3, 0.7, 0.26, 0.74, 0.22, 0.78, 0.18,
    0.82,
  ]

  /// - Parameter texts: The label of each edge; `nil` for none.
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

  /// The cost of a position: labels must not overlap nodes or other labels, and a label on another
  /// edge's curve would seem to belong to that edge.
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
