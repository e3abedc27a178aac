/// Bytes of a source, of which bits are taken, the lowest of a byte first, as deflate packs them.
struct BitInput {
  private let source: any ByteSource
  private var chunk = [UInt8](repeating: 0, count: 1 << 16)
  private var next = 0
  private var end = 0
  private var loaded = 0
  private var bits: UInt64 = 0
  private var bitCount = 0

  init(_ source: any ByteSource) { self.source = source }

  /// The place of the next byte that was not taken, or not wholly.
  var offset: Int { loaded - (end - next) - bitCount / 8 }

  /// Whether no bit is left.
  var isAtEnd: Bool {
    mutating get throws {
      try fill()
      return bitCount == 0
    }
  }

  /// The next `count` bits, at most 32, which stay; zeros beyond the end.
  mutating func peek(_ count: Int) throws -> Int {
    if bitCount < count { try fill() }
    return Int(bits & (1 << UInt64(count) - 1))
  }

  /// Takes bits that were looked at.
  mutating func drop(_ count: Int) throws {
    if count > bitCount { throw GzipDamage("it ends within a member") }
    bits >>= UInt64(count)
    bitCount -= count
  }

  /// Takes the next `count` bits, at most 32, as a number.
  mutating func take(_ count: Int) throws -> Int {
    let value = try peek(count)
    try drop(count)
    return value
  }

  /// Takes what is left of a byte of which some bits were taken.
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

/// What is wrong with a gzipped file.
struct GzipDamage: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
