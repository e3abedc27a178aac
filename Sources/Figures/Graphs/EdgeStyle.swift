extension DirectedGraphPlot.Edge {
  static let commonColor = Color(hex: 0x12466E)

  /// The line of the edge: wider the more probable it is, dotted where it is not there.
  var pen: Pen {
    Pen(
      color: color ?? Self.commonColor, width: 0.9 + 2.1 * probability,
      dash: probability == 0 ? .dotted : .solid)
  }

  /// How dark the edge is drawn.
  var opacity: Double { 0.28 + 0.72 * probability }
}
