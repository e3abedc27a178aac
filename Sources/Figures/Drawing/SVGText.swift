import Tensors

/// Numbers and text in SVG syntax, the same on every run and in every locale.
enum SVGText {
  /// A coordinate with at most two decimals: `12`, `0.5`, `-3.25`.
  ///
  /// Coordinates are clamped to ±a million points, which is far outside of every figure and within
  /// the single precision of renderers.
  static func number(_ value: Double) -> String {
    require(!value.isNaN, "a position or a length in a figure is NaN")
    let hundredths = Int((min(max(value, -1e6), 1e6) * 100).rounded())
    let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
    let sign = hundredths < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(whole)" }
    if rest % 10 == 0 { return "\(sign)\(whole).\(rest / 10)" }
    return "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }

  static func pair(_ point: Point) -> String { "\(number(point.x)),\(number(point.y))" }

  /// Text with XML's special characters escaped; characters that XML 1.0 forbids become U+FFFD.
  static func escape(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result += " "
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
