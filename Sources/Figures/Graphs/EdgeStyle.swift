extension DirectedGraphPlot.Edge {
  static let commonColor = Color(hex: 0x12466E)

  /// The line of the edge: wider for a higher probability, dotted for probability 0.
  var pen: Pen {
    Pen(
      color: color ?? Self.commonColor, width: 0.9 + 2.1 * probability,
      dash: probability == 0 ? .dotted : .solid)
  }

  /// The opacity of the edge.
  var opacity: Double { 0.28 + 0.72 * probability }
}
