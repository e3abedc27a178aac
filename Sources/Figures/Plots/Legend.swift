/// The legend entry of a series.
struct LegendEntry {
  let name: String
  let shape: SeriesStyle.Shape
  let style: ResolvedStyle
  /// Whether the line has a band.
  let hasBand: Bool

  /// The entries of the series with names, in order.
  static func entries(of plot: LinePlot) -> [LegendEntry] {
    plot.series.enumerated().compactMap { index, series in
      guard !series.name.isEmpty else { return nil }
      return LegendEntry(
        name: series.name, shape: series.style.shape, style: series.style.resolved(index: index),
        hasBand: series.style.isLine && series.band != nil)
    }
  }
}

/// The box with the names of the series.
struct Legend {
  let entries: [LegendEntry]
  let box: Rectangle
  /// The number of series for which there is no space.
  var omitted = 0
  /// Whether the box has a white background and a thin border that separate it from the grid.
  let isFramed: Bool

  private static let padding = 8.0
  private static let keyWidth = 26.0
  private static let lineHeight = 18.0

  static func size(of entries: [LegendEntry], maximumWidth: Double) -> Size {
    let widest = entries.map { TextLine($0.name).width(size: TextStyle.legend.size) }.max() ?? 0
    return Size(
      width: min(maximumWidth, widest + keyWidth + 6 + 2 * padding),
      height: Double(entries.count) * lineHeight + 2 * padding - 4)
  }

  /// A legend beside the plot area, with as many series as fit into `height`.
  static func beside(
    _ area: Rectangle, entries: [LegendEntry], size: Size, height: Double
  ) -> Legend {
    let capacity = max(2, Int((height - 2 * padding) / lineHeight))
    let count = entries.count <= capacity ? entries.count : capacity - 1
    let box = Rectangle(x: area.maxX + 8, y: area.y, width: size.width, height: size.height)
    return Legend(
      entries: Array(entries.prefix(count)), box: box, omitted: entries.count - count,
      isFramed: false)
  }

  /// A legend at the first of eight positions along the border of the area that covers no data,
  /// corners first.
  static func inside(_ layout: PlotLayout, entries: [LegendEntry]) -> Legend? {
    let area = layout.area
    let size = size(of: entries, maximumWidth: area.width * 0.6)
    let inner = area.inset(left: 8, top: 8, right: 8, bottom: 8)
    guard size.width <= inner.width, size.height <= inner.height else { return nil }
    let (left, center, right) = (inner.x, inner.midX - size.width / 2, inner.maxX - size.width)
    let (top, middle, bottom) = (inner.y, inner.midY - size.height / 2, inner.maxY - size.height)
    let places = [
      (right, top), (left, top), (right, bottom), (left, bottom),
      (right, middle), (left, middle), (center, top), (center, bottom),
    ]
    let covered = layout.items.flatMap { $0.footprint(in: layout) }
    for (x, y) in places {
      let box = Rectangle(x: x, y: y, width: size.width, height: size.height)
      let surroundings = box.grown(by: 5)
      if !covered.contains(where: surroundings.contains) {
        return Legend(entries: entries, box: box, isFramed: true)
      }
    }
    return nil
  }

  func draw(on canvas: inout Canvas) {
    if isFramed {
      canvas.rectangle(box, fill: .white, pen: Pen(color: .gridGrey))
    }
    for (index, entry) in entries.enumerated() {
      let y = middle(of: index)
      drawKey(of: entry, at: y, on: &canvas)
      let x = box.x + Legend.padding + Legend.keyWidth + 6
      let name = FontMetrics.truncate(
        entry.name, width: box.maxX - x - 2, size: TextStyle.legend.size)
      canvas.text(
        TextLine(name), at: Point(x: x, y: y + TextStyle.legend.baselineShift), style: .legend)
    }
    if omitted > 0 {
      let place = Point(x: box.x + Legend.padding, y: middle(of: entries.count) + 4)
      canvas.text(TextLine("and \(omitted) more"), at: place, style: .legend)
    }
  }

  private func middle(of line: Int) -> Double {
    box.y + Legend.padding + (Double(line) + 0.5) * Legend.lineHeight - 2
  }

  private func drawKey(of entry: LegendEntry, at y: Double, on canvas: inout Canvas) {
    let start = Point(x: box.x + Legend.padding, y: y)
    let end = Point(x: start.x + Legend.keyWidth, y: y)
    let middle = Point(x: (start.x + end.x) / 2, y: y)
    if entry.hasBand {
      canvas.rectangle(
        Rectangle(x: start.x, y: y - 5, width: Legend.keyWidth, height: 10),
        fill: entry.style.pen.color, opacity: PlotItem.bandOpacity)
    }
    switch entry.shape {
    case .bars:
      let square = Rectangle(x: middle.x - 6, y: y - 6, width: 12, height: 12)
      canvas.rectangle(square, fill: entry.style.pen.color)
      return
    case .line, .markedLine: canvas.line(from: start, to: end, pen: entry.style.pen)
    case .stems:
      let foot = Point(x: middle.x, y: y + 7)
      canvas.line(from: foot, to: Point(x: middle.x, y: y - 2), pen: entry.style.pen)
    case .markers: break
    }
    if entry.shape != .line {
      let raised = entry.shape == .stems ? Point(x: middle.x, y: y - 3) : middle
      canvas.marker(
        entry.style.marker, at: raised, radius: ResolvedStyle.markerRadius,
        fill: entry.style.pen.color)
    }
  }
}
