import Foundation
import NeuralNetworks
import Tensors

/// A file of JSON lines, one for each epoch.
package struct MetricsLog {
  let url: URL

  /// Reads the metrics in the file up to an epoch. Lines of later epochs, which were written before
  /// a crash and are not covered by the checkpoint, are removed from the file.
  ///
  /// Lines that cannot be read are removed too. Their number is reported on standard error, and a
  /// copy of the original file is kept beside it.
  /// - Throws: `FileError` if the file cannot be read or written.
  func resume(upTo epoch: Int) throws -> [EpochMetrics] {
    guard FileManager.default.fileExists(atPath: url.path) else { return [] }
    let content = try content()
    let (metrics, unreadable) = Self.metrics(in: content)
    if unreadable > 0 { try setAside(content, unreadable: unreadable) }
    let covered = metrics.filter { $0.epoch <= epoch }
    try write(covered)
    return covered
  }

  /// The metrics in a file's bytes, and the number of lines that cannot be read.
  package static func metrics(in content: [UInt8]) -> (metrics: [EpochMetrics], unreadable: Int) {
    // The bytes are split, because a line may end with \r\n, which is one character in Swift. The
    // JSON decoder ignores the \r.
    let lines = content.split(separator: UInt8(ascii: "\n")).filter { $0 != [UInt8(ascii: "\r")] }
    let metrics = lines.compactMap { EpochMetrics(jsonLine: $0) }
    return (metrics, lines.count - metrics.count)
  }

  /// Replaces the file by these metrics atomically.
  func write(_ metrics: [EpochMetrics]) throws {
    let text = metrics.map { $0.jsonLine + "\n" }.joined()
    try writeAtomically(to: url) { try $0.write(Array(text.utf8)) }
  }

  /// The largest size of a file that is read: the metrics of some hundred thousand epochs.
  private static let sizeLimit = 1 << 28

  private func content() throws -> [UInt8] {
    let file = try InputFile(path: url.path)
    func refused(_ code: Int32) -> FileError {
      FileError(path: url.path, operation: "read", code: code)
    }
    guard file.isRegular else { throw refused(EISDIR) }
    guard file.length <= Self.sizeLimit else { throw refused(EFBIG) }
    return try file.bytes(at: 0, count: file.length)
  }

  /// Stores a copy of a damaged file under an unused name, and reports it on standard error.
  private func setAside(_ content: [UInt8], unreadable count: Int) throws {
    let names = ["damaged"] + (2...).lazy.prefix(1000).map { "damaged-\($0)" }
    let places = names.map { url.appendingPathExtension($0) }
    let place = places.first { !FileManager.default.fileExists(atPath: $0.path) } ?? places[0]
    try writeAtomically(to: place) { try $0.write(content) }
    let lines = count == 1 ? "1 line" : "\(count) lines"
    let text =
      "\(url.path): \(lines) could not be read and \(count == 1 ? "is" : "are") removed; the "
      + "original file is kept as \(place.lastPathComponent)\n"
    writeToStandardError(text)
  }
}
