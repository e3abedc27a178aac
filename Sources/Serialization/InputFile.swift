import Foundation

/// A file of known length, open for reading. Every failure is a `FileError`.
package struct InputFile: ~Copyable {
  /// The length of the file when it was opened.
  package let length: Int
  /// Whether it is a regular file, not a folder, pipe or device.
  package let isRegular: Bool
  private let path: String
  private let descriptor: Int32

  package init(path: String) throws(FileError) {
    self.path = path
    // O_NONBLOCK: opening a named pipe without a writer must not block.
    descriptor = uninterrupted { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    var status = stat()
    if descriptor < 0 || fstat(descriptor, &status) != 0 {
      (length, isRegular) = (0, false)
      throw FileError.last("open", path)
    }
    length = Int(status.st_size)
    isRegular = status.st_mode & S_IFMT == S_IFREG
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Reads `count` bytes from `offset`, or fewer if the file ends earlier.
  package func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let part = min(count - filled, 1 << 30)
        let read = pread(
          descriptor, buffer.baseAddress! + filled, part, off_t(offset + filled))
        if read > 0 {
          filled += read
        } else if read == 0 {
          return
        } else if errno != EINTR {
          throw FileError.last("read", path)
        }
      }
    }
  }
}

/// The result of a system call that returns −1 on failure; the call is repeated while a signal
/// interrupts it.
func uninterrupted(_ call: () -> Int32) -> Int32 {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}
