/// Something that can be drawn: a plot, a matrix, a grid of images, or several of these.
///
/// A figure of one's own needs its title, its size, and how it is drawn within a frame of that size
/// or larger; it can then be written as an SVG file and take its place in a `FigureGrid`.
public protocol Figure: Sendable {
  /// The title; empty for none.
  var title: String { get }
  /// The size at which it is meant to be seen.
  var size: Size { get }
  /// The figure as pixels, where it is made of pixels; `nil` for all others.
  var bitmap: Bitmap? { get }
  /// Draws everything, the title included, within `frame`.
  func draw(on canvas: inout Canvas, in frame: Rectangle)
}

extension Figure {
  /// Most figures are not made of pixels.
  public var bitmap: Bitmap? { nil }

  /// The picture as the text of an SVG file: the same, byte for byte, on every run.
  public var svg: String {
    var canvas = Canvas()
    draw(on: &canvas, in: Rectangle(x: 0, y: 0, width: size.width, height: size.height))
    return canvas.document(size: size, title: title)
  }
}
