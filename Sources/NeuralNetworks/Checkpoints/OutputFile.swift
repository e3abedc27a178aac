import Foundation
import Tensors

/// An open file to write to, whose every failure is a `FileError`.
package struct OutputFile {
  private let descriptor: Int32

  /// The path that errors name: the file that the caller asked for, not its temporary stand-in.
  private let path: String

  /// Opens the file at `location`.
  ///
  /// - Parameters:
  ///   - flags: How to open it, beside `O_WRONLY | O_CLOEXEC`.
  ///   - path: The path that errors name, where it differs from `location`.
  package init(
    opening location: String, flags: Int32 = O_CREAT | O_TRUNC, for path: String? = nil
  ) throws(FileError) {
    self.path = path ?? location
    descriptor = uninterrupted { open(location, O_WRONLY | O_CLOEXEC | flags, 0o666) }
    if descriptor < 0 { throw .last(path == nil ? "open" : "create a file beside it", self.path) }
  }

  /// Writes all of `bytes`, however many calls the system needs for it.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      // Some systems refuse a single write of 2 GiB or more.
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      // Beyond the limit of a file's size the system would end the process by SIGXFSZ.
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

  /// Returns once the disk has what was written.
  package func synchronize() throws(FileError) {
    if uninterrupted({ fsync(descriptor) }) != 0 { throw .last("write to disk", path) }
  }

  /// Closes the file; the value must not be used again.
  package func close() throws(FileError) {
    // After EINTR the descriptor is gone on Linux, and what was synchronized is on disk.
    if Foundation.close(descriptor) != 0, errno != EINTR { throw .last("close", path) }
  }
}
