import Experiments
import Foundation
import Programs
import Tensors

/// Every structure and every work at one size, and dense matrices at a smaller size.
struct InferenceTable {
  let dimension: Int
  let denseDimension: Int
  private(set) var measurements: [InferenceMeasurement] = []

  /// The structures, and whether the factor or the precision is given.
  static let examples: [(family: PrecisionFamily, source: PrecisionSource)] = [
    (.chain, .precision), (.blockChain, .precision), (.tree, .precision), (.sparse, .precision),
    (.extendedGrid, .factor), (.grid, .precision), (.dense, .precision),
  ]
  static let works: [Work] = [.factor, .sample, .selectedInverse, .conditioning, .kl]

  /// Measures everything, and prints a JSON line for each measurement at once.
  init(isQuick: Bool, _ scalar: ScalarKind) throws {
    (dimension, denseDimension) = isQuick ? (256, 64) : (4096, 1024)
    for (family, source) in Self.examples {
      let size = family == .dense ? denseDimension : dimension
      for work in Self.works {
        showProgress("\(family.rawValue), k = \(size): \(work.rawValue) …")
        let example = PrecisionExample(family, dimension: size, source: source)
        let measurement = try InferenceMeasurement(
          InferenceCase(example: example, work: work, batch: 1), scalar,
          budget: isQuick ? 0.02 : 0.5)
        clearProgress()
        measurement.emitLine()
        measurements.append(measurement)
      }
    }
  }

  /// A table in milliseconds, one row for each structure.
  var report: String {
    var table = TextTable(
      [.text("structure"), .number("k")] + Self.works.map { .number($0.rawValue) })
    for (family, _) in Self.examples {
      let row = measurements.filter { $0.inference.example.family == family }
      table.add(
        [family.rawValue, "\(family == .dense ? denseDimension : dimension)"]
          + row.map { decimal($0.milliseconds, places: 3) })
    }
    let growth = pow(Double(dimension) / Double(denseDimension), 3)
    return """

      Milliseconds, \(Threads.limit) thread\(Threads.limit == 1 ? "" : "s"), OpenBLAS \
      \(blasCoreName()):

      \(table)

      The time of a dense factorization grows with the cube of k, that of dense samples with its
      square: at k = \(dimension) a factorization would take \(decimal(growth, places: 0)) times as long.
      """
  }
}
