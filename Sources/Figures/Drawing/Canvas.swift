import Foundation

/// The drawing surface of figures: a list of SVG elements to which each call appends.
///
/// Positions are in points from the upper left corner of the picture. The same calls give the same
/// text, byte for byte.
public struct Canvas: Sendable {
  private var elements: [String] = []
  private var clipCount = 0

  init() {}

  mutating func append(_ element: String) { elements.append(element) }

  /// The complete document, with a white background.
  func document(size: Size, title: String) -> String {
    let width = SVGText.number(size.width)
    let height = SVGText.number(size.height)
    let head = """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" role="img" aria-label="\(SVGText.escape(title))" \
      font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif">
      <rect width="\(width)" height="\(height)" fill="#ffffff"/>

      """
    return head + elements.joined(separator: "\n") + "\n</svg>\n"
  }

  // MARK: Lines

  /// A straight line.
  public mutating func line(from start: Point, to end: Point, pen: Pen) {
    polyline([start, end], pen: pen)
  }

  /// Line segments from point to point; fewer than two points draw nothing.
  public mutating func polyline(_ points: [Point], pen: Pen) {
    guard points.count > 1 else { return }
    let list = points.map(SVGText.pair).joined(separator: " ")
    elements.append("<polyline points=\"\(list)\" fill=\"none\"\(attributes(of: pen))/>")
  }

  func attributes(of pen: Pen) -> String {
    var result = " stroke=\"\(pen.color.svg)\" stroke-width=\"\(SVGText.number(pen.width))\""
    result += " stroke-linejoin=\"round\""
    if !pen.dash.pattern.isEmpty {
      let lengths = pen.dash.pattern.map { SVGText.number($0 * pen.width) }
      result += " stroke-dasharray=\"\(lengths.joined(separator: " "))\""
    }
    return result
  }

  // MARK: Areas

  /// A filled polygon; `opacity` from 0 (invisible) to 1.
  public mutating func polygon(_ points: [Point], fill: Color, opacity: Double = 1) {
    let list = points.map(SVGText.pair).joined(separator: " ")
    elements.append(
      "<polygon points=\"\(list)\" fill=\"\(fill.svg)\"\(attributes(opacity: opacity))/>")
  }

  /// A rectangle, filled, outlined or both.
  public mutating func rectangle(
    _ rectangle: Rectangle, fill: Color? = nil, opacity: Double = 1, pen: Pen? = nil,
    cornerRadius: Double = 0
  ) {
    let corners = cornerRadius > 0 ? " rx=\"\(SVGText.number(cornerRadius))\"" : ""
    elements.append(
      "<rect \(position(of: rectangle))\(corners) fill=\"\(fill?.svg ?? "none")\""
        + attributes(opacity: opacity) + (pen.map(attributes) ?? "") + "/>")
  }

  /// Rectangles of one colour without seams between neighbours, such as the cells of a matrix.
  mutating func cells(_ rectangles: [Rectangle], fill: Color) {
    let path = rectangles.map { cell in
      let (x, y) = (SVGText.number(cell.x), SVGText.number(cell.y))
      let (width, height) = (SVGText.number(cell.width), SVGText.number(cell.height))
      return "M\(x) \(y)h\(width)v\(height)h-\(width)z"
    }
    elements.append(
      "<path d=\"\(path.joined())\" fill=\"\(fill.svg)\" shape-rendering=\"crispEdges\"/>")
  }

  /// A marker with a thin white border, so that touching markers remain distinguishable.
  public mutating func marker(_ marker: Marker, at center: Point, radius: Double, fill: Color) {
    let edge = attributes(of: Pen(color: .white, width: 0.75))
    if marker == .circle {
      let (x, y) = (SVGText.number(center.x), SVGText.number(center.y))
      let r = SVGText.number(radius)
      elements.append("<circle cx=\"\(x)\" cy=\"\(y)\" r=\"\(r)\" fill=\"\(fill.svg)\"\(edge)/>")
    } else {
      let corners = marker.corners(around: center, radius: radius)
      let list = corners.map(SVGText.pair).joined(separator: " ")
      elements.append("<polygon points=\"\(list)\" fill=\"\(fill.svg)\"\(edge)/>")
    }
  }

  private func position(of rectangle: Rectangle) -> String {
    "x=\"\(SVGText.number(rectangle.x))\" y=\"\(SVGText.number(rectangle.y))\" "
      + "width=\"\(SVGText.number(rectangle.width))\" "
      + "height=\"\(SVGText.number(rectangle.height))\""
  }

  private func attributes(opacity: Double) -> String {
    opacity == 1 ? "" : " fill-opacity=\"\(SVGText.number(opacity))\""
  }

  // MARK: Text and images

  /// A line of text whose baseline passes through `point`.
  ///
  /// - Parameter angle: Rotation about `point`, in degrees clockwise.
  public mutating func text(
    _ line: TextLine, at point: Point, style: TextStyle = TextStyle(),
    anchor: TextAnchor = .start, angle: Double = 0
  ) {
    let (x, y) = (SVGText.number(point.x), SVGText.number(point.y))
    var element = "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(SVGText.number(style.size))\""
    element += " fill=\"\(style.color.svg)\""
    if style.isBold { element += " font-weight=\"bold\"" }
    if anchor != .start { element += " text-anchor=\"\(anchor.rawValue)\"" }
    if angle != 0 { element += " transform=\"rotate(\(SVGText.number(angle)) \(x) \(y))\"" }
    element += ">\(SVGText.escape(line.text))"
    if !line.exponent.isEmpty {
      // Firefox does not support `baseline-shift`; a shift of the position works everywhere.
      let size = SVGText.number(style.size * TextLine.exponentScale)
      let shift = SVGText.number(-style.size * 0.4)
      element +=
        "<tspan dy=\"\(shift)\" font-size=\"\(size)\">\(SVGText.escape(line.exponent))</tspan>"
    }
    elements.append(element + "</text>")
  }

  /// An embedded bitmap that is stretched over a rectangle, with sharp pixels.
  public mutating func image(_ bitmap: Bitmap, in rectangle: Rectangle) {
    let data = Data(bitmap.png).base64EncodedString()
    elements.append(
      "<image \(position(of: rectangle)) preserveAspectRatio=\"none\" "
        + "style=\"image-rendering:optimizeSpeed;image-rendering:pixelated\" "
        + "href=\"data:image/png;base64,\(data)\"/>")
  }

  // MARK: Clipping

  /// Draws with a clipping rectangle.
  public mutating func clipped(to rectangle: Rectangle, _ draw: (inout Canvas) -> Void) {
    clipCount += 1
    let name = "clip\(clipCount)"
    elements.append("<clipPath id=\"\(name)\"><rect \(position(of: rectangle))/></clipPath>")
    elements.append("<g clip-path=\"url(#\(name))\">")
    draw(&self)
    elements.append("</g>")
  }
}
