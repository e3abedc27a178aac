extension Program {
  /// `usage: name [--k N] …`, indented under the name and wrapped at 80 columns between items.
  public var usage: String {
    let lead = "usage: \(name)"
    let items = options.map(\.signature).map { "[\($0)]" } + ["[--help]"]
    let indent = String(repeating: " ", count: lead.count)
    var lines = [lead]
    for item in items {
      if lines[lines.count - 1].count + 1 + item.count > 80 { lines.append(indent) }
      lines[lines.count - 1] += " " + item
    }
    return lines.joined(separator: "\n")
  }

  /// The output of `--help`: the summary, the usage, and each option with its default.
  public var help: String {
    var rows = options.map { option in
      let byDefault = option.defaultText.map { " (default: \($0))" } ?? ""
      return (signature: option.signature, text: option.help + byDefault)
    }
    rows.append((signature: "--help", text: "this text"))
    // A long list of choices would push all texts to the right: the text of such a row goes below
    // it.
    let column = rows.map(\.signature.count).filter { $0 <= 28 }.max() ?? 0
    let lines = rows.map { row in
      row.signature.count <= column
        ? "  " + padded(row.signature, to: column) + "  " + row.text
        : "  " + row.signature + "\n" + padded("", to: column + 4) + row.text
    }
    return "\(summary)\n\n\(usage)\n\n" + lines.joined(separator: "\n")
  }
}

extension AnyOption {
  /// `--k N`, or `--gradient` for a flag.
  fileprivate var signature: String { "--" + name + (placeholder.map { " " + $0 } ?? "") }
}

private func padded(_ text: String, to width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}
