import Tensors

/// A matrix as a picture: the pattern of its entries that are not zero, or a heat map of all.
///
/// ```swift
/// let pattern = MatrixPlot(title: "Precision", values: entries, rows: 16, columns: 16)
/// let map = MatrixPlot(
///   title: "Covariance", values: entries, rows: 16, columns: 16, style: .heatMap(label: "cov"))
/// ```
/// Named rows and columns, values in the cells and a part of the matrix make a table of it:
///
/// ```swift
/// let gates = MatrixPlot(
///   title: "Probabilities of edges", values: entries, rows: 5, columns: 5,
///   style: .probabilities(), region: .belowDiagonal, rowLabel: "parent", columnLabel: "child",
///   rowNames: names, columnNames: names, showsValues: true)
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
    /// Values from 0, white, to 1, the strongest colour, with a bar of colours; values beyond are
    /// drawn as the nearer end.
    ///
    /// - Parameter label: what the colours show.
    case probabilities(label: String = "")
  }

  /// Which entries are drawn; the others are left blank.
  public enum Region: Hashable, Sendable {
    case all
    /// The row is greater than the column: the edges of an ordered graph.
    case belowDiagonal

    func contains(row: Int, column: Int) -> Bool { self == .all || row > column }
  }

  /// The title above the matrix; empty for none.
  public let title: String
  /// What the picture shows of the entries.
  public let style: Style
  /// Which entries are drawn.
  public let region: Region
  /// What the rows are; empty for no label.
  public let rowLabel: String
  /// What the columns are; empty for no label.
  public let columnLabel: String
  /// The names of the rows; empty for their numbers.
  public let rowNames: [String]
  /// The names of the columns; empty for their numbers.
  public let columnNames: [String]
  /// Whether the entries are written into their cells, to two decimals.
  public let showsValues: Bool
  /// The size of the picture, with title, labels and colour bar.
  public let size: Size

  let rows: Int
  let columns: Int
  let cells: MatrixCells
  private let nonZeroCount: Int

  /// A picture of a matrix; rows and columns without names are numbered from 0.
  ///
  /// - Parameters:
  ///   - values: `rows · columns` entries, row by row.
  ///   - rowNames: one for each row, or none.
  ///   - columnNames: one for each column, or none.
  ///   - showsValues: whether the entries are written into their cells, to two decimals; they are
  ///     left out where cells are too small for them.
  ///   - size: at least 150 × 150 points; `nil` fits the shape of the matrix.
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
    // Values need larger cells, as long as the picture does not become a poster.
    let forValues = showsValues ? min(32 * Double(max(rows, columns)), 800) : 0
    let width = max(340, forValues)
    let height = min(max(width * Double(rows) / Double(columns), 90), max(520, forValues))
    return Size(width: width + (style == .pattern ? 80 : 180), height: height + 110)
  }

  /// The magnitude that has the strongest colours; 1 where all values are zero.
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
