extension TextTable {
  /// The table in Markdown, with padded columns so that the source is readable too.
  public var markdown: String {
    let rule = columns.indices.map { column in
      let dashes = String(repeating: "-", count: max(widths[column] - 1, 2))
      return columns[column].isNumber ? dashes + ":" : dashes + "-"
    }
    return ([padded(columns.map(\.heading)), rule] + rows.map(padded))
      .map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }

  private var widths: [Int] {
    columns.indices.map { column in
      max(3, ([columns.map(\.heading)] + rows).map { $0[column].count }.max() ?? 0)
    }
  }

  private func padded(_ cells: [String]) -> [String] {
    let cells = cells.map { $0.replacing("|", with: "\\|") }
    return cells.enumerated().map { column, cell in
      let space = String(repeating: " ", count: max(0, widths[column] - cell.count))
      return columns[column].isNumber ? space + cell : cell + space
    }
  }
}
