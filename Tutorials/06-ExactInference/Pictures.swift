import Figures
import LatentGraphs
import Programs
import Tensors

/// The smoothed position of a recording, with the measurements and the true position.
struct SmoothedPlot {
  let recording: Recording
  /// The mean and standard deviation of the position at each time.
  let means, deviations: [Double]

  init(_ recording: Recording, _ smoothed: SmoothedStates<Double>) {
    self.recording = recording
    let times = recording.positions.count
    means = smoothed.means.slice(0..<1, axis: -1).scalars
    deviations =
      smoothed.covariances.reshaped(to: [times, 4]).slice(0..<1, axis: -1)
      .squareRoot().scalars
  }

  /// How often the true position is within two standard deviations, and how wide the band is.
  var report: String {
    let times = recording.positions.indices
    let isMissing = times.map { recording.measurements[$0].isNaN }
    func share(_ wanted: Bool) -> String {
      let some = times.filter { isMissing[$0] == wanted }
      let inside = some.filter {
        abs(recording.positions[$0] - means[$0]) <= 2 * deviations[$0]
      }
      let width = some.reduce(0) { $0 + deviations[$1] } / Double(some.count)
      return "\(inside.count) of \(some.count) positions within two standard deviations, which are "
        + "\(decimal(width, places: 2)) on average"
    }
    return """
      Smoothed, where it was measured: \(share(false));
      in the gaps: \(share(true)).
      """
  }

  /// The band, the mean, the true position and the measurements; thin lines are samples of the
  /// posterior, `[draws, times, 2]`.
  func figure(paths: Tensor<Double>) -> LinePlot {
    let times = recording.positions.indices
    var truth = SeriesStyle.dashed.colored(.black)
    truth.width = 1.2
    var thin = SeriesStyle.line.colored(.grey)
    thin.width = 0.7
    let band = Series(
      "smoothed, ± 2 standard deviations", y: means,
      band: Series.Band(
        lower: times.map { means[$0] - 2 * deviations[$0] },
        upper: times.map { means[$0] + 2 * deviations[$0] }),
      style: .line.colored(.blue))
    let measured = times.filter { !recording.measurements[$0].isNaN }
    let marks = Series(
      "measured", x: measured.map(Double.init), y: measured.map { recording.measurements[$0] },
      style: .markers.colored(.orange))
    let draws = (0..<paths.shape[0]).map { draw in
      Series(
        draw == 0 ? "draws from the posterior" : "",
        y: paths.slice(at: draw).slice(0..<1, axis: -1).scalars, style: thin)
    }
    return LinePlot(
      title: "A time series with gaps, smoothed exactly", xAxis: Axis("time"),
      yAxis: Axis("position"),
      series: draws + [band, marks, Series("truth", y: recording.positions, style: truth)],
      legend: .outside, size: Size(width: 980, height: 400))
  }
}

extension Garden {
  /// A drawing of the net.
  var figure: DirectedGraphPlot {
    DirectedGraphPlot(title: "A garden", graph: net.graph)
  }
}
