extension Canvas {
  private static let margin = 8.0

  /// Draws a title at the top of a frame, wrapped if it is too long, and returns the rest of the
  /// frame.
  mutating func title(_ title: String, in frame: Rectangle) -> Rectangle {
    let style = TextStyle.title
    for (index, line) in Canvas.titleLines(title, width: frame.width).enumerated() {
      let baseline = frame.y + Canvas.margin + style.size + Double(index) * style.lineHeight
      text(TextLine(line), at: Point(x: frame.midX, y: baseline), style: style, anchor: .middle)
    }
    let height = Canvas.titleHeight(title, width: frame.width)
    return frame.inset(
      left: Canvas.margin, top: Canvas.margin + height, right: Canvas.margin, bottom: Canvas.margin)
  }

  /// The height of a title in a frame of this width; 0 without a title.
  static func titleHeight(_ title: String, width: Double) -> Double {
    let count = titleLines(title, width: width).count
    return count == 0 ? 0 : Double(count) * TextStyle.title.lineHeight + 4
  }

  private static func titleLines(_ title: String, width: Double) -> [String] {
    FontMetrics.wrap(title, width: width - 2 * margin, style: .title)
  }

  /// Draws the label of an axis, centred, and smaller if it is longer than the axis.
  mutating func label(_ label: String, at point: Point, length: Double, angle: Double) {
    guard !label.isEmpty else { return }
    var style = TextStyle.axisLabel
    let width = TextLine(label).width(size: style.size)
    if width > length { style.size = max(8, style.size * length / width) }
    text(TextLine(label), at: point, style: style, anchor: .middle, angle: angle)
  }
}
