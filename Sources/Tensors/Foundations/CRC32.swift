/// The cyclic redundancy check (CRC-32) of gzip files and of PNG chunks: reflected polynomial
/// `0xEDB88320`.
package struct CRC32: Sendable {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { rest, _ in
      rest & 1 == 1 ? 0xEDB8_8320 ^ (rest >> 1) : rest >> 1
    }
  }

  private var rest: UInt32 = ~0

  /// The checksum of an empty sequence.
  package init() {}

  /// The checksum of all bytes passed to `update(_:)`.
  package var checksum: UInt32 { ~rest }

  /// Appends bytes to the sequence that is checked.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    Self.table.withUnsafeBufferPointer { table in
      for byte in bytes { rest = table[Int((rest ^ UInt32(byte)) & 0xFF)] ^ (rest >> 8) }
    }
  }

  /// The checksum of these bytes.
  package static func checksum(of bytes: [UInt8]) -> UInt32 {
    var check = CRC32()
    bytes.withUnsafeBytes { check.update($0) }
    return check.checksum
  }
}
