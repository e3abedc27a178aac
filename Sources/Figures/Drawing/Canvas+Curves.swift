extension Canvas {
  /// A curve without a filling.
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

  /// A curve that ends in an arrow head, its tip at the curve's end.
  mutating func arrow(along path: CurvedPath, pen: Pen) {
    let length = Canvas.headLength(of: pen)
    let shaft = path.shortened(by: length)
    let (base, tip) = (shaft.end, path.end)
    // The head is a little longer than what it replaces, so that no seam shows between the two.
    let back = base.mixed(with: tip, -0.08)
    let half = 0.4 * length / max(base.distance(to: tip), 1e-9)
    let side = Point(x: -(tip.y - base.y) * half, y: (tip.x - base.x) * half)
    curve(shaft, pen: pen)
    polygon(
      [tip, back.moved(by: side), back.moved(by: Point(x: -side.x, y: -side.y))], fill: pen.color)
  }

  /// How long the arrow head of a line of some width is, in points.
  static func headLength(of pen: Pen) -> Double { 4.5 + 2 * pen.width }

  /// Draws elements as one whole: under one opacity, and with a text that viewers show when they
  /// point at it.
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
