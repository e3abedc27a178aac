import Figures
import LatentGraphs
import Programs
import Tensors

/// The covariance of two variables as a function of their distance along the chain: the exact
/// values, and estimates from samples.
struct CovarianceDecay {
  let distances: [Int]
  let exact: [Double]
  let empirical: [Double]
  /// The standard errors of the empirical values, estimated from the spread of independent samples.
  let standardErrors: [Double]

  /// Compares the mean of `zᵢ zᵢ₊ₒ` over the chain with its exact value, for each distance `o`.
  init(of chain: GaussianGraphicalModel<Float>, draws: Tensor<Float>, distances: [Int]) {
    let k = chain.dimension
    let count = Double(draws.shape[0])
    self.distances = distances

    // The dense covariance matrix would have k² elements. Request only the elements at each
    // distance.
    exact = distances.map { distance in
      if distance == 0 { return Double(chain.variance.mean().scalar) }
      let pairs = UndirectedGraph.banded(k, offsets: [distance])
      return Double(chain.covariances(on: pairs).offDiagonal.mean().scalar)
    }

    // One estimate for each sample, [draws]; the means are known to be zero.
    let estimates = distances.map { distance in
      let left = draws.slice(0..<k - distance, axis: -1)
      let right = draws.slice(distance..<k, axis: -1)
      return (left * right).mean(axis: -1)
    }
    empirical = estimates.map { Double($0.mean().scalar) }
    standardErrors = estimates.map {
      (Double($0.variance(axis: 0).scalar) / (count - 1)).squareRoot()
    }
  }

  /// The largest difference between the exact and the empirical values, in standard errors.
  var largestError: Double {
    distances.indices.map { abs(empirical[$0] - exact[$0]) / standardErrors[$0] }.max() ?? 0
  }

  /// A table for some of the distances.
  func table(at shown: [Int]) -> TextTable {
    var table = TextTable([
      .number("distance"), .number("exact"), .number("empirical"), .number("standard error"),
    ])
    for (index, distance) in distances.enumerated() where shown.contains(distance) {
      table.add(
        "\(distance)", decimal(exact[index], places: 4), decimal(empirical[index], places: 4),
        decimal(standardErrors[index], places: 4))
    }
    return table
  }

  /// Two panels: both covariances, and their difference with a band of two standard errors.
  var figure: FigureGrid {
    let x = distances.map { Double($0) }
    let shown = distances.indices.filter { distances[$0] % 4 == 0 }
    let covariances = LinePlot(
      title: "Covariance along the chain",
      xAxis: Axis("distance of two variables"), yAxis: Axis("covariance"),
      series: [
        Series("exact", x: x, y: exact),
        Series("64 draws", x: shown.map { x[$0] }, y: shown.map { empirical[$0] }, style: .markers),
      ], size: Size(width: 480, height: 360))
    let expected = Series.Band(
      lower: standardErrors.map { -2 * $0 }, upper: standardErrors.map { 2 * $0 })
    // Leave room for the legend above the data, so that both panels have the same width.
    let errors = zip(empirical, exact).map { $0 - $1 }
    let bound = max(errors.map(abs).max() ?? 0, 2 * (standardErrors.max() ?? 1))
    let errorPlot = LinePlot(
      title: "Error of 64 draws",
      xAxis: Axis("distance of two variables"),
      yAxis: Axis("empirical − exact", range: -1.1 * bound...1.9 * bound),
      series: [
        Series(
          "± 2 standard errors", x: x, y: x.map { _ in 0 }, band: expected,
          style: .dotted.colored(.grey)),
        Series(
          "64 draws", x: x, y: errors, style: .line.colored(Color.palette[1])),
      ], size: Size(width: 480, height: 360))
    return FigureGrid(panels: [covariances, errorPlot])
  }
}
