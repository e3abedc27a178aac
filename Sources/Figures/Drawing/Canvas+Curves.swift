extension Canvas {
  /// Draws a curve without fill.
  mutating func curve(_ path: CurvedPath, pen: Pen) {
    guard !path.segments.isEmpty else { return }
    let segments = path.segments.map { segment in
      "C"
        + [segment.control1, segment.control2, segment.end].map(SVGText.pair)
        .joined(separator: " ")
    }
    append(
      "<path d=\"M\(SVGText.pair(path.start))\(segments.joined())\" fill=\"none\""
        + "\(attributes(of: pen))/>")
  }

  /// Draws a curve with an arrow head whose tip is at the curve's end.
  mutating func arrow(along path: CurvedPath, pen: Pen) {
    let length = Canvas.headLength(of: pen)
    let shaft = path.shortened(by: length)
    let (base, tip) = (shaft.end, path.end)
    // The head overlaps the curve slightly, so that no seam is visible between them.
    let back = base.mixed(with: tip, -0.08)
    let half = 0.4 * length / max(base.distance(to: tip), 1e-9)
    let side = Point(x: -(tip.y - base.y) * half, y: (tip.x - base.x) * half)
    curve(shaft, pen: pen)
    polygon(
      [tip, back.moved(by: side), back.moved(by: Point(x: -side.x, y: -side.y))], fill: pen.color)
  }

  /// The length of the arrow head for a line of this width, in points.
  static func headLength(of pen: Pen) -> Double { 4.5 + 2 * pen.width }

  /// Draws elements as a group with a common opacity and a description that viewers show as a
  /// tooltip.
  mutating func group(
    description: String, opacity: Double = 1, _ draw: (inout Canvas) -> Void
  ) {
    let attribute = opacity == 1 ? "" : " opacity=\"\(SVGText.number(opacity))\""
    let title = description.isEmpty ? "" : "<title>\(SVGText.escape(description))</title>"
    append("<g\(attribute)>\(title)")
    draw(&self)
    append("</g>")
  }
}
