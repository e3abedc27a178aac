/// A picture: a plot, a matrix, a grid of images, or several of these.
///
/// Your own figure defines its title, its size, and how it is drawn in a frame of at least that
/// size. It can then be written as an SVG file and be a panel of a `FigureGrid`.
public protocol Figure: Sendable {
  /// The title; empty for none.
  var title: String { get }
  /// The natural size of the figure.
  var size: Size { get }
  /// The figure as pixels, if it consists of pixels; otherwise `nil`.
  var bitmap: Bitmap? { get }
  /// Draws the complete figure, including the title, within `frame`.
  func draw(on canvas: inout Canvas, in frame: Rectangle)
}

extension Figure {
  /// `nil`: most figures do not consist of pixels.
  public var bitmap: Bitmap? { nil }

  /// The text of an SVG file: the same, byte for byte, on every run.
  public var svg: String {
    var canvas = Canvas()
    draw(on: &canvas, in: Rectangle(x: 0, y: 0, width: size.width, height: size.height))
    return canvas.document(size: size, title: title)
  }
}
