import Tensors

/// A matrix as a picture: the pattern of its entries that are not zero, or a heat map of all.
///
/// ```swift
/// let pattern = MatrixPlot(title: "Precision", values: entries, rows: 16, columns: 16)
/// let map = MatrixPlot(
///   title: "Covariance", values: entries, rows: 16, columns: 16, style: .heatMap(label: "cov"))
/// ```
/// In a heat map the colours diverge from white at zero, and entries that are not finite are grey.
/// A matrix of more than 1,000 rows or columns is reduced to blocks, of which each shows its entry
/// of the largest magnitude: a single diagonal stays in sight.
public struct MatrixPlot: Figure {
  /// What the picture shows of the entries.
  public enum Style: Hashable, Sendable {
    /// The entries that are not zero, with their number below.
    case pattern
    /// All values, with a bar of colours.
    ///
    /// - Parameters:
    ///   - label: what the colours show, with its unit.
    ///   - limit: the magnitude of the strongest colours; `nil` takes the largest finite one.
    case heatMap(label: String = "", limit: Double? = nil)
  }

  /// The title above the matrix; empty for none.
  public let title: String
  /// What the picture shows of the entries.
  public let style: Style
  /// What the rows are; empty for no label.
  public let rowLabel: String
  /// What the columns are; empty for no label.
  public let columnLabel: String
  /// The size of the picture, with title, labels and colour bar.
  public let size: Size

  let rows: Int
  let columns: Int
  let cells: MatrixCells
  private let nonZeroCount: Int

  /// A picture of a matrix; rows and columns are numbered from 0.
  ///
  /// - Parameters:
  ///   - values: `rows · columns` entries, row by row.
  ///   - size: at least 150 × 150 points; `nil` fits the shape of the matrix.
  ///
  /// Complexity: `O(rows · columns)`.
  public init<Scalar: BinaryFloatingPoint>(
    title: String = "", values: [Scalar], rows: Int, columns: Int, style: Style = .pattern,
    rowLabel: String = "", columnLabel: String = "", size: Size? = nil
  ) {
    require(
      rows > 0 && columns > 0 && values.count == rows * columns,
      "a matrix of \(rows) × \(columns) cannot have \(values.count) entries")
    let size = size ?? MatrixPlot.size(rows: rows, columns: columns, style: style)
    require(
      size.width >= 150 && size.height >= 150,
      "a matrix in \(size.width) × \(size.height) points: at least 150 × 150 are needed")
    if case .heatMap(_, let limit?) = style {
      require(limit > 0 && limit.isFinite, "the limit of the colours, \(limit), is not positive")
    }
    self.title = title
    self.style = style
    self.rowLabel = rowLabel
    self.columnLabel = columnLabel
    self.size = size
    self.rows = rows
    self.columns = columns
    nonZeroCount = values.count { $0 != 0 }
    cells = MatrixCells(values, rows: rows, columns: columns)
  }

  private static func size(rows: Int, columns: Int, style: Style) -> Size {
    let width = 340.0
    let height = min(max(width * Double(rows) / Double(columns), 90), 520)
    return Size(width: width + (style == .pattern ? 80 : 180), height: height + 110)
  }

  /// The magnitude that has the strongest colours; 1 where all values are zero.
  var limit: Double {
    if case .heatMap(_, let limit?) = style { return limit }
    let largest = cells.values.lazy.filter(\.isFinite).map(abs).max() ?? 0
    return largest > 0 ? largest : 1
  }

  /// The colour of an entry.
  func color(of value: Double, limit: Double) -> Color {
    switch style {
    case .pattern: value == 0 ? .white : .blue
    case .heatMap: value.isFinite ? DivergingColorMap.color(at: value / limit) : .lightGrey
    }
  }

  /// The line below a pattern.
  var caption: String {
    guard style == .pattern else { return "" }
    let entries = Double(rows) * Double(columns)
    let perMille = (Double(nonZeroCount) / entries * 1000).rounded()
    let rounded = DecimalNumber(digits: Int(perMille), exponent: -1).plain(decimals: 1)
    let share = perMille == 0 && nonZeroCount > 0 ? "below 0.1" : rounded
    let count = DecimalNumber(digits: nonZeroCount, exponent: 0).plain(decimals: 0)
    let total = DecimalNumber(digits: rows * columns, exponent: 0).plain(decimals: 0)
    return "\(count) of \(total) entries are not zero (\(share) %)"
  }
}
