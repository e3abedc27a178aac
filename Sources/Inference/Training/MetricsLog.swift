import Foundation
import NeuralNetworks

/// A file of JSON lines, one an epoch.
struct MetricsLog {
  let url: URL

  /// The metrics in the file up to an epoch. Lines of later epochs, written before a crash and not
  /// covered by the checkpoint, are dropped from the file.
  func resume(upTo epoch: Int) throws -> [EpochMetrics] {
    guard let text = try? String(contentsOf: url, encoding: .utf8) else { return [] }
    let metrics = text.split(separator: "\n").compactMap { EpochMetrics(jsonLine: $0) }
      .filter { $0.epoch <= epoch }
    try write(metrics)
    return metrics
  }

  /// Replaces the file by these metrics, all or nothing.
  func write(_ metrics: [EpochMetrics]) throws {
    let text = metrics.map { $0.jsonLine + "\n" }.joined()
    try writeAtomically(to: url) { try $0.write(Array(text.utf8)) }
  }
}
