extension MatrixPlot {
  /// Up to this many cells along a side they are shapes, sharp at any size; beyond it, an image.
  private static let largestDrawnSide = 100
  private static let barWidth = 14.0
  private static let barGap = 16.0

  /// Draws the matrix, with square cells, as large as the frame allows.
  public func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let body = canvas.title(title, in: frame)
    let bar = colorBar()
    let style = TextStyle.tick
    let rowTicks = LinearTicks.ticks(
      in: 0...Double(max(rows - 1, 1)), count: min(8, rows), isInteger: true
    ).major.filter { $0.value < Double(rows) }
    let labelWidth = rowTicks.map { $0.label.width(size: style.size) }.max() ?? 0
    let lineHeight = TextStyle.axisLabel.lineHeight
    let left = labelWidth + 8 + (rowLabel.isEmpty ? 0 : lineHeight + 4)
    let bottom =
      style.lineHeight + 6 + (columnLabel.isEmpty ? 0 : lineHeight)
      + (caption.isEmpty ? 0 : lineHeight + 6)
    let right = bar.map { $0.width + MatrixPlot.barGap } ?? 4
    let room = body.inset(left: left, top: 2, right: right, bottom: bottom)

    let side = min(room.width / Double(columns), room.height / Double(rows))
    let area = Rectangle(
      x: room.midX - side * Double(columns) / 2, y: room.y,
      width: side * Double(columns), height: side * Double(rows))
    drawCells(on: &canvas, in: area)
    canvas.rectangle(area.grown(by: 0.5), pen: .axis)
    drawRows(rowTicks, labelWidth: labelWidth, on: &canvas, in: area)
    drawColumns(on: &canvas, in: area)
    if !caption.isEmpty {
      canvas.label(
        caption, at: Point(x: frame.midX, y: area.maxY + bottom - 4), length: body.width, angle: 0)
    }
    bar?.draw(
      on: &canvas,
      in: Rectangle(
        x: area.maxX + MatrixPlot.barGap, y: area.y, width: MatrixPlot.barWidth,
        height: area.height))
  }

  private func colorBar() -> ColorBar? {
    guard case .heatMap(let label, _) = style else { return nil }
    return ColorBar(label: label, limit: limit)
  }

  // MARK: Cells

  private func drawCells(on canvas: inout Canvas, in area: Rectangle) {
    let limit = limit
    if max(cells.rows, cells.columns) > MatrixPlot.largestDrawnSide {
      let pixels = cells.values.map { color(of: $0, limit: limit) }
      canvas.image(
        Bitmap(width: cells.columns, height: cells.rows, pixels: pixels), in: area)
      return
    }
    let side = area.width / Double(columns)
    // Cells of a pattern stand apart where they are large enough to show a gap.
    let gap = style == .pattern && side >= 6 ? 0.5 : 0
    var shapes: [Color: [Rectangle]] = [:]
    var order: [Color] = []
    for (index, value) in cells.values.enumerated() {
      let color = color(of: value, limit: limit)
      guard color != .white else { continue }
      let cell = Rectangle(
        x: area.x + Double(index % columns) * side, y: area.y + Double(index / columns) * side,
        width: side, height: side)
      if shapes[color] == nil { order.append(color) }
      shapes[color, default: []].append(cell.grown(by: -gap))
    }
    // By first appearance, since a dictionary's own order differs from run to run.
    for color in order { canvas.cells(shapes[color] ?? [], fill: color) }
  }

  // MARK: Labels

  private func drawRows(
    _ ticks: [Tick], labelWidth: Double, on canvas: inout Canvas, in area: Rectangle
  ) {
    let style = TextStyle.tick
    for tick in ticks {
      let y = area.y + (tick.value + 0.5) * area.height / Double(rows)
      canvas.line(from: Point(x: area.x - 4, y: y), to: Point(x: area.x, y: y), pen: .axis)
      canvas.text(
        tick.label, at: Point(x: area.x - 7, y: y + style.baselineShift), style: style, anchor: .end
      )
    }
    canvas.label(
      rowLabel, at: Point(x: area.x - labelWidth - 15, y: area.midY), length: area.height,
      angle: -90)
  }

  private func drawColumns(on canvas: inout Canvas, in area: Rectangle) {
    let style = TextStyle.tick
    let count = min(columns, max(1, Int(area.width / 45)))
    let ticks = LinearTicks.ticks(
      in: 0...Double(max(columns - 1, 1)), count: count, isInteger: true)
    for tick in ticks.major where tick.value < Double(columns) {
      let x = area.x + (tick.value + 0.5) * area.width / Double(columns)
      canvas.line(from: Point(x: x, y: area.maxY), to: Point(x: x, y: area.maxY + 4), pen: .axis)
      canvas.text(
        tick.label, at: Point(x: x, y: area.maxY + 6 + style.size), style: style, anchor: .middle)
    }
    canvas.label(
      columnLabel,
      at: Point(x: area.midX, y: area.maxY + 6 + style.lineHeight + TextStyle.axisLabel.size),
      length: area.width, angle: 0)
  }
}
