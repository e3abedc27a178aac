/// A position on a canvas, in points; `y` increases downward, as in SVG.
public struct Point: Hashable, Sendable {
  /// The distance from the left side.
  public var x: Double
  /// The distance from the top.
  public var y: Double

  /// A position with these coordinates.
  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// The size of a figure, in points (1/72 inch in print, one pixel on a screen at 100 %).
public struct Size: Hashable, Sendable {
  /// The width.
  public var width: Double
  /// The height.
  public var height: Double

  /// A size with this width and height.
  public init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }
}

/// An axis-aligned rectangle, in points.
public struct Rectangle: Hashable, Sendable {
  /// The x-coordinate of the left side.
  public var x: Double
  /// The y-coordinate of the upper side.
  public var y: Double
  /// The width.
  public var width: Double
  /// The height.
  public var height: Double

  /// A rectangle with this upper left corner and size.
  public init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The x-coordinate of the right side.
  public var maxX: Double { x + width }
  /// The y-coordinate of the lower side.
  public var maxY: Double { y + height }
  /// The x-coordinate of the centre.
  public var midX: Double { x + width / 2 }
  /// The y-coordinate of the centre.
  public var midY: Double { y + height / 2 }

  /// Whether the point is inside the rectangle or on its border.
  public func contains(_ point: Point) -> Bool {
    point.x >= x && point.x <= maxX && point.y >= y && point.y <= maxY
  }

  /// The rectangle reduced on each side; its width and height are at least zero.
  public func inset(
    left: Double = 0, top: Double = 0, right: Double = 0, bottom: Double = 0
  ) -> Rectangle {
    Rectangle(
      x: x + left, y: y + top,
      width: max(0, width - left - right), height: max(0, height - top - bottom))
  }

  /// The rectangle enlarged by the same amount on each side.
  func grown(by amount: Double) -> Rectangle {
    Rectangle(
      x: x - amount, y: y - amount, width: width + 2 * amount, height: height + 2 * amount)
  }
}
