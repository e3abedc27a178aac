import Experiments
import Foundation
import Programs
import Tensors

/// The linear structures and dense matrices at all sizes.
struct SamplingTable {
  let sizes: [Int]
  private(set) var measurements: [Measurement] = []

  /// The columns of the table.
  static let columns:
    [(structure: PrecisionFamily, parameters: Parameters, source: PrecisionSource)] = [
      (.diagonal, .perRow, .factor), (.chain, .perRow, .factor), (.blockChain, .perRow, .factor),
      (.tree, .perRow, .factor), (.extendedGrid, .perRow, .factor),
      (.chain, .shared, .precision), (.grid, .shared, .precision), (.dense, .shared, .precision),
    ]

  /// Measures everything, and prints a JSON line for each measurement at once.
  ///
  /// - Parameter isQuick: Whether only four small sizes are measured, briefly.
  static func measured(isQuick: Bool) throws -> SamplingTable {
    let exponents = stride(from: 4, through: isQuick ? 10 : 20, by: 2)
    var table = SamplingTable(sizes: exponents.map { 1 << $0 })
    for (done, size) in table.sizes.enumerated() {
      for (structure, parameters, source) in columns {
        let sampling = SamplingCase(
          example: PrecisionExample(structure, dimension: size, source: source),
          batch: size <= 1 << 16 ? 64 : 1, parameters: parameters)
        guard table.isAffordable(sampling) else { continue }
        showProgress("size \(done + 1) of \(table.sizes.count), k = \(size): \(sampling.name) …")
        let measurement = try sampling.measured(budget: isQuick ? 0.02 : 1)
        clearProgress()
        measurement.emitLine()
        table.measurements.append(measurement)
      }
    }
    return table
  }

  /// The measurements of one column, by increasing size.
  func column(
    _ structure: PrecisionFamily, _ parameters: Parameters, _ source: PrecisionSource
  ) -> [Measurement] {
    measurements.filter {
      ($0.sampling.structure, $0.sampling.parameters, $0.sampling.example.source)
        == (structure, parameters, source)
    }
  }

  /// Whether the next size is affordable: dense matrices end at 4,096, or before a size that would
  /// take more than 20 seconds by the cubic growth.
  private func isAffordable(_ next: SamplingCase) -> Bool {
    guard next.structure == .dense else { return true }
    guard next.dimension <= 1 << 12 else { return false }
    guard let last = column(.dense, next.parameters, next.example.source).last else { return true }
    let growth = Double(next.dimension) / Double(last.sampling.dimension)
    return last.seconds * pow(growth, 3) < 20
  }
}
