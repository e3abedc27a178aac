/// A compressor for zlib streams (RFC 1950). Repeats are found with a hash of three bytes and
/// written with the fixed Huffman code of deflate (RFC 1951).
///
/// The code is kept short at the cost of some compression: tiles and matrices, which are flat or
/// repetitive, become small enough.
package enum Zlib {
  /// Complexity: `O(n)`: each position is compared with at most 32 earlier ones, over at most 258
  /// bytes.
  package static func compress(_ bytes: [UInt8]) -> [UInt8] {
    // Deflate with a window of 32 KiB; the second byte makes the header a multiple of 31.
    [0x78, 0x01] + deflate(bytes) + bigEndian(Adler32.checksum(of: bytes))
  }

  private static func deflate(_ bytes: [UInt8]) -> [UInt8] {
    var output = BitWriter()
    output.write(0b1, count: 1)  // the last block
    output.write(0b01, count: 2)  // with the fixed code
    var index = RepeatIndex(count: bytes.count)
    var position = 0
    while position < bytes.count {
      let (start, length) = index.longestMatch(in: bytes, at: position)
      if length >= RepeatIndex.shortest {
        output.writeRepeat(length: length, distance: position - start)
      } else {
        output.writeSymbol(Int(bytes[position]))
      }
      let next = position + (length >= RepeatIndex.shortest ? length : 1)
      while position < next {
        index.insert(position, of: bytes)
        position += 1
      }
    }
    output.writeSymbol(256)  // the end of the block
    return output.finished
  }
}

/// The positions of each hash of three bytes, the latest first.
private struct RepeatIndex {
  static let shortest = 3
  private static let longest = 258
  private static let window = 32_768
  private static let maximumTries = 32

  private var latest = [Int32](repeating: -1, count: 1 << 15)
  private var previous: [Int32]

  init(count: Int) { previous = [Int32](repeating: -1, count: count) }

  private func hash(_ bytes: [UInt8], _ position: Int) -> Int? {
    guard position + 2 < bytes.count else { return nil }
    let key =
      UInt32(bytes[position]) << 16 | UInt32(bytes[position + 1]) << 8 | UInt32(bytes[position + 2])
    return Int((key &* 0x9E37_79B1) >> 17)
  }

  mutating func insert(_ position: Int, of bytes: [UInt8]) {
    guard let hash = hash(bytes, position) else { return }
    previous[position] = latest[hash]
    latest[hash] = Int32(position)
  }

  /// The longest earlier repeat of the bytes at this position, the nearest of several; length 0 if
  /// there is none.
  func longestMatch(in bytes: [UInt8], at position: Int) -> (start: Int, length: Int) {
    guard let hash = hash(bytes, position) else { return (0, 0) }
    let limit = min(RepeatIndex.longest, bytes.count - position)
    var best = (start: 0, length: 0)
    var start = Int(latest[hash])
    var tries = RepeatIndex.maximumTries
    while start >= 0, position - start <= RepeatIndex.window, tries > 0, best.length < limit {
      var length = 0
      while length < limit, bytes[start + length] == bytes[position + length] { length += 1 }
      if length > best.length { best = (start, length) }
      start = Int(previous[start])
      tries -= 1
    }
    return best
  }
}

/// A writer that packs bits into bytes from the lowest bit, as deflate requires.
private struct BitWriter {
  private var bytes: [UInt8] = []
  private var pending: UInt32 = 0
  private var pendingCount = 0

  /// The bytes; the last one is padded with zeros.
  var finished: [UInt8] {
    pendingCount == 0 ? bytes : bytes + [UInt8(truncatingIfNeeded: pending)]
  }

  /// Writes the lowest `count` bits, at most 16, lowest bit first.
  mutating func write(_ bits: Int, count: Int) {
    pending |= UInt32(bits) << UInt32(pendingCount)
    pendingCount += count
    while pendingCount >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: pending))
      pending >>= 8
      pendingCount -= 8
    }
  }

  /// Writes a Huffman code, highest bit first.
  private mutating func writeCode(_ code: Int, count: Int) {
    for bit in (0..<count).reversed() { write(code >> bit & 1, count: 1) }
  }

  /// Writes a literal, the end of the block or a length in the fixed code (RFC 1951, section
  /// 3.2.6).
  mutating func writeSymbol(_ symbol: Int) {
    switch symbol {
    case 0...143: writeCode(0x30 + symbol, count: 8)
    case 144...255: writeCode(0x190 + symbol - 144, count: 9)
    case 256...279: writeCode(symbol - 256, count: 7)
    default: writeCode(0xC0 + symbol - 280, count: 8)
    }
  }

  /// Writes a back-reference of `length` bytes at this distance (RFC 1951, section 3.2.5).
  mutating func writeRepeat(length: Int, distance: Int) {
    if length == 258 {
      writeSymbol(285)
    } else {
      // Four symbols share a number of extra bits; the first eight have none.
      let value = length - 3
      let extra = max(0, value.bitLength - 3)
      writeSymbol(257 + 4 * extra + value >> extra)
      write(value & (1 << extra - 1), count: extra)
    }
    // Two symbols share a number of extra bits; the first four have none.
    let value = distance - 1
    let extra = max(0, value.bitLength - 2)
    writeCode(2 * extra + value >> extra, count: 5)
    write(value & (1 << extra - 1), count: extra)
  }
}

extension Int {
  /// The position of the highest set bit, counted from 1.
  fileprivate var bitLength: Int { Int.bitWidth - leadingZeroBitCount }
}
