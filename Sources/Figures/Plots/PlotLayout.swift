/// A plot with every position settled: the area of the data, the axes' ranges and ticks.
struct PlotLayout {
  let plot: LinePlot
  let area: Rectangle
  let x: AxisProjection
  let y: AxisProjection
  let xTicks: Ticks
  let yTicks: Ticks
  let slantsXLabels: Bool
  private(set) var items: [PlotItem] = []

  private static let tickLength = 4.0
  private static let tickGap = 7.0
  private static let slant = 35.0

  // MARK: Making

  /// The layout and the legend, which depend on each other: a legend moves out of the area when no
  /// place inside is free.
  static func settle(_ plot: LinePlot, in body: Rectangle) -> (layout: PlotLayout, legend: Legend?)
  {
    let entries = LegendEntry.entries(of: plot)
    switch plot.legend {
    case .none: return (PlotLayout(plot, in: body), nil)
    case .lineEnds:
      let width = entries.map { TextLine($0.name).width(size: TextStyle.legend.size) }.max() ?? 0
      return (PlotLayout(plot, in: body.inset(right: width)), nil)
    case .automatic where entries.isEmpty || plot.series.count == 1:
      return (PlotLayout(plot, in: body), nil)
    case .automatic:
      let layout = PlotLayout(plot, in: body)
      if let legend = Legend.inside(layout, entries: entries) { return (layout, legend) }
      return outside(plot, entries, in: body)
    case .outside: return outside(plot, entries, in: body)
    }
  }

  private static func outside(
    _ plot: LinePlot, _ entries: [LegendEntry], in body: Rectangle
  ) -> (layout: PlotLayout, legend: Legend?) {
    let size = Legend.size(of: entries, maximumWidth: body.width * 0.4)
    let layout = PlotLayout(plot, in: body.inset(right: size.width + 4))
    let box = Rectangle(
      x: body.maxX - size.width, y: layout.area.y, width: size.width, height: size.height)
    return (layout, Legend(entries: entries, box: box, isFramed: false))
  }

  private init(_ plot: LinePlot, in body: Rectangle) {
    self.plot = plot
    x = PlotItem.xProjection(of: plot)
    y = PlotItem.yProjection(of: plot)

    let lineHeight = TextStyle.axisLabel.lineHeight
    let yTicks = y.ticks(count: max(2, Int(body.height / 50)))
    let yWidth = yTicks.major.map { $0.label.width(size: TextStyle.tick.size) }.max() ?? 0
    let left = yWidth + PlotLayout.tickGap + (plot.yAxis.label.isEmpty ? 4 : lineHeight + 6)
    var right = 14.0

    let fitted = PlotLayout.fit(x, width: body.width - left - right)
    let lastWidth = fitted.ticks.major.last?.label.width(size: TextStyle.tick.size) ?? 0
    if !fitted.slants { right = max(right, lastWidth / 2) }
    let slanted = fitted.slants ? PlotLayout.slantedHeight(fitted.ticks) : 0
    let bottom =
      PlotLayout.tickGap + max(TextStyle.tick.lineHeight, slanted)
      + (plot.xAxis.label.isEmpty ? 4 : lineHeight + 4)

    area = body.inset(left: left, top: 8, right: right, bottom: bottom)
    self.yTicks = yTicks
    (xTicks, slantsXLabels) = fitted
    items = PlotItem.items(of: self)
  }

  /// As many ticks as have room for their labels. Names of categories are never left out; they are
  /// set at a slant where they would touch.
  private static func fit(
    _ axis: AxisProjection, width: Double
  ) -> (ticks: Ticks, slants: Bool) {
    func fits(_ ticks: Ticks) -> Bool {
      let spans = ticks.major.map { tick in
        (
          center: (axis.fraction(of: tick.value) ?? 0) * width,
          half: tick.label.width(size: TextStyle.tick.size) / 2 + 5
        )
      }
      return zip(spans, spans.dropFirst()).allSatisfy { $0.center + $0.half < $1.center - $1.half }
    }
    for count in stride(from: max(2, Int(width / 60)), through: 1, by: -1) {
      let ticks = axis.ticks(count: count)
      if fits(ticks) { return (ticks, false) }
    }
    return (axis.ticks(count: 1), !axis.axis.categories.isEmpty)
  }

  private static func slantedHeight(_ ticks: Ticks) -> Double {
    let width = ticks.major.map { $0.label.width(size: TextStyle.tick.size) }.max() ?? 0
    return width * 0.574 + TextStyle.tick.size  // sin 35°
  }

  // MARK: Positions

  /// Where a value is drawn; `nil` for a gap.
  func point(_ xValue: Double, _ yValue: Double) -> Point? {
    guard let xFraction = x.fraction(of: xValue), let yFraction = y.fraction(of: yValue) else {
      return nil
    }
    return Point(x: area.x + xFraction * area.width, y: area.maxY - yFraction * area.height)
  }

  private func xPosition(_ value: Double) -> Double {
    area.x + (x.fraction(of: value) ?? 0) * area.width
  }

  private func yPosition(_ value: Double) -> Double {
    area.maxY - (y.fraction(of: value) ?? 0) * area.height
  }

  /// The height from which bars and stems rise: zero, or the lower end of a range without zero.
  var baseline: Double {
    guard let fraction = y.fraction(of: 0) else { return area.maxY }
    return area.maxY - min(max(fraction, 0), 1) * area.height
  }

  // MARK: Drawing

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
