import Tensors

/// Reads the fields of a binary file in order and keeps track of the offset.
struct BinaryReader {
  let source: any ByteSource
  private(set) var offset = 0

  init(_ source: any ByteSource) {
    self.source = source
  }

  var file: String { source.name }

  /// The next byte.
  mutating func byte() throws -> UInt8 {
    try bytes(1)[0]
  }

  /// The next four bytes as a big-endian number.
  mutating func bigEndianUInt32() throws -> Int {
    try bytes(4).reduce(0) { $0 << 8 | Int($1) }
  }

  /// The next `count` bytes, read directly into the returned array.
  ///
  /// The caller must have checked `count` against the source's length.
  ///
  /// - Throws: `DatasetError.truncated`, `.exceedsMemory`, or what the source throws.
  mutating func bytes(_ count: Int) throws -> [UInt8] {
    if let available = SystemMemory.shortage(for: count) {
      throw DatasetError.exceedsMemory(file: file, bytes: count, available: available)
    }
    let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = try source.read(
        into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count])))
    }
    guard bytes.count == count else {
      throw DatasetError.truncated(
        file: file, offset: offset + bytes.count, expected: offset + count)
    }
    offset += count
    return bytes
  }

  /// - Throws: `DatasetError.trailingBytes`, or the source's error at its end.
  func expectEnd() throws {
    var extra: UInt8 = 0
    let count = try withUnsafeMutableBytes(of: &extra) { try source.read(into: $0) }
    guard count == 0 else { throw DatasetError.trailingBytes(file: file, offset: offset) }
  }
}
