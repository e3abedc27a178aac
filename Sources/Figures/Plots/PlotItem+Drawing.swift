extension PlotItem {
  // MARK: Background

  /// Draws the elements behind all lines: bands and bars.
  func drawArea(on canvas: inout Canvas, in layout: PlotLayout) {
    guard !isEmpty else { return }
    clipped(on: &canvas, in: layout) { canvas in
      if series.style.isLine, series.band != nil { drawBand(on: &canvas) }
      if series.style.shape == .bars { drawBars(on: &canvas, in: layout) }
    }
  }

  private func drawBand(on canvas: inout Canvas) {
    // A bound that cannot be drawn interrupts the band, but not the line.
    for run in runs {
      for piece in run.split(whereSeparator: { $0.band == nil }) where piece.count > 1 {
        let upper = piece.map { Point(x: $0.point.x, y: $0.band?.upper ?? 0) }
        let lower = piece.map { Point(x: $0.point.x, y: $0.band?.lower ?? 0) }
        canvas.polygon(
          PlotItem.thinned(upper) + PlotItem.thinned(lower).reversed(), fill: style.pen.color,
          opacity: PlotItem.bandOpacity)
      }
    }
  }

  private func drawBars(on canvas: inout Canvas, in layout: PlotLayout) {
    for placed in runs.joined() {
      let top = min(placed.point.y, layout.baseline)
      let bar = Rectangle(
        x: placed.point.x + barOffset - barWidth / 2, y: top, width: barWidth,
        height: abs(placed.point.y - layout.baseline))
      canvas.rectangle(bar, fill: style.pen.color)
    }
  }

  // MARK: Foreground

  /// Draws lines, stems, whiskers and markers.
  func drawMarks(on canvas: inout Canvas, in layout: PlotLayout) {
    guard !isEmpty else { return }
    clipped(on: &canvas, in: layout) { canvas in
      if series.style.isLine { drawLines(on: &canvas) }
      if series.style.shape == .stems { drawStems(on: &canvas, in: layout) }
      if !series.style.isLine, series.band != nil { drawWhiskers(on: &canvas) }
    }
    // Markers at the border of the area are not clipped.
    for placed in runs.joined() where layout.area.grown(by: 0.5).contains(placed.point) {
      if series.style.shape != .line, series.style.shape != .bars {
        canvas.marker(
          style.marker, at: placed.point, radius: ResolvedStyle.markerRadius, fill: style.pen.color)
      }
    }
  }

  private func drawLines(on canvas: inout Canvas) {
    for run in runs {
      if run.count > 1 {
        canvas.polyline(PlotItem.thinned(run.map(\.point)), pen: style.pen)
      } else if series.style.shape == .line {
        // A point between two gaps has no line; it would be invisible without a marker.
        canvas.marker(.circle, at: run[0].point, radius: style.pen.width, fill: style.pen.color)
      }
    }
  }

  private func drawStems(on canvas: inout Canvas, in layout: PlotLayout) {
    for placed in runs.joined() {
      let foot = Point(x: placed.point.x, y: layout.baseline)
      canvas.line(from: foot, to: placed.point, pen: style.pen)
    }
  }

  private func drawWhiskers(on canvas: inout Canvas) {
    let pen = Pen(color: series.style.standsOnZero ? .ink : style.pen.color, width: 1.1)
    for placed in runs.joined() {
      guard let band = placed.band else { continue }
      let x = placed.point.x + barOffset
      canvas.line(from: Point(x: x, y: band.lower), to: Point(x: x, y: band.upper), pen: pen)
      for y in [band.lower, band.upper] {
        canvas.line(from: Point(x: x - 4, y: y), to: Point(x: x + 4, y: y), pen: pen)
      }
    }
  }

  // MARK: Helpers

  /// Only an axis with an explicit range can have data outside of it.
  private func clipped(
    on canvas: inout Canvas, in layout: PlotLayout, _ draw: (inout Canvas) -> Void
  ) {
    if layout.plot.xAxis.range != nil || layout.plot.yAxis.range != nil {
      canvas.clipped(to: layout.area, draw)
    } else {
      draw(&canvas)
    }
  }

  /// The first, lowest, highest and last point of each run within a quarter of a point along `x`;
  /// the omitted points would be drawn over these.
  static func thinned(_ points: [Point]) -> [Point] {
    var result: [Point] = []
    var start = 0
    while start < points.count {
      let column = (points[start].x * 4).rounded(.down)
      var end = start + 1
      while end < points.count, (points[end].x * 4).rounded(.down) == column { end += 1 }
      if end - start <= 4 {
        result += points[start..<end]
      } else {
        let indices = start..<end
        let low = indices.min { points[$0].y < points[$1].y } ?? start
        let high = indices.max { points[$0].y < points[$1].y } ?? start
        result += Set([start, low, high, end - 1]).sorted().map { points[$0] }
      }
      start = end
    }
    return result
  }
}
