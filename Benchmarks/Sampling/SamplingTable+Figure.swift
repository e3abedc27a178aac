import Experiments
import Figures

extension SamplingTable {
  /// The time of a sample against `k`, on logarithmic axes.
  var figure: LinePlot {
    let names: [PrecisionFamily: String] = [
      .diagonal: "diagonal", .chain: "chain", .blockChain: "blocks of 8", .tree: "tree",
      .extendedGrid: "extended grid", .grid: "grid", .dense: "dense",
    ]
    let series = Self.columns.map { column in
      let points = self.column(column.structure, column.parameters, column.source)
      return Series(
        "\(names[column.structure]!) from \(column.source.rawValue)",
        x: points.map { Double($0.sampling.dimension) },
        y: points.map { $0.secondsPerSample * 1e6 }, style: .markedLine)
    }
    return LinePlot(
      title: "One sample of k variables, in a batch",
      xAxis: Axis("variables k", scale: .logarithmic),
      yAxis: Axis("time of a sample", unit: "µs", scale: .logarithmic), series: series,
      legend: .lineEnds, size: Size(width: 720, height: 460))
  }
}
