extension MatrixPlot {
  /// Whether cells have borders, so that a zero differs from a blank cell.
  var isTable: Bool {
    (showsValues || region != .all) && max(rows, columns) <= 100
  }

  /// The smallest cell in which a number fits.
  static let smallestSide = 22.0

  /// Draws the borders of the cells and, if they fit, their values.
  func drawTable(on canvas: inout Canvas, in area: Rectangle) {
    let side = area.width / Double(columns)
    let limit = limit
    for index in cells.values.indices where isShown(index) {
      let cell = Rectangle(
        x: area.x + Double(index % columns) * side, y: area.y + Double(index / columns) * side,
        width: side, height: side)
      canvas.rectangle(cell, pen: Pen(color: .lightGrey, width: 0.75))
      guard showsValues, side >= MatrixPlot.smallestSide else { continue }
      let text = text(of: cells.values[index])
      let width = FontMetrics.width(of: text, size: 1)
      let isDark = color(of: cells.values[index], limit: limit).lightness < 0.55
      let style = TextStyle(
        size: min(13, (side - 4) / width), color: isDark ? .white : .ink)
      canvas.text(
        TextLine(text), at: Point(x: cell.midX, y: cell.midY + style.baselineShift), style: style,
        anchor: .middle)
    }
  }

  /// A value with two decimals; if it is too large for a cell, only its sign and that it is large.
  private func text(of value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value > 0 ? "∞" : "−∞" }
    if case .probabilities = style, 0...1 ~= value { return ProbabilityText.twoDigits(value) }
    guard abs(value) < 1e6 else { return value < 0 ? "< −10⁶" : "> 10⁶" }
    return DecimalNumber(digits: Int((value * 100).rounded()), exponent: -2).plain(decimals: 2)
  }
}
