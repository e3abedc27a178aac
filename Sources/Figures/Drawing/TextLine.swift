/// A line of text that may end in a superscript: `10⁻³` is `TextLine("10", exponent: "−3")`.
public struct TextLine: Hashable, Sendable, ExpressibleByStringLiteral {
  /// What stands on the line.
  public var text: String
  /// The superscript after it; empty for none.
  public var exponent: String

  /// A line of text, with a superscript at its end or without one.
  public init(_ text: String, exponent: String = "") {
    self.text = text
    self.exponent = exponent
  }

  /// A line without a superscript.
  public init(stringLiteral text: String) {
    self.init(text)
  }

  /// The size of a superscript, as a share of the size of its line.
  static let exponentScale = 0.72

  /// An estimate of the width in points, on the safe side for the usual sans-serif fonts.
  public func width(size: Double) -> Double {
    FontMetrics.width(of: text, size: size)
      + FontMetrics.width(of: exponent, size: size * TextLine.exponentScale)
  }
}

/// How a line of text is set.
public struct TextStyle: Hashable, Sendable {
  /// The size of the font, in points.
  public var size: Double
  /// Whether the font is bold.
  public var isBold: Bool
  /// The colour of the letters.
  public var color: Color

  /// A style; by default the text of a legend.
  public init(size: Double = 12, isBold: Bool = false, color: Color = .ink) {
    self.size = size
    self.isBold = isBold
    self.color = color
  }

  static let title = TextStyle(size: 15, isBold: true)
  static let axisLabel = TextStyle(size: 13)
  static let tick = TextStyle(size: 12, color: .grey)
  static let legend = TextStyle(size: 12)

  /// From one baseline to the next.
  var lineHeight: Double { size * 1.25 }

  /// How far a baseline lies below the middle of its line.
  var baselineShift: Double { size * 0.36 }
}

/// Which part of a line of text stands at its position.
public enum TextAnchor: String, Sendable {
  case start, middle, end
}
