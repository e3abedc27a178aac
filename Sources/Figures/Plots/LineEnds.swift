extension LegendPlacement {
  /// The width of the connectors that lead to names at the ends of lines.
  static let leader = 12.0
}

extension PlotLayout {
  /// Writes the name of each series beside its last point, in its colour. Names that would touch
  /// are moved up or down and connected to their points by a thin line.
  func drawLineEnds(on canvas: inout Canvas) {
    let ends = items.compactMap { item -> (item: PlotItem, point: Point)? in
      guard !item.series.name.isEmpty else { return nil }
      let last = item.runs.joined().last { area.grown(by: 0.5).contains($0.point) }
      return last.map { (item, $0.point) }
    }.sorted { $0.point.y < $1.point.y }

    var style = TextStyle.legend
    let heights = PlotLayout.spread(
      ends.map(\.point.y), distance: style.lineHeight, from: area.y, to: area.maxY)
    // A moved name has a connector; then all names are aligned further to the right.
    let isMoved = zip(ends, heights).contains { abs($0.point.y - $1) > 2 }
    let gap = 8 + (isMoved ? LegendPlacement.leader : 0)
    for (end, height) in zip(ends, heights) {
      let place = Point(x: end.point.x + gap, y: height)
      if isMoved {
        canvas.line(
          from: Point(x: end.point.x + 2, y: end.point.y), to: Point(x: place.x - 3, y: height),
          pen: Pen(color: end.item.style.pen.color.mixed(with: .white, 0.3), width: 0.8))
      }
      style.color = end.item.style.pen.color.mixed(with: .ink, 0.15)
      let name = FontMetrics.truncate(
        end.item.series.name, width: body.maxX - place.x - 4, size: style.size)
      canvas.text(
        TextLine(name), at: Point(x: place.x, y: height + style.baselineShift), style: style)
    }
  }

  /// Ascending positions that are moved by a sweep down and one back up, to keep a minimum distance
  /// and stay within the bounds; if there is no space, they exceed the lower bound.
  static func spread(
    _ positions: [Double], distance: Double, from top: Double, to bottom: Double
  ) -> [Double] {
    var result = positions
    for index in result.indices {
      let least = index == 0 ? top : result[index - 1] + distance
      result[index] = max(result[index], least)
    }
    for index in result.indices.reversed() {
      let most = index == result.count - 1 ? bottom : result[index + 1] - distance
      result[index] = min(result[index], most)
    }
    return result
  }
}
