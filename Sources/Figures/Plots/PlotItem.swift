/// A series with its points positioned in a plot's area.
struct PlotItem {
  let series: Series
  let style: ResolvedStyle
  /// The points between gaps, with the bounds of the band if there is one.
  let runs: [[PlacedPoint]]
  /// The width of a bar, and the offset of its middle from the value of `x`, in points.
  let barWidth: Double
  let barOffset: Double

  /// The opacity of a band.
  static let bandOpacity = 0.18

  struct PlacedPoint {
    var point: Point
    /// The positions of the band's lower and upper bounds.
    var band: (lower: Double, upper: Double)?
  }

  var isEmpty: Bool { runs.isEmpty }

  // MARK: Creating

  static func items(of layout: PlotLayout) -> [PlotItem] {
    let plot = layout.plot
    let barCount = plot.series.count { $0.style.shape == .bars }
    let slot = min(60, 0.8 * barSpacing(of: layout)) / Double(max(barCount, 1))
    var bar = 0
    return plot.series.enumerated().map { index, series in
      let isBar = series.style.shape == .bars
      defer { bar += isBar ? 1 : 0 }
      return PlotItem(
        series: series, style: series.style.resolved(index: index),
        runs: runs(of: series, in: layout), barWidth: slot * 0.92,
        barOffset: isBar ? slot * (Double(bar) - Double(barCount - 1) / 2) : 0)
    }
  }

  private static func runs(of series: Series, in layout: PlotLayout) -> [[PlacedPoint]] {
    var runs: [[PlacedPoint]] = [[]]
    for index in series.x.indices {
      guard let point = layout.point(series.x[index], series.y[index]) else {
        if runs.last?.isEmpty == false { runs.append([]) }
        continue
      }
      let band = series.band.flatMap { band in
        layout.point(series.x[index], band.lower[index]).flatMap { lower in
          layout.point(series.x[index], band.upper[index]).map { (lower: lower.y, upper: $0.y) }
        }
      }
      runs[runs.count - 1].append(PlacedPoint(point: point, band: band))
    }
    return runs.filter { !$0.isEmpty }
  }

  /// The smallest distance between the bars of one series, in points.
  private static func barSpacing(of layout: PlotLayout) -> Double {
    var smallest = layout.area.width / 3
    for series in layout.plot.series where series.style.shape == .bars {
      let places = series.x.filter { AxisProjection.isPlaced($0, on: layout.plot.xAxis.scale) }
        .map(layout.x.fraction).sorted()
      for (left, right) in zip(places, places.dropFirst()) where right > left {
        smallest = min(smallest, (right - left) * layout.area.width)
      }
    }
    return smallest
  }

  // MARK: Ranges

  static func xProjection(of plot: LinePlot) -> AxisProjection {
    let values = plot.series.flatMap { $0.x }
    let standing = plot.series.filter { $0.style.standsOnZero && plot.xAxis.scale == .linear }
    // Half the distance between two bars at each end keeps the outer bars inside.
    let ends = standing.flatMap { series -> [Double] in
      let places = series.x.filter(\.isFinite).sorted()
      guard let first = places.first, let last = places.last else { return [] }
      let gaps = zip(places, places.dropFirst()).map { $1 - $0 }.filter { $0 > 0 }
      let half = (gaps.min() ?? 1) * 0.6
      return [first - half, last + half]
    }
    return AxisProjection(
      axis: plot.xAxis, values: ends + values, margin: ends.isEmpty ? 0.02 : 0)
  }

  static func yProjection(of plot: LinePlot) -> AxisProjection {
    let values = plot.series.flatMap { series -> [Double] in
      let visible = series.x.indices.filter { index in
        plot.xAxis.range?.contains(series.x[index])
          ?? AxisProjection.isPlaced(series.x[index], on: plot.xAxis.scale)
      }
      let bounds = series.band.map { [$0.lower, $0.upper] } ?? []
      return ([series.y] + bounds).flatMap { list in visible.map { list[$0] } }
    }
    return AxisProjection(
      axis: plot.yAxis, values: values, margin: 0.06,
      includesZero: plot.series.contains { $0.style.standsOnZero })
  }

  // MARK: Covered points

  /// Dense points on everything that is drawn, so that a legend can avoid it.
  func footprint(in layout: PlotLayout) -> [Point] {
    var result: [Point] = []
    for run in runs {
      for (index, placed) in run.enumerated() {
        result.append(placed.point)
        if series.style.isLine, index > 0 {
          result += PlotItem.between(run[index - 1].point, placed.point)
        }
        if series.style.standsOnZero {
          let x = placed.point.x + barOffset
          let half = series.style.shape == .bars ? barWidth / 2 : 0
          for side in [-half, 0, half] {
            let end = Point(x: x + side, y: placed.point.y)
            result += [end] + PlotItem.between(Point(x: end.x, y: layout.baseline), end)
          }
        }
        if let band = placed.band {
          let upper = Point(x: placed.point.x, y: band.upper)
          let lower = Point(x: placed.point.x, y: band.lower)
          result += [upper, lower] + PlotItem.between(upper, lower)
          if series.style.isLine, index > 0, let before = run[index - 1].band {
            let x = run[index - 1].point.x
            result += PlotItem.between(Point(x: x, y: before.upper), upper)
            result += PlotItem.between(Point(x: x, y: before.lower), lower)
          }
        }
      }
    }
    return result.filter { layout.area.contains($0) }
  }

  /// Points on a segment, at most six points apart.
  private static func between(_ start: Point, _ end: Point) -> [Point] {
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let count = Int(min((dx * dx + dy * dy).squareRoot(), 1e4) / 6)
    guard count > 0 else { return [] }
    return (1...count).map { step in
      let share = Double(step) / Double(count + 1)
      return Point(x: start.x + share * dx, y: start.y + share * dy)
    }
  }
}
