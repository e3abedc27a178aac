import Foundation

/// An open regular file of known length to read parts of.
struct InputFile: ~Copyable {
  let length: Int
  private let path: String
  private let descriptor: Int32

  init(path: String) throws {
    self.path = path
    // O_NONBLOCK: opening a named pipe that nobody writes to must fail below, not wait.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    var status = stat()
    if descriptor < 0 || fstat(descriptor, &status) != 0 {
      length = 0
      throw FileError.last("open", path)
    }
    length = Int(status.st_size)
    if status.st_mode & S_IFMT != S_IFREG {
      throw SafetensorsError(path: path, problem: .notARegularFile)
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// The `count` bytes from `offset` on.
  ///
  /// - Throws: `FileError`; `SafetensorsError` where the file has become shorter since it was opened.
  func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let part = min(count - filled, 1 << 30)
        let read = pread(
          descriptor, buffer.baseAddress! + filled, part, off_t(offset + filled))
        if read > 0 {
          filled += read
        } else if read == 0 {
          throw SafetensorsError(
            path: path, problem: .dataTruncated(found: offset + filled, expected: length))
        } else if errno != EINTR {
          throw FileError.last("read", path)
        }
      }
    }
  }
}
