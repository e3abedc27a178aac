/// Estimates of the width of text.
///
/// The font of an SVG's viewer is not known. These are the advances of DejaVu Sans, which is wider
/// than Helvetica and Arial, so that text that fits by this estimate fits in all three.
enum FontMetrics {
  /// The advances of the characters U+0020 to U+007E, in thousandths of the font size.
  private static let advances: [Double] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636,
    636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
    575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685,
    611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
    278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
  ]

  /// An advance that is sufficient for minus and multiplication signs, Greek and accented letters.
  private static let otherAdvance = 838.0
  private static let boldFactor = 1.11

  static func width(of text: String, size: Double, isBold: Bool = false) -> Double {
    var sum = 0.0
    for character in text.unicodeScalars {
      let index = Int(character.value) - 0x20
      sum += advances.indices.contains(index) ? advances[index] : otherAdvance
    }
    return sum / 1000 * size * (isBold ? boldFactor : 1)
  }

  /// The text wrapped at spaces into lines of at most `width`, if its words allow that.
  static func wrap(_ text: String, width: Double, style: TextStyle) -> [String] {
    var lines: [String] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      let longer = lines.last.map { $0 + " " + word }
      if let longer, self.width(of: longer, size: style.size, isBold: style.isBold) <= width {
        lines[lines.count - 1] = longer
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  /// The text, truncated with an ellipsis if it is wider than `width`.
  static func truncate(_ text: String, width: Double, size: Double) -> String {
    guard self.width(of: text, size: size) > width else { return text }
    var shorter = text
    while !shorter.isEmpty, self.width(of: shorter + "…", size: size) > width {
      shorter.removeLast()
    }
    return shorter + "…"
  }
}
