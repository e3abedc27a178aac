/// Reads the bits of a source in the order of deflate: the lowest bit of a byte first.
struct BitInput {
  private let source: any ByteSource
  private var chunk = [UInt8](repeating: 0, count: 1 << 16)
  private var next = 0
  private var end = 0
  private var loaded = 0
  private var bits: UInt64 = 0
  private var bitCount = 0

  init(_ source: any ByteSource) { self.source = source }

  /// The offset of the next byte that has not been consumed completely.
  var offset: Int { loaded - (end - next) - bitCount / 8 }

  /// Whether there are no more bits.
  var isAtEnd: Bool {
    mutating get throws {
      try fill()
      return bitCount == 0
    }
  }

  /// The next `count` bits, at most 32, without consuming them; zeros beyond the end.
  mutating func peek(_ count: Int) throws -> Int {
    if bitCount < count { try fill() }
    return Int(bits & (1 << UInt64(count) - 1))
  }

  /// Consumes bits.
  mutating func drop(_ count: Int) throws {
    if count > bitCount { throw GzipDamage("it ends within a member") }
    bits >>= UInt64(count)
    bitCount -= count
  }

  /// Consumes the next `count` bits, at most 32, and returns them as a number.
  mutating func take(_ count: Int) throws -> Int {
    let value = try peek(count)
    try drop(count)
    return value
  }

  /// Consumes the rest of a byte that was consumed partly.
  mutating func alignToByte() throws { try drop(bitCount & 7) }

  private mutating func fill() throws {
    while bitCount <= 56 {
      if next == end {
        end = try chunk.withUnsafeMutableBytes { try source.read(into: $0) }
        next = 0
        loaded += end
        if end == 0 { return }
      }
      bits |= UInt64(chunk[next]) << UInt64(bitCount)
      next += 1
      bitCount += 8
    }
  }
}

/// A problem with a gzipped file.
struct GzipDamage: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
