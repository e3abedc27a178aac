extension Color {
  /// The colour of the `index`-th edge of a graph, the same in a plot of its probability over time
  /// and in the picture of the graph; the colours repeat after ten.
  ///
  /// Nine colours are from Tol's "muted" scheme, which is safe for all common kinds of colour
  /// blindness; its pale colour is darkened for lines on white. The tenth is `ink`. P. Tol, "Colour
  /// schemes", SRON/EPS/TN/09-002 (2021).
  public static func ofEdge(_ index: Int) -> Color {
    let colors = edgeColors
    return colors[(index % colors.count + colors.count) % colors.count]
  }

  private static let edgeColors: [Color] = [
    Color(hex: 0x332288), Color(hex: 0xCC6677), Color(hex: 0x117733), Color(hex: 0x56A9DB),
    Color(hex: 0xC8A415), Color(hex: 0xAA4499), Color(hex: 0x44AA99), Color(hex: 0x882255),
    Color(hex: 0x999933), .ink,
  ]
}
