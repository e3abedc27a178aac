/// The style of a series: start with one of the named styles and change individual properties.
///
/// ```swift
/// Series("test", x: epochs, y: elbo, style: .line)
/// Series("slope 1", x: sizes, y: guide, style: .dotted.colored(.grey))
/// ```
public struct SeriesStyle: Hashable, Sendable {
  /// The representation of the points.
  public enum Shape: Hashable, Sendable {
    case line, markers, markedLine, bars, stems
  }

  /// The representation of the points.
  public var shape: Shape
  /// The dash pattern of lines.
  public var dash: Dash
  /// The width of lines, in points.
  public var width: Double
  /// The colour; `nil` for the next colour of `Color.palette`.
  public var color: Color?
  /// The marker; `nil` for the next of `Marker.allCases`.
  public var marker: Marker?

  /// A style with these properties; the named styles cover most needs.
  public init(
    shape: Shape, dash: Dash = .solid, width: Double = 1.8, color: Color? = nil,
    marker: Marker? = nil
  ) {
    self.shape = shape
    self.dash = dash
    self.width = width
    self.color = color
    self.marker = marker
  }

  /// A plain line.
  public static let line = SeriesStyle(shape: .line)
  /// A dashed line.
  public static let dashed = SeriesStyle(shape: .line, dash: .dashed)
  /// A dotted line, for references and guides.
  public static let dotted = SeriesStyle(shape: .line, dash: .dotted)
  /// A marker at each point, without a line.
  public static let markers = SeriesStyle(shape: .markers)
  /// A line with a marker at each point.
  public static let markedLine = SeriesStyle(shape: .markedLine)
  /// Bars from zero; those of several series are side by side.
  public static let bars = SeriesStyle(shape: .bars)
  /// Thin lines from zero with a marker at the end, for the elements of a vector.
  public static let stems = SeriesStyle(shape: .stems, width: 1.4, marker: .circle)

  /// The same style in another colour.
  public func colored(_ color: Color) -> SeriesStyle {
    var style = self
    style.color = color
    return style
  }

  /// Whether a line joins the points.
  var isLine: Bool { shape == .line || shape == .markedLine }

  /// Whether values are drawn as lengths from zero.
  var standsOnZero: Bool { shape == .bars || shape == .stems }

  /// The style with colour, marker and dash determined for the `index`-th series of a plot.
  ///
  /// After the last colour, the colours repeat with another dash pattern.
  func resolved(index: Int) -> ResolvedStyle {
    let colors = Color.palette
    let round = index / colors.count % Dash.allCases.count
    return ResolvedStyle(
      pen: Pen(
        color: color ?? colors[index % colors.count], width: width,
        dash: dash == .solid && color == nil ? Dash.allCases[round] : dash),
      marker: marker ?? Marker.allCases[index % Marker.allCases.count])
  }
}

/// The properties with which a series is drawn.
struct ResolvedStyle: Hashable {
  var pen: Pen
  var marker: Marker
  static let markerRadius = 3.6
}
