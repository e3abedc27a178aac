import Foundation

/// An uncompressed file as a source.
final class FileSource: ByteSource {
  let name: String
  let size: Int
  let descriptor: Int32

  /// - Throws: `DatasetError.unreadable`, also for a folder, a pipe or a device.
  init(path: String) throws {
    name = path
    // Without O_NONBLOCK, opening a named pipe would wait for a writer.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw DatasetError.lastSystemError(file: path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let error = DatasetError.lastSystemError(file: path)
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw DatasetError.unreadable(file: path, reason: "it is not a regular file")
    }
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  var length: ContentLength { .exactly(size) }

  /// Whether the file starts with gzip's magic number. The reading position is not changed.
  var isGzipped: Bool {
    var magic: (UInt8, UInt8) = (0, 0)
    return pread(descriptor, &magic, 2, 0) == 2 && magic == (0x1f, 0x8b)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try fill(buffer, from: descriptor, file: name)
  }
}

/// Opens a file. A gzipped file, whatever its name, is decompressed while it is read.
///
/// - Throws: `DatasetError.unreadable`.
package func openSource(path: String) throws -> any ByteSource {
  let file = try FileSource(path: path)
  return file.isGzipped ? GzipSource(file) : file
}

/// Reads until the buffer is full or the content ends; returns the number of bytes.
func fill(
  _ buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32, file: String
) throws -> Int {
  var filled = 0
  while filled < buffer.count {
    let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
    let count = read(descriptor, rest.baseAddress, rest.count)
    if count == 0 { break }
    if count < 0 {
      if errno == EINTR { continue }
      throw DatasetError.lastSystemError(file: file)
    }
    filled += count
  }
  return filled
}

extension DatasetError {
  /// The error of the last failed system call.
  static func lastSystemError(file: String) -> DatasetError {
    .unreadable(file: file, reason: String(cString: strerror(errno)))
  }
}
