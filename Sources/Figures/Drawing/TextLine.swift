/// A line of text with an optional superscript at its end: `10⁻³` is
/// `TextLine("10", exponent: "−3")`.
public struct TextLine: Hashable, Sendable, ExpressibleByStringLiteral {
  /// The text of the line.
  public var text: String
  /// The superscript after it; empty for none.
  public var exponent: String

  /// A line of text with an optional superscript.
  public init(_ text: String, exponent: String = "") {
    self.text = text
    self.exponent = exponent
  }

  /// A line without a superscript.
  public init(stringLiteral text: String) {
    self.init(text)
  }

  /// The size of a superscript relative to its line.
  static let exponentScale = 0.72

  /// An estimate of the width in points, which is not too small for the usual sans-serif fonts.
  public func width(size: Double) -> Double {
    FontMetrics.width(of: text, size: size)
      + FontMetrics.width(of: exponent, size: size * TextLine.exponentScale)
  }
}

/// The style of a line of text.
public struct TextStyle: Hashable, Sendable {
  /// The size of the font, in points.
  public var size: Double
  /// Whether the font is bold.
  public var isBold: Bool
  /// The text colour.
  public var color: Color

  /// A style; the default is that of a legend's text.
  public init(size: Double = 12, isBold: Bool = false, color: Color = .ink) {
    self.size = size
    self.isBold = isBold
    self.color = color
  }

  static let title = TextStyle(size: 15, isBold: true)
  static let axisLabel = TextStyle(size: 13)
  static let tick = TextStyle(size: 12, color: .grey)
  static let legend = TextStyle(size: 12)

  /// The distance between two baselines.
  var lineHeight: Double { size * 1.25 }

  /// The distance of a baseline below the middle of its line.
  var baselineShift: Double { size * 0.36 }
}

/// The part of a line of text that is at its position.
public enum TextAnchor: String, Sendable {
  case start, middle, end
}
