/// The dash pattern of a line.
public enum Dash: Hashable, Sendable, CaseIterable {
  case solid, dashed, dotted, dashDotted

  /// The lengths of dashes and gaps, in multiples of the line width.
  var pattern: [Double] {
    switch self {
    case .solid: []
    case .dashed: [4, 2.5]
    case .dotted: [1, 2]
    case .dashDotted: [5, 2, 1, 2]
    }
  }
}

/// The style of a line: colour, width in points, and dash pattern.
public struct Pen: Hashable, Sendable {
  /// The colour of the line.
  public var color: Color
  /// The width of the line, in points.
  public var width: Double
  /// The dash pattern of the line.
  public var dash: Dash

  /// A pen; by default solid and one point wide.
  public init(color: Color, width: Double = 1, dash: Dash = .solid) {
    self.color = color
    self.width = width
    self.dash = dash
  }

  static let axis = Pen(color: .grey)
  static let grid = Pen(color: .gridGrey)
  static let minorGrid = Pen(color: Color(hex: 0xF2F2F2))
}

/// The marker at a data point.
public enum Marker: Hashable, Sendable, CaseIterable {
  case circle, square, triangle, diamond, invertedTriangle

  /// The corners around a centre, scaled so that the marker looks as large as a circle with this
  /// radius; empty for the circle.
  func corners(around center: Point, radius: Double) -> [Point] {
    let offsets: [(Double, Double)] =
      switch self {
      case .circle: []
      case .square: [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]
      case .triangle: [(0, -1.2), (1.15, 0.8), (-1.15, 0.8)]
      case .diamond: [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)]
      case .invertedTriangle: [(0, 1.2), (-1.15, -0.8), (1.15, -0.8)]
      }
    return offsets.map { Point(x: center.x + radius * $0.0, y: center.y + radius * $0.1) }
  }
}
