import Experiments
import Foundation
import Measurements
import Programs
import Tensors

/// How the time of exact inference grows with the number of variables.
struct InferenceGrowth {
  /// One curve: the work, the largest size, and the exponent of `k` in its cost.
  struct Curve {
    let family: PrecisionFamily
    let work: Work
    let exponents: [Int]
    let cost: String
    let expected: Double
  }

  /// The structures with linear cost, and the grids: the variances of a square grid cost
  /// `k·w = k^1.5`. A tree whose neighbours are anywhere in memory shows the effect of the caches
  /// in addition to the operations; one that is numbered along its branches shows the operations
  /// alone.
  static let curves: [Curve] = [
    Curve(family: .chain, work: .marginals, exponents: [14, 16, 18, 20], cost: "k", expected: 1),
    Curve(
      family: .blockChain, work: .marginals, exponents: [12, 14, 16, 18], cost: "T·d³",
      expected: 1),
    Curve(family: .tree, work: .marginals, exponents: [14, 16, 18, 20], cost: "k", expected: 1),
    Curve(family: .tree, work: .sample, exponents: [14, 16, 18, 20], cost: "k", expected: 1),
    Curve(
      family: .orderedTree, work: .marginals, exponents: [14, 16, 18, 20], cost: "k", expected: 1),
    Curve(
      family: .extendedGrid, work: .selectedInverse, exponents: [10, 12, 14, 16], cost: "k·w",
      expected: 1.5),
    Curve(
      family: .grid, work: .marginals, exponents: [10, 12, 14, 16, 18], cost: "k·w",
      expected: 1.5),
  ]

  private(set) var measurements: [[InferenceMeasurement]] = []

  /// Measures every curve, and prints a JSON line for each measurement at once.
  init(isQuick: Bool, _ scalar: ScalarKind) throws {
    for curve in Self.curves {
      let exponents = isQuick ? [6, 8] : curve.exponents
      measurements.append(
        try exponents.map { exponent in
          let source: PrecisionSource = curve.family == .extendedGrid ? .factor : .precision
          let example = PrecisionExample(curve.family, dimension: 1 << exponent, source: source)
          showProgress("\(curve.family.rawValue), k = 2^\(exponent): \(curve.work.rawValue) …")
          let measurement = try InferenceMeasurement(
            InferenceCase(example: example, work: curve.work, batch: 1), scalar,
            budget: isQuick ? 0.02 : 0.5)
          clearProgress()
          measurement.emitLine()
          return measurement
        })
    }
  }

  /// The exponents of `k`, by least squares on logarithmic scales.
  var report: String {
    var table = TextTable([
      .text("structure"), .text("work"), .text("cost"), .number("up to k"), .number("time (ms)"),
      .number("measured exponent"), .number("exponent of the cost"),
    ])
    for (curve, row) in zip(Self.curves, measurements) {
      let points = row.map { (x: log(Double($0.inference.example.dimension)), y: log($0.seconds)) }
      table.add([
        curve.family.rawValue, curve.work.rawValue, curve.cost,
        "\(row.last!.inference.example.dimension)", decimal(row.last!.milliseconds, places: 2),
        decimal(slope(of: points), places: 3), decimal(curve.expected, places: 1),
      ])
    }
    return "\nThe time for one precision, \(Threads.limit) "
      + "thread\(Threads.limit == 1 ? "" : "s"):\n\n\(table)"
  }
}
