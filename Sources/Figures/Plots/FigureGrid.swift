import Tensors

/// Several figures as panels of one picture, row by row, under a common title.
///
/// A column is as wide as its widest panel and a row as high as its highest one.
public struct FigureGrid: Figure {
  /// The title above all panels; empty for none.
  public let title: String
  /// The panels, row by row.
  public let panels: [any Figure]
  /// The number of panels in a row.
  public let columns: Int

  private static let gap = 12.0

  /// A picture of one or more panels.
  ///
  /// - Parameter columns: The number of panels in a row; `nil` for all panels in one row.
  public init(title: String = "", columns: Int? = nil, panels: [any Figure]) {
    require(!panels.isEmpty, "the grid of figures \"\(title)\" has no panels")
    require(columns ?? 1 > 0, "a grid of figures cannot have \(columns ?? 0) columns")
    self.title = title
    self.panels = panels
    self.columns = min(columns ?? panels.count, panels.count)
  }

  /// The size of all panels at their natural sizes, with gaps and title.
  public var size: Size {
    Size(
      width: columnWidths.reduce(0, +) + FigureGrid.gap * Double(columns - 1),
      height: titleHeight + rowHeights.reduce(0, +)
        + FigureGrid.gap * Double(rowHeights.count - 1))
  }

  /// Draws the title and the panels, each in its row and column.
  public func draw(on canvas: inout Canvas, in frame: Rectangle) {
    for (index, line) in titleLines.enumerated() {
      let baseline = frame.y + 10 + style.size + Double(index) * style.lineHeight
      canvas.text(
        TextLine(line), at: Point(x: frame.x + size.width / 2, y: baseline), style: style,
        anchor: .middle)
    }
    var y = frame.y + titleHeight
    for (row, height) in rowHeights.enumerated() {
      var x = frame.x
      for (column, width) in columnWidths.enumerated() {
        let index = row * columns + column
        if index < panels.count {
          let cell = Rectangle(x: x, y: y, width: width, height: height)
          panels[index].draw(on: &canvas, in: cell)
        }
        x += width + FigureGrid.gap
      }
      y += height + FigureGrid.gap
    }
  }

  // MARK: Sizes

  private var style: TextStyle { TextStyle(size: 17, isBold: true) }

  private var titleLines: [String] {
    FontMetrics.wrap(title, width: columnWidths.reduce(0, +) - 16, style: style)
  }

  private var titleHeight: Double {
    titleLines.isEmpty ? 0 : Double(titleLines.count) * style.lineHeight + 8
  }

  private var columnWidths: [Double] {
    (0..<columns).map { column in
      stride(from: column, to: panels.count, by: columns).map { panels[$0].size.width }.max() ?? 0
    }
  }

  private var rowHeights: [Double] {
    stride(from: 0, to: panels.count, by: columns).map { first in
      panels[first..<min(first + columns, panels.count)].map(\.size.height).max() ?? 0
    }
  }
}
