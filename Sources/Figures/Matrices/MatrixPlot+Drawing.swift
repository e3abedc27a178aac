extension MatrixPlot {
  /// Up to this many cells along a side are drawn as shapes, sharp at any size; more are an image.
  private static let largestDrawnSide = 100
  private static let barWidth = 14.0
  private static let barGap = 16.0

  /// Draws the matrix with square cells, as large as the frame allows.
  public func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let body = canvas.title(title, in: frame)
    let bar = colorBar()
    let style = TextStyle.tick
    let rowTicks = self.rowTicks
    let labelWidth = rowTicks.map { $0.label.width(size: style.size) }.max() ?? 0
    let lineHeight = TextStyle.axisLabel.lineHeight
    let left = labelWidth + 8 + (rowLabel.isEmpty ? 0 : lineHeight + 4)
    let right = bar.map { $0.width + MatrixPlot.barGap } ?? 4
    let angle = columnAngle(
      in: Size(width: body.width - left - right, height: body.height))
    let bottom =
      columnTickHeight(angle: angle) + 6 + (columnLabel.isEmpty ? 0 : lineHeight)
      + (caption.isEmpty ? 0 : lineHeight + 6)
    let room = body.inset(left: left, top: 2, right: right, bottom: bottom)

    let side = min(room.width / Double(columns), room.height / Double(rows))
    let area = Rectangle(
      x: room.midX - side * Double(columns) / 2, y: room.y,
      width: side * Double(columns), height: side * Double(rows))
    drawCells(on: &canvas, in: area)
    if isTable { drawTable(on: &canvas, in: area) }
    if region == .all { canvas.rectangle(area.grown(by: 0.5), pen: .axis) }
    drawRows(rowTicks, labelWidth: labelWidth, on: &canvas, in: area)
    drawColumns(on: &canvas, in: area, angle: angle)
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
    let limit = limit
    let range: ClosedRange<Double>
    let name: String
    switch style {
    case .pattern: return nil
    case .heatMap(let label, _): (name, range) = (label, -limit...limit)
    case .probabilities(let label): (name, range) = (label, 0...1)
    }
    return ColorBar(label: name, range: range) { color(of: $0, limit: limit) }
  }

  // MARK: Cells

  private func drawCells(on canvas: inout Canvas, in area: Rectangle) {
    let limit = limit
    if max(cells.rows, cells.columns) > MatrixPlot.largestDrawnSide {
      let pixels = cells.values.indices.map { index in
        isShown(index) ? color(of: cells.values[index], limit: limit) : .white
      }
      canvas.image(
        Bitmap(width: cells.columns, height: cells.rows, pixels: pixels), in: area)
      return
    }
    let side = area.width / Double(columns)
    // Cells of a pattern have gaps if they are large enough for gaps to be visible.
    let gap = style == .pattern && side >= 6 ? 0.5 : 0
    var shapes: [Color: [Rectangle]] = [:]
    var order: [Color] = []
    for (index, value) in cells.values.enumerated() {
      let color = color(of: value, limit: limit)
      guard color != .white, isShown(index) else { continue }
      let cell = Rectangle(
        x: area.x + Double(index % columns) * side, y: area.y + Double(index / columns) * side,
        width: side, height: side)
      if shapes[color] == nil { order.append(color) }
      shapes[color, default: []].append(cell.grown(by: -gap))
    }
    // In order of first appearance, since the order of a dictionary differs from run to run.
    for color in order { canvas.cells(shapes[color] ?? [], fill: color) }
  }

  /// Whether a cell is in the drawn region of the matrix; a block on the diagonal is half in it.
  func isShown(_ index: Int) -> Bool {
    let (row, column) = index.quotientAndRemainder(dividingBy: cells.columns)
    return region.contains(row: row, column: column) || (row == column && cells.rows < rows)
  }
}
