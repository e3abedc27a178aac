import Figures
import Foundation
import Testing

/// The contents of a drawn graph, parsed from its SVG.
struct DrawnGraph {
  struct Line {
    var parent: String
    var child: String
    /// Points along the curve, up to the arrow head.
    var points: [Point]
    var width: Double
    var opacity: Double
    var isDotted: Bool
  }

  var boxes: [String: Rectangle] = [:]
  var lines: [Line] = []
  var numbers: [Rectangle] = []
  var size: Size
  let svg: SVGElements

  init(_ plot: DirectedGraphPlot) throws {
    svg = try SVGElements(plot.svg)
    size = plot.size
    for (index, element) in svg.all.enumerated() {
      if element.name == "rect", element.attributes["rx"] == "3" {
        numbers.append(try DrawnGraph.rectangle(element))
      }
      guard element.name == "title" else { continue }
      let next = svg.all[index + 1]
      if next.name == "rect" {
        let name = element.text.components(separatedBy: ": ")[0]
        boxes[name] = try DrawnGraph.rectangle(next)
      } else {
        let ends = element.text.components(separatedBy: ": ")[0].components(separatedBy: " → ")
        lines.append(
          Line(
            parent: ends[0], child: ends[1],
            points: try DrawnGraph.points(of: try #require(next.attributes["d"])),
            width: try #require(Double(next.attributes["stroke-width"] ?? "")),
            opacity: Double(svg.all[index - 1].attributes["opacity"] ?? "1") ?? .nan,
            isDotted: next.attributes["stroke-dasharray"] != nil))
      }
    }
  }

  private static func rectangle(_ element: SVGElements.Element) throws -> Rectangle {
    let values = ["x", "y", "width", "height"].compactMap { Double(element.attributes[$0] ?? "") }
    try #require(values.count == 4)
    return Rectangle(x: values[0], y: values[1], width: values[2], height: values[3])
  }

  /// Forty points on each segment of a path "M x,y C x,y x,y x,y …".
  private static func points(of path: String) throws -> [Point] {
    let corners = path.split { "MC ".contains($0) }.map { pair in
      pair.split(separator: ",").compactMap { Double($0) }
    }.map { Point(x: $0[0], y: $0[1]) }
    try #require(corners.count % 3 == 1)
    var result = [corners[0]]
    for first in stride(from: 0, to: corners.count - 1, by: 3) {
      let p = Array(corners[first...first + 3])
      for step in 1...40 {
        let (t, s) = (Double(step) / 40, 1 - Double(step) / 40)
        let weights = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t]
        result.append(
          Point(
            x: zip(weights, p).reduce(0) { $0 + $1.0 * $1.1.x },
            y: zip(weights, p).reduce(0) { $0 + $1.0 * $1.1.y }))
      }
    }
    return result
  }
}

extension Rectangle {
  /// Whether two rectangles share more than a border.
  func overlaps(_ other: Rectangle) -> Bool {
    x < other.maxX && other.x < maxX && y < other.maxY && other.y < maxY
  }
}
