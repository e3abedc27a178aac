/// A plot with all positions determined: the area of the data, the ranges of the axes and the
/// ticks.
struct PlotLayout {
  let plot: LinePlot
  /// The frame without its title and margins.
  let body: Rectangle
  /// The rectangle in which the data are drawn.
  let area: Rectangle
  let x: AxisProjection
  let y: AxisProjection
  let xTicks: Ticks
  let yTicks: Ticks
  let slantsXLabels: Bool
  private(set) var items: [PlotItem] = []

  static let tickLength = 4.0
  static let tickGap = 7.0
  static let slant = 35.0
  /// The largest share of the width for names at the ends of lines.
  static let lineEndShare = 0.4

  // MARK: Creating

  /// The layout and the legend, which depend on each other: a legend is outside of the area if no
  /// position inside is free.
  static func settle(_ plot: LinePlot, in body: Rectangle) -> (
    layout: PlotLayout, legend: Legend?
  ) {
    let entries = LegendEntry.entries(of: plot)
    switch plot.legend {
    case .none: return (PlotLayout(plot, in: body), nil)
    case .lineEnds:
      let widths = entries.map { TextLine($0.name).width(size: TextStyle.legend.size) }
      let room = min((widths.max() ?? 0) + LegendPlacement.leader, lineEndShare * body.width)
      return (PlotLayout(plot, in: body, reserved: room), nil)
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
    let layout = PlotLayout(plot, in: body, reserved: size.width)
    let legend = Legend.beside(layout.area, entries: entries, size: size, height: body.height)
    return (layout, legend)
  }

  /// - Parameter reserved: The width to the right of the area that is reserved for names.
  private init(_ plot: LinePlot, in body: Rectangle, reserved: Double = 0) {
    self.plot = plot
    self.body = body
    x = PlotItem.xProjection(of: plot)
    y = PlotItem.yProjection(of: plot)

    let lineHeight = TextStyle.axisLabel.lineHeight
    let yTicks = y.ticks(count: max(2, Int(body.height / 50)))
    let yWidth = yTicks.major.map { $0.label.width(size: TextStyle.tick.size) }.max() ?? 0
    var left = yWidth + PlotLayout.tickGap + (plot.yAxis.label.isEmpty ? 4 : lineHeight + 6)
    var right = 14.0

    let fitted = PlotLayout.fit(x, width: body.width - left - right - reserved)
    let lastWidth = fitted.ticks.major.last?.label.width(size: TextStyle.tick.size) ?? 0
    let firstWidth = fitted.ticks.major.first?.label.width(size: TextStyle.tick.size) ?? 0
    left = max(left, fitted.slants ? firstWidth * 0.8 : firstWidth / 2)
    if !fitted.slants { right = max(right, lastWidth / 2) }
    let slanted = fitted.slants ? PlotLayout.slantedHeight(fitted.ticks) : 0
    let bottom =
      PlotLayout.tickGap + max(TextStyle.tick.lineHeight, slanted)
      + (plot.xAxis.label.isEmpty ? 4 : lineHeight + 4)

    area = body.inset(left: left, top: 8, right: right + reserved, bottom: bottom)
    self.yTicks = yTicks
    (xTicks, slantsXLabels) = fitted
    items = PlotItem.items(of: self)
  }

  /// As many ticks as there is space for their labels. Names of categories are never omitted; they
  /// are slanted if they would touch.
  private static func fit(
    _ axis: AxisProjection, width: Double
  ) -> (ticks: Ticks, slants: Bool) {
    func fits(_ ticks: Ticks) -> Bool {
      let spans = ticks.major.map { tick in
        (
          center: axis.fraction(of: tick.value) * width,
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

  static func slantedHeight(_ ticks: Ticks) -> Double {
    let width = ticks.major.map { $0.label.width(size: TextStyle.tick.size) }.max() ?? 0
    return width * 0.574 + TextStyle.tick.size  // sin 35°
  }

  // MARK: Positions

  /// The position of a point; `nil` for a gap.
  func point(_ xValue: Double, _ yValue: Double) -> Point? {
    guard AxisProjection.isPlaced(xValue, on: plot.xAxis.scale),
      AxisProjection.isPlaced(yValue, on: plot.yAxis.scale)
    else { return nil }
    return Point(x: xPosition(xValue), y: yPosition(yValue))
  }

  func xPosition(_ value: Double) -> Double {
    area.x + x.fraction(of: value) * area.width
  }

  func yPosition(_ value: Double) -> Double {
    area.maxY - y.fraction(of: value) * area.height
  }

  /// The base of bars and stems: zero, or the end of the range nearest to it.
  var baseline: Double {
    guard plot.yAxis.scale == .linear else { return area.maxY }
    return min(max(yPosition(0), area.y), area.maxY)
  }
}
