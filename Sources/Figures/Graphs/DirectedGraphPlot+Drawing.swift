extension DirectedGraphPlot {
  private static let margin = 12.0
  private static let legendGap = 10.0

  private var legend: GraphLegend? {
    showsLegend ? GraphLegend(showsZero: edges.contains { $0.probability == 0 }) : nil
  }

  /// The size of the graph at its natural scale, with its title and legend.
  public var size: Size {
    let margins = 2 * DirectedGraphPlot.margin
    let width = max(layout.size.width, legend?.size.width ?? 0, 150) + margins
    let legendHeight = legend.map { $0.size.height + DirectedGraphPlot.legendGap } ?? 0
    let titleHeight = Canvas.titleHeight(title, width: width)
    return Size(width: width, height: titleHeight + layout.size.height + legendHeight + margins)
  }

  /// Draws the graph centred in the frame.
  public func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let body = canvas.title(title, in: frame)
    let legendHeight = legend.map { $0.size.height + DirectedGraphPlot.legendGap } ?? 0
    let room = body.inset(bottom: legendHeight)
    let origin = Point(
      x: room.midX - layout.size.width / 2, y: room.midY - layout.size.height / 2)
    drawEdges(on: &canvas, from: origin)
    for (node, box) in zip(nodes, layout.boxes) {
      node.draw(on: &canvas, in: box.moved(by: origin))
    }
    drawProbabilities(on: &canvas, from: origin)
    legend?.draw(
      on: &canvas,
      at: Point(x: room.midX, y: origin.y + layout.size.height + DirectedGraphPlot.legendGap))
  }

  /// Draws the edges; the most probable ones last, on top of the others.
  private func drawEdges(on canvas: inout Canvas, from origin: Point) {
    let order = edges.indices.sorted { (edges[$0].probability, $0) < (edges[$1].probability, $1) }
    for index in order {
      let edge = edges[index]
      edge.draw(
        along: layout.routes[index].map { $0.moved(by: origin) },
        description: "\(edge.from) → \(edge.to): \(edge.probability)", on: &canvas)
    }
  }

  private func drawProbabilities(on canvas: inout Canvas, from origin: Point) {
    for (edge, box) in zip(edges, layout.labels) {
      guard let box = box?.moved(by: origin) else { continue }
      canvas.rectangle(box, fill: .white, cornerRadius: 3)
      var style = TextStyle.edgeLabel
      style.color = edge.color?.mixed(with: .ink, 0.35) ?? .ink
      canvas.text(
        TextLine(edge.probabilityText),
        at: Point(x: box.midX, y: box.midY + style.baselineShift), style: style, anchor: .middle)
    }
  }
}

extension DirectedGraphPlot.Edge {
  func draw(along path: CurvedPath, description: String, on canvas: inout Canvas) {
    canvas.group(description: description, opacity: opacity) { canvas in
      if probability == 0 {
        canvas.curve(path, pen: pen)
      } else {
        canvas.arrow(along: path, pen: pen)
      }
    }
  }
}

extension DirectedGraphPlot.Node {
  fileprivate func draw(on canvas: inout Canvas, in box: Rectangle) {
    let description = detail.isEmpty ? name : "\(name): \(detail)"
    canvas.group(description: description) { canvas in
      canvas.rectangle(
        box, fill: Color(hex: 0xF4F7FA), pen: Pen(color: Color(hex: 0x44546A), width: 1.2),
        cornerRadius: 9)
      let baseline = box.midY + TextStyle.nodeName.baselineShift - (detail.isEmpty ? 0 : 7)
      let width = box.width - 10
      canvas.text(
        TextLine(FontMetrics.truncate(name, width: width / 1.11, size: TextStyle.nodeName.size)),
        at: Point(x: box.midX, y: baseline), style: .nodeName, anchor: .middle)
      guard !detail.isEmpty else { return }
      canvas.text(
        TextLine(FontMetrics.truncate(detail, width: width, size: TextStyle.nodeDetail.size)),
        at: Point(x: box.midX, y: baseline + 14), style: .nodeDetail, anchor: .middle)
    }
  }
}
