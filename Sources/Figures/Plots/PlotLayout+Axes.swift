extension PlotLayout {
  /// Draws the grid, the axes, and their numbers and labels.
  func drawAxes(on canvas: inout Canvas) {
    drawGrid(on: &canvas)
    let corner = Point(x: area.x, y: area.maxY)
    canvas.line(from: Point(x: area.x, y: area.y), to: corner, pen: .axis)
    canvas.line(from: corner, to: Point(x: area.maxX, y: area.maxY), pen: .axis)
    if y.range.lowerBound < 0, y.range.upperBound > 0, plot.yAxis.scale == .linear {
      canvas.line(
        from: Point(x: area.x, y: yPosition(0)), to: Point(x: area.maxX, y: yPosition(0)),
        pen: Pen(color: Color(hex: 0x9A9A9A)))
    }
    drawXLabels(on: &canvas)
    drawYLabels(on: &canvas)
  }

  private func drawGrid(on canvas: inout Canvas) {
    for (values, pen) in [
      (xTicks.minor, Pen.minorGrid),
      (plot.xAxis.categories.isEmpty ? xTicks.major.map(\.value) : [], .grid),
    ] {
      for value in values {
        let position = xPosition(value)
        canvas.line(
          from: Point(x: position, y: area.y), to: Point(x: position, y: area.maxY), pen: pen)
      }
    }
    for (values, pen) in [(yTicks.minor, Pen.minorGrid), (yTicks.major.map(\.value), .grid)] {
      for value in values {
        let position = yPosition(value)
        canvas.line(
          from: Point(x: area.x, y: position), to: Point(x: area.maxX, y: position), pen: pen)
      }
    }
  }

  private func drawXLabels(on canvas: inout Canvas) {
    let style = TextStyle.tick
    for tick in xTicks.major {
      let position = xPosition(tick.value)
      let end = area.maxY + PlotLayout.tickLength
      canvas.line(
        from: Point(x: position, y: area.maxY), to: Point(x: position, y: end), pen: .axis)
      let baseline = Point(
        x: position, y: area.maxY + PlotLayout.tickGap + style.size * (slantsXLabels ? 0.6 : 0.95))
      canvas.text(
        tick.label, at: baseline, style: style, anchor: slantsXLabels ? .end : .middle,
        angle: slantsXLabels ? -PlotLayout.slant : 0)
    }
    canvas.label(
      plot.xAxis.label, at: Point(x: area.midX, y: bottomOfLabels), length: area.width, angle: 0)
  }

  private var bottomOfLabels: Double {
    let slanted = slantsXLabels ? PlotLayout.slantedHeight(xTicks) : 0
    return area.maxY + PlotLayout.tickGap + max(TextStyle.tick.lineHeight, slanted)
      + TextStyle.axisLabel.size
  }

  private func drawYLabels(on canvas: inout Canvas) {
    let style = TextStyle.tick
    for tick in yTicks.major {
      let position = yPosition(tick.value)
      let end = Point(x: area.x - PlotLayout.tickLength, y: position)
      canvas.line(from: Point(x: area.x, y: position), to: end, pen: .axis)
      canvas.text(
        tick.label, at: Point(x: area.x - PlotLayout.tickGap, y: position + style.baselineShift),
        style: style, anchor: .end)
    }
    let width = yTicks.major.map { $0.label.width(size: style.size) }.max() ?? 0
    canvas.label(
      plot.yAxis.label,
      at: Point(x: area.x - PlotLayout.tickGap - width - 8, y: area.midY),
      length: area.height, angle: -90)
  }
}
