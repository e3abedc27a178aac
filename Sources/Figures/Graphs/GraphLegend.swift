/// The legend of line styles for probabilities, below a graph.
struct GraphLegend {
  /// The probabilities in the legend.
  private let probabilities: [Double]

  private static let sampleWidth = 38.0
  private static let gap = 14.0
  private static let title = "probability of an edge"

  init(showsZero: Bool) {
    probabilities = (showsZero ? [0] : []) + [0.25, 0.5, 0.75, 1]
  }

  var size: Size {
    let count = Double(probabilities.count)
    let samples = count * GraphLegend.sampleWidth + (count - 1) * GraphLegend.gap
    let title = FontMetrics.width(of: GraphLegend.title, size: TextStyle.tick.size)
    return Size(width: max(samples, title), height: 50)
  }

  /// Draws the legend with the middle of its upper side at a point.
  func draw(on canvas: inout Canvas, at top: Point) {
    let style = TextStyle.tick
    canvas.text(
      TextLine(GraphLegend.title), at: Point(x: top.x, y: top.y + style.size), style: style,
      anchor: .middle)
    let step = GraphLegend.sampleWidth + GraphLegend.gap
    var x = top.x - (Double(probabilities.count) * step - GraphLegend.gap) / 2
    for probability in probabilities {
      let edge = DirectedGraphPlot.Edge(from: "", to: "", probability: probability)
      let y = top.y + 26
      var path = CurvedPath(start: Point(x: x, y: y))
      path.addLine(to: Point(x: x + GraphLegend.sampleWidth, y: y))
      edge.draw(along: path, description: "", on: &canvas)
      let text = probability == 0 || probability == 1 ? "\(Int(probability))" : edge.probabilityText
      canvas.text(
        TextLine(text), at: Point(x: x + GraphLegend.sampleWidth / 2, y: top.y + 46),
        style: style, anchor: .middle)
      x += step
    }
  }
}
