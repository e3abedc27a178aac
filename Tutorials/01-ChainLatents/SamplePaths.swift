import Figures
import Tensors

/// The first three samples over the first variables, with a band of two marginal standard
/// deviations.
func samplePaths(_ draws: Tensor<Float>, variances: Tensor<Float>) -> LinePlot {
  let shown = 0..<min(250, draws.shape[1])
  let bound = 2 * variances.slice(shown, axis: -1).squareRoot()
  let marginal = Series(
    "± 2 standard deviations", y: [Float](repeating: 0, count: shown.count),
    band: Series.Band(lower: (-bound).scalars, upper: bound.scalars),
    style: .dotted.colored(.grey))
  let paths = (0..<3).map { index in
    let path = draws.slice(index..<index + 1, axis: 0).slice(shown, axis: -1)
    var style = SeriesStyle.line
    style.width = 1.4
    return Series("draw \(index + 1)", y: path.scalars, style: style)
  }
  return LinePlot(
    title: "Three draws of a chain, its first \(shown.count) variables",
    xAxis: Axis("variable"), yAxis: Axis("value"), series: [marginal] + paths,
    legend: .outside, size: Size(width: 860, height: 380))
}
