import Tensors

/// A plot of one or more series over linear or logarithmic axes.
///
/// ```swift
/// let plot = LinePlot(
///   title: "Training", xAxis: Axis("epoch"), yAxis: Axis("ELBO", unit: "nats"),
///   series: [
///     Series("training", x: epochs, y: training),
///     Series("test", x: epochs, y: test, style: .dashed),
///   ])
/// try plot.write(to: "figures/training.svg")
/// ```
///
/// Long lines are thinned to the resolution of the picture: the first, lowest, highest and last
/// point of each run within a quarter of a point along `x`.
public struct LinePlot: Figure {
  /// The title above the plot; empty for none.
  public let title: String
  /// The horizontal axis.
  public let xAxis: Axis
  /// The vertical axis.
  public let yAxis: Axis
  /// The series, in the order of drawing and of the legend.
  public let series: [Series]
  /// The position of the series' names.
  public let legend: LegendPlacement
  /// The size of the picture, with title, labels and legend.
  public let size: Size

  /// A plot of at least one series.
  ///
  /// - Parameters:
  ///   - legend: The position of the series' names.
  ///   - size: At least 200 × 150 points.
  public init(
    title: String = "", xAxis: Axis, yAxis: Axis, series: [Series],
    legend: LegendPlacement = .automatic, size: Size = Size(width: 640, height: 400)
  ) {
    require(!series.isEmpty, "the plot \"\(title)\" has no series")
    require(
      size.width >= 200 && size.height >= 150 && size.width <= 1e5 && size.height <= 1e5,
      "a plot of \(size.width) × \(size.height) points: at least 200 × 150 are needed, at most 10⁵")
    self.title = title
    self.xAxis = xAxis
    self.yAxis = yAxis
    self.series = series
    self.legend = legend
    self.size = size
  }

  /// Draws the plot so that it fills the frame.
  public func draw(on canvas: inout Canvas, in frame: Rectangle) {
    let body = canvas.title(title, in: frame)
    let placement = PlotLayout.settle(self, in: body)
    let layout = placement.layout
    layout.drawAxes(on: &canvas)
    for item in layout.items { item.drawArea(on: &canvas, in: layout) }
    for item in layout.items { item.drawMarks(on: &canvas, in: layout) }
    if layout.items.allSatisfy(\.isEmpty) { drawNotice(on: &canvas, in: layout.area) }
    placement.legend?.draw(on: &canvas)
    if legend == .lineEnds { layout.drawLineEnds(on: &canvas) }
  }

  private func drawNotice(on canvas: inout Canvas, in area: Rectangle) {
    canvas.text(
      "no finite data", at: Point(x: area.midX, y: area.midY), style: .tick, anchor: .middle)
  }
}

/// The position of the names of a plot's series.
public enum LegendPlacement: Hashable, Sendable {
  /// In a corner without data, otherwise to the right of the plot; none for a single series.
  case automatic
  /// To the right of the plot.
  case outside
  /// At the right end of each line, in its colour.
  case lineEnds
  case none
}
