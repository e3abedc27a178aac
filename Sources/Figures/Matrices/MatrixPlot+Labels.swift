import Foundation

extension MatrixPlot {
  /// The labels of the rows: their names, or some of their indices.
  var rowTicks: [Tick] {
    rowNames.isEmpty ? MatrixPlot.numbers(rows, count: min(8, rows)) : MatrixPlot.names(rowNames)
  }

  private static func numbers(_ length: Int, count: Int) -> [Tick] {
    LinearTicks.ticks(in: 0...Double(max(length - 1, 1)), count: count, isInteger: true).major
      .filter { $0.value < Double(length) }
  }

  private static func names(_ names: [String]) -> [Tick] {
    names.enumerated().map { index, name in
      let short = FontMetrics.truncate(name, width: 120, size: TextStyle.tick.size)
      return Tick(value: Double(index), label: TextLine(short))
    }
  }

  /// Every `n`-th name if all names would touch; indices are sparse enough already.
  private static func thinned(
    _ ticks: [Tick], areNames: Bool, distance: Double, least: Double
  ) -> [Tick] {
    let stride = areNames ? max(1, Int((least / max(distance, 0.01)).rounded(.up))) : 1
    return ticks.filter { Int($0.value) % stride == 0 }
  }

  // MARK: Rows

  func drawRows(
    _ ticks: [Tick], labelWidth: Double, on canvas: inout Canvas, in area: Rectangle
  ) {
    let style = TextStyle.tick
    let side = area.height / Double(rows)
    for tick in MatrixPlot.thinned(
      ticks, areNames: !rowNames.isEmpty, distance: side, least: style.size)
    {
      let y = area.y + (tick.value + 0.5) * side
      if region == .all {
        canvas.line(from: Point(x: area.x - 4, y: y), to: Point(x: area.x, y: y), pen: .axis)
      }
      canvas.text(
        tick.label, at: Point(x: area.x - 7, y: y + style.baselineShift), style: style, anchor: .end
      )
    }
    canvas.label(
      rowLabel, at: Point(x: area.x - labelWidth - 15, y: area.midY), length: area.height,
      angle: -90)
  }

  // MARK: Columns

  private func columnTicks(width: Double) -> [Tick] {
    columnNames.isEmpty
      ? MatrixPlot.numbers(columns, count: min(columns, max(1, Int(width / 45))))
      : MatrixPlot.names(columnNames)
  }

  /// The angle of the column labels in a space of this size, counterclockwise in degrees. Names
  /// that are wider than their columns are slanted, or vertical if slanted names would touch too.
  func columnAngle(in room: Size) -> Double {
    let style = TextStyle.tick
    // The labels themselves take some of the height, at most a fifth.
    let side = min(room.width / Double(columns), 0.8 * room.height / Double(rows))
    let widest = MatrixPlot.widest(columnTicks(width: room.width))
    guard !columnNames.isEmpty, widest + 4 > side else { return 0 }
    return side * sin(PlotLayout.slant * .pi / 180) > style.size ? PlotLayout.slant : 90
  }

  /// The height of the labels below the matrix.
  func columnTickHeight(angle: Double) -> Double {
    let style = TextStyle.tick
    guard angle > 0 else { return style.lineHeight }
    let width = MatrixPlot.widest(MatrixPlot.names(columnNames))
    return width * sin(angle * .pi / 180) + (angle < 90 ? style.size : 2)
  }

  private static func widest(_ ticks: [Tick]) -> Double {
    ticks.map { $0.label.width(size: TextStyle.tick.size) }.max() ?? 0
  }

  func drawColumns(on canvas: inout Canvas, in area: Rectangle, angle: Double) {
    let style = TextStyle.tick
    let side = area.width / Double(columns)
    let ticks = columnTicks(width: area.width)
    for tick in MatrixPlot.thinned(
      ticks, areNames: !columnNames.isEmpty, distance: side,
      least: angle > 0 ? style.size : MatrixPlot.widest(ticks))
    {
      let x = area.x + (tick.value + 0.5) * side
      if region == .all {
        canvas.line(from: Point(x: x, y: area.maxY), to: Point(x: x, y: area.maxY + 4), pen: .axis)
      }
      let place =
        angle == 90
        ? Point(x: x + style.baselineShift, y: area.maxY + 6)
        : Point(x: x, y: area.maxY + 6 + style.size * (angle > 0 ? 0.6 : 1))
      canvas.text(
        tick.label, at: place, style: style, anchor: angle > 0 ? .end : .middle, angle: -angle)
    }
    canvas.label(
      columnLabel,
      at: Point(
        x: area.midX, y: area.maxY + 6 + columnTickHeight(angle: angle) + TextStyle.axisLabel.size),
      length: area.width, angle: 0)
  }
}
