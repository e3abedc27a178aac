import Foundation
import Tensors

/// A file open for writing. Every failure is a `FileError`.
package struct OutputFile {
  private let descriptor: Int32

  /// The path for error messages: the file that the caller named, not the temporary file.
  private let path: String

  /// Opens the file at `location`.
  ///
  /// - Parameters:
  ///   - flags: Flags for `open(2)` in addition to `O_WRONLY | O_CLOEXEC`.
  ///   - path: The path for error messages, if it differs from `location`.
  package init(
    opening location: String, flags: Int32 = O_CREAT | O_TRUNC, for path: String? = nil
  ) throws(FileError) {
    self.path = path ?? location
    descriptor = uninterrupted { open(location, O_WRONLY | O_CLOEXEC | flags, 0o666) }
    if descriptor < 0 { throw .last(path == nil ? "open" : "create a file beside it", self.path) }
  }

  /// Writes all of `bytes`, in as many system calls as it takes.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      // Some systems refuse a single write of 2 GiB or more.
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      // Exceeding the limit on file sizes would otherwise raise SIGXFSZ and end the process.
      let (count, code) = withSignalBlocked(SIGXFSZ) {
        (Foundation.write(descriptor, part.baseAddress, part.count), errno)
      }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if count == 0 {
        throw FileError(path: path, operation: "write", code: EIO)
      } else if code != EINTR {
        throw FileError(path: path, operation: "write", code: code)
      }
    }
  }

  /// Writes all of `bytes`; throws a `FileError`.
  package func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  /// Returns when the written data is on disk.
  package func synchronize() throws(FileError) {
    if uninterrupted({ fsync(descriptor) }) != 0 { throw .last("write to disk", path) }
  }

  /// Closes the file; the value must not be used again.
  package func close() throws(FileError) {
    // On Linux the descriptor is closed even after EINTR, and synchronized data is on disk.
    if Foundation.close(descriptor) != 0, errno != EINTR { throw .last("close", path) }
  }
}
