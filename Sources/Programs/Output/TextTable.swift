import Tensors

/// A table for a terminal: text columns are left-aligned, number columns right-aligned.
///
///     var table = TextTable([.text("model"), .number("ELBO")])
///     table.add("chain", decimal(-96.974, places: 2))
///     print(table)
///
///     model    ELBO
///     -----  ------
///     chain  -96.97
public struct TextTable: CustomStringConvertible, Sendable {
  /// A column's heading and alignment.
  public struct Column: Sendable {
    let heading: String
    let isNumber: Bool

    /// A left-aligned column.
    public static func text(_ heading: String) -> Self { Self(heading: heading, isNumber: false) }
    /// A right-aligned column.
    public static func number(_ heading: String) -> Self { Self(heading: heading, isNumber: true) }
  }

  let columns: [Column]
  private(set) var rows: [[String]] = []

  /// A table without rows.
  public init(_ columns: [Column]) {
    self.columns = columns
  }

  /// Appends a row with one cell for each column.
  public mutating func add(_ cells: String...) { add(cells) }

  /// Appends a row with one cell for each column.
  public mutating func add(_ cells: [String]) {
    require(
      cells.count == columns.count,
      "a row of \(cells.count) cells in a table of \(columns.count) columns: \(cells)")
    rows.append(cells)
  }

  /// The headings, a rule and the rows, as lines.
  public var description: String {
    let headings = columns.map(\.heading)
    let widths = columns.indices.map { column in
      ([headings] + rows).map { $0[column].count }.max() ?? 0
    }
    let rule = widths.map { String(repeating: "-", count: $0) }
    return ([headings, rule] + rows).map { line($0, widths: widths) }.joined(separator: "\n")
  }

  private func line(_ cells: [String], widths: [Int]) -> String {
    var line = ""
    for (column, cell) in cells.enumerated() {
      let space = String(repeating: " ", count: widths[column] - cell.count)
      line += (column == 0 ? "" : "  ") + (columns[column].isNumber ? space + cell : cell + space)
    }
    return String(line.reversed().drop { $0 == " " }.reversed())
  }
}
