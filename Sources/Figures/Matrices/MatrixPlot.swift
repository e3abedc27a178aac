import Tensors

/// A picture of a matrix: the pattern of its nonzero entries, or a heat map of all entries.
///
/// ```swift
/// let pattern = MatrixPlot(title: "Precision", values: entries, rows: 16, columns: 16)
/// let map = MatrixPlot(
///   title: "Covariance", values: entries, rows: 16, columns: 16, style: .heatMap(label: "cov"))
/// ```
/// Row and column names, values in the cells and a region of the matrix turn the picture into a
/// table:
///
/// ```swift
/// let gates = MatrixPlot(
///   title: "Probabilities of edges", values: entries, rows: 5, columns: 5,
///   style: .probabilities(), region: .belowDiagonal, rowLabel: "parent", columnLabel: "child",
///   rowNames: names, columnNames: names, showsValues: true)
/// ```
/// In a heat map the colours diverge from white at zero, and entries that are NaN or infinite are
/// grey. A matrix of more than 1,000 rows or columns is reduced to blocks. Each block shows its
/// entry with the largest absolute value, so that a single diagonal remains visible.
public struct MatrixPlot: Figure {
  /// The representation of the entries.
  public enum Style: Hashable, Sendable {
    /// The nonzero entries, with their number below.
    case pattern
    /// All values, with a colour scale.
    ///
    /// - Parameters:
    ///   - label: The label of the colour scale, with its unit.
    ///   - limit: The absolute value of the strongest colours; `nil` for the largest finite one.
    case heatMap(label: String = "", limit: Double? = nil)
    /// Values from 0, white, to 1, the strongest colour, with a colour scale; values outside are
    /// clamped.
    ///
    /// - Parameter label: The label of the colour scale.
    case probabilities(label: String = "")
  }

  /// The entries that are drawn; the others are blank.
  public enum Region: Hashable, Sendable {
    case all
    /// The row index is greater than the column index: the edges of an ordered graph.
    case belowDiagonal

    func contains(row: Int, column: Int) -> Bool { self == .all || row > column }
  }

  /// The title above the matrix; empty for none.
  public let title: String
  /// The representation of the entries.
  public let style: Style
  /// The entries that are drawn.
  public let region: Region
  /// The label of the rows; empty for none.
  public let rowLabel: String
  /// The label of the columns; empty for none.
  public let columnLabel: String
  /// The names of the rows; empty for their indices.
  public let rowNames: [String]
  /// The names of the columns; empty for their indices.
  public let columnNames: [String]
  /// Whether the cells contain their entries, with two decimals.
  public let showsValues: Bool
  /// The size of the picture, with title, labels and colour scale.
  public let size: Size

  let rows: Int
  let columns: Int
  let cells: MatrixCells
  private let nonZeroCount: Int

  /// A picture of a matrix; rows and columns without names are numbered from 0.
  ///
  /// - Parameters:
  ///   - values: The `rows · columns` entries, row by row.
  ///   - rowNames: One name for each row, or none.
  ///   - columnNames: One name for each column, or none.
  ///   - showsValues: Whether the cells contain their entries, with two decimals; they are omitted
  ///     if the cells are too small.
  ///   - size: At least 150 × 150 points; `nil` for a size that fits the shape of the matrix.
  ///
  /// Complexity: `O(rows · columns)`.
  public init<Scalar: BinaryFloatingPoint>(
    title: String = "", values: [Scalar], rows: Int, columns: Int, style: Style = .pattern,
    region: Region = .all, rowLabel: String = "", columnLabel: String = "",
    rowNames: [String] = [], columnNames: [String] = [], showsValues: Bool = false,
    size: Size? = nil
  ) {
    require(
      rows > 0 && columns > 0 && product(of: rows, columns) == values.count,
      "a matrix of \(rows) × \(columns) cannot have \(values.count) entries")
    require(
      rowNames.isEmpty || rowNames.count == rows,
      "a matrix of \(rows) rows has \(rowNames.count) names for them")
    require(
      columnNames.isEmpty || columnNames.count == columns,
      "a matrix of \(columns) columns has \(columnNames.count) names for them")
    let size =
      size
      ?? MatrixPlot.size(
        rows: rows, columns: columns, style: style, showsValues: showsValues)
    require(
      size.width >= 150 && size.height >= 150 && size.width <= 1e5 && size.height <= 1e5,
      "a matrix in \(size.width) × \(size.height) points: at least 150 × 150 are needed, at most 10⁵"
    )
    if case .heatMap(_, let limit?) = style {
      require(limit > 0 && limit.isFinite, "the limit of the colours, \(limit), is not positive")
    }
    self.title = title
    self.style = style
    self.region = region
    self.rowLabel = rowLabel
    self.columnLabel = columnLabel
    self.rowNames = rowNames
    self.columnNames = columnNames
    self.showsValues = showsValues
    self.size = size
    self.rows = rows
    self.columns = columns
    nonZeroCount = values.indices.count { index in
      values[index] != 0 && region.contains(row: index / columns, column: index % columns)
    }
    cells = MatrixCells(values, rows: rows, columns: columns)
  }

  private static func size(rows: Int, columns: Int, style: Style, showsValues: Bool) -> Size {
    // Values need larger cells, up to a reasonable size of the picture.
    let forValues = showsValues ? min(32 * Double(max(rows, columns)), 800) : 0
    let width = max(340, forValues)
    let height = min(max(width * Double(rows) / Double(columns), 90), max(520, forValues))
    return Size(width: width + (style == .pattern ? 80 : 180), height: height + 110)
  }

  /// The absolute value of the strongest colours; 1 if all values are zero.
  var limit: Double {
    if case .heatMap(_, let limit?) = style { return limit }
    if case .probabilities = style { return 1 }
    let largest = cells.values.lazy.filter(\.isFinite).map(abs).max() ?? 0
    return largest > 0 ? largest : 1
  }

  /// The colour of an entry.
  func color(of value: Double, limit: Double) -> Color {
    switch style {
    case .pattern: value == 0 ? .white : .blue
    case .heatMap: value.isFinite ? DivergingColorMap.color(at: value / limit) : .lightGrey
    case .probabilities: value.isFinite ? SequentialColorMap.color(at: value) : .lightGrey
    }
  }

  /// The line below a pattern.
  var caption: String {
    guard style == .pattern else { return "" }
    let entries =
      region == .all ? rows * columns : (0..<rows).reduce(0) { $0 + min($1, columns) }
    let perMille = (Double(nonZeroCount) / Double(max(entries, 1)) * 1000).rounded()
    let rounded = DecimalNumber(digits: Int(perMille), exponent: -1).plain(decimals: 1)
    let share = perMille == 0 && nonZeroCount > 0 ? "below 0.1" : rounded
    let count = DecimalNumber(digits: nonZeroCount, exponent: 0).plain(decimals: 0)
    let total = DecimalNumber(digits: entries, exponent: 0).plain(decimals: 0)
    return "\(count) of \(total) entries are not zero (\(share) %)"
  }
}
