import Experiments
import Foundation
import Measurements
import Programs
import Tensors

extension SamplingTable {
  /// The table, the exponents and the speed-up as text.
  var report: String {
    let threads = "\(Threads.limit) thread\(Threads.limit == 1 ? "" : "s")"
    var lines = ["", "Nanoseconds for each element, \(threads), OpenBLAS \(blasCoreName()):", ""]
    lines += ["\(textTable)", ""]
    for (structure, exponent) in slopes {
      lines.append(
        "\(structure.rawValue), per-row: time of a sample ~ k^\(decimal(exponent, places: 3)) "
          + "where k·batch ≥ 2^14")
    }
    if let (size, ratio) = speedUp {
      lines.append(
        "k = \(size), shared, from P: a chain is sampled \(decimal(ratio, places: 0)) times as fast "
          + "as dense")
    }
    return lines.joined(separator: "\n")
  }

  private var textTable: TextTable {
    let headings = Self.columns.map { column in
      TextTable.Column.number(
        "\(column.structure.rawValue) \(column.parameters.rawValue) \(column.source.rawValue)")
    }
    var table = TextTable([.number("k"), .number("batch")] + headings)
    for size in sizes {
      let row = Self.columns.map { column in
        self.column(column.structure, column.parameters, column.source)
          .first { $0.sampling.dimension == size }
      }
      let batch = row.compactMap { $0?.sampling.batch }.first ?? 0
      let cells = row.map { $0.map { decimal($0.nanosecondsPerElement, places: 2) } ?? "–" }
      table.add(["\(size)", "\(batch)"] + cells)
    }
    return table
  }

  /// The exponents of `k` in the time of a sample, for sizes at which the overhead of calls is
  /// negligible.
  private var slopes: [(PrecisionFamily, Double)] {
    [PrecisionFamily.chain, .blockChain, .tree, .extendedGrid].compactMap { structure in
      let points = column(structure, .perRow, .factor)
        .filter { $0.sampling.dimension * $0.sampling.batch >= 1 << 14 }
        .map { (x: log(Double($0.sampling.dimension)), y: log($0.secondsPerSample)) }
      return points.count > 1 ? (structure, slope(of: points)) : nil
    }
  }

  /// The speed-up of a chain over a dense matrix, at the largest size that both have.
  private var speedUp: (size: Int, ratio: Double)? {
    guard let dense = column(.dense, .shared, .precision).last else { return nil }
    let size = dense.sampling.dimension
    guard
      let chain = column(.chain, .shared, .precision).first(where: {
        $0.sampling.dimension == size
      })
    else { return nil }
    return (size, dense.seconds / chain.seconds)
  }
}
