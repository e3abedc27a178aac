extension DirectedGraphPlot {
  /// The graph in Graphviz's language, for layout by `dot`: nodes and edges in their order, line
  /// styles by probability, and the probabilities as labels if the picture shows them.
  public var dot: String {
    var lines = [
      "digraph {",
      "  graph [rankdir=\(direction == .rightward ? "LR" : "TB")"
        + (title.isEmpty ? "" : ", label=\"\(DotText.label(title))\", labelloc=t")
        + ", fontname=\"Helvetica\"];",
      "  node [shape=box, style=rounded, fontname=\"Helvetica\"];",
      "  edge [fontname=\"Helvetica\", fontsize=10];",
    ]
    for node in nodes {
      let detail = node.detail.isEmpty ? "" : "\\n" + DotText.label(node.detail)
      lines.append("  \(DotText.name(node.name)) [label=\"\(DotText.label(node.name))\(detail)\"];")
    }
    for edge in edges {
      lines.append(
        "  \(DotText.name(edge.from)) -> \(DotText.name(edge.to)) [\(attributes(of: edge))];")
    }
    return lines.joined(separator: "\n") + "\n}\n"
  }

  private func attributes(of edge: Edge) -> String {
    let alpha = UInt8((edge.opacity * 255).rounded())
    let color = edge.pen.color.svg + (alpha < 16 ? "0" : "") + String(alpha, radix: 16)
    var result = "penwidth=\(SVGText.number(edge.pen.width)), color=\"\(color)\""
    if edge.probability == 0 { result += ", style=dotted" }
    if showsProbabilities, edge.isUncertain { result += ", label=\"\(edge.probabilityText)\"" }
    return result
  }
}

/// Text for Graphviz's quoted strings.
enum DotText {
  /// A quoted name; different names remain different.
  ///
  /// In a quoted string only quotation marks need a backslash. Backslashes are doubled so that none
  /// precedes the closing mark; Graphviz keeps both. Graphviz ends a string at a zero character,
  /// which is replaced.
  static func name(_ name: String) -> String {
    "\"" + quoted(name) + "\""
  }

  /// Text of a label. Graphviz interprets backslashes and ampersands in labels as escapes, and
  /// never wraps lines.
  static func label(_ text: String) -> String {
    quoted(
      text.replacing("&", with: "&amp;")
        .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        .joined(separator: " "))
  }

  private static func quoted(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("\u{0}", with: "\u{FFFD}")
  }
}
