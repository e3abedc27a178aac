/// A position on a canvas, in points; `y` grows downwards, as in SVG.
public struct Point: Hashable, Sendable {
  /// The distance from the left side.
  public var x: Double
  /// The distance from the top.
  public var y: Double

  /// A position from its coordinates.
  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// The extent of a figure, in points (1/72 inch in print, one pixel on a screen at 100 %).
public struct Size: Hashable, Sendable {
  /// From left to right.
  public var width: Double
  /// From top to bottom.
  public var height: Double

  /// An extent from its sides.
  public init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }
}

/// A rectangle with its sides along the axes, in points.
public struct Rectangle: Hashable, Sendable {
  /// The left side.
  public var x: Double
  /// The upper side.
  public var y: Double
  /// From left to right.
  public var width: Double
  /// From top to bottom.
  public var height: Double

  /// A rectangle from its upper left corner and its sides.
  public init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The right side.
  public var maxX: Double { x + width }
  /// The lower side.
  public var maxY: Double { y + height }
  /// Halfway between left and right.
  public var midX: Double { x + width / 2 }
  /// Halfway between top and bottom.
  public var midY: Double { y + height / 2 }

  /// Whether the point lies inside or on the border.
  public func contains(_ point: Point) -> Bool {
    point.x >= x && point.x <= maxX && point.y >= y && point.y <= maxY
  }

  /// The rectangle without a strip on each side; its width and height do not fall below zero.
  public func inset(
    left: Double = 0, top: Double = 0, right: Double = 0, bottom: Double = 0
  ) -> Rectangle {
    Rectangle(
      x: x + left, y: y + top,
      width: max(0, width - left - right), height: max(0, height - top - bottom))
  }

  /// The rectangle grown by the same amount on every side.
  func grown(by amount: Double) -> Rectangle {
    Rectangle(
      x: x - amount, y: y - amount, width: width + 2 * amount, height: height + 2 * amount)
  }
}
