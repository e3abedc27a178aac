/// The colour scale beside a matrix.
struct ColorBar {
  let label: String
  let ticks: [Tick]
  private let projection: AxisProjection
  private let color: (Double) -> Color

  private static let barWidth = 14.0

  /// - Parameter color: The colour of each value in `range`.
  init(label: String, range: ClosedRange<Double>, color: @escaping (Double) -> Color) {
    self.label = label
    self.color = color
    projection = AxisProjection(
      axis: Axis(label, range: range), values: EmptyCollection(), margin: 0)
    ticks = projection.ticks(count: 6).major
  }

  private var labelWidth: Double {
    ticks.map { $0.label.width(size: TextStyle.tick.size) }.max() ?? 0
  }

  /// The width of the bar with its numbers and label.
  var width: Double {
    ColorBar.barWidth + 8 + labelWidth
      + (label.isEmpty ? 4 : TextStyle.axisLabel.lineHeight + 6)
  }

  /// Draws the colours in `bar`, and the numbers and the label to the right of it.
  func draw(on canvas: inout Canvas, in bar: Rectangle) {
    let steps = 256
    let (low, high) = (projection.range.lowerBound, projection.range.upperBound)
    let colors = (0..<steps).map { step in
      let share = Double(step) / Double(steps - 1)
      return color(high * (1 - share) + low * share)
    }
    canvas.image(Bitmap(width: 1, height: steps, pixels: colors), in: bar)
    canvas.rectangle(bar.grown(by: 0.5), pen: .axis)
    let style = TextStyle.tick
    for tick in ticks {
      let y = bar.maxY - projection.fraction(of: tick.value) * bar.height
      canvas.line(from: Point(x: bar.maxX, y: y), to: Point(x: bar.maxX + 4, y: y), pen: .axis)
      canvas.text(
        tick.label, at: Point(x: bar.maxX + 7, y: y + style.baselineShift), style: style)
    }
    canvas.label(
      label, at: Point(x: bar.maxX + 7 + labelWidth + 6 + 12, y: bar.midY), length: bar.height,
      angle: -90)
  }
}
