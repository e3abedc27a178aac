import Foundation

/// A temporary folder for one test. It is removed when the object is released.
package final class TemporaryFolder {
  package let url: URL
  package var path: String { url.path }

  package init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("latentgraphs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file and returns its path. The name may contain folders, which are created.
  package func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }
}

/// Calls `body` with a new folder and removes the folder afterwards.
package func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = try TemporaryFolder()
  return try withExtendedLifetime(folder) { try body(folder.url) }
}

extension TemporaryFolder {
  /// Whether the file system of temporary files holds files of terabytes with holes. Tests of such
  /// files are enabled by this.
  package static let holdsSparseFiles: Bool = {
    guard let folder = try? TemporaryFolder(), let file = try? folder.write([0], "sparse") else {
      return false
    }
    return truncate(file, 4 << 40) == 0
  }()
}
