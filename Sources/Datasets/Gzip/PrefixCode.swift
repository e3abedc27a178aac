/// A code of Huffman by the lengths of its words, as deflate gives it (RFC 1951, section 3.2.2).
///
/// Words of up to nine bits are looked up; longer ones, which are rare, are found bit by bit.
struct PrefixCode {
  private static let fastBits = 9
  static let longest = 15

  /// `symbol·16 + length` by the next nine bits; 0 where the word is longer or there is none.
  private var fast: [UInt16]
  /// The number of words of each length.
  private var counts: [Int]
  /// The symbols in the order of their words.
  private var symbols: [UInt16]

  /// - Parameter lengths: The length of each symbol's word, up to 15; 0 where it has none.
  /// - Throws: `GzipDamage` where the words do not make a code: two of them begin alike or, but for a
  ///   code of at most one word, some bits begin none.
  init(_ lengths: ArraySlice<UInt8>) throws {
    counts = [Int](repeating: 0, count: Self.longest + 1)
    for length in lengths { counts[Int(length)] += 1 }
    counts[0] = 0
    var room = 1
    for length in 1...Self.longest {
      room = 2 * room - counts[length]
      if room < 0 { throw GzipDamage("a code of it has too many words") }
    }
    let words = counts.reduce(0, +)
    if room > 0, words > 1 || (words == 1 && counts[1] == 0) {
      throw GzipDamage("a code of it has too few words")
    }
    var (starts, codes) = ([0], [0])
    for length in 0..<Self.longest {
      starts.append(starts[length] + counts[length])
      codes.append((codes[length] + counts[length]) << 1)
    }
    symbols = [UInt16](repeating: 0, count: words)
    fast = [UInt16](repeating: 0, count: 1 << Self.fastBits)
    for (symbol, length) in zip(0..., lengths) where length > 0 {
      let length = Int(length)
      symbols[starts[length]] = UInt16(symbol)
      starts[length] += 1
      if length <= Self.fastBits {
        // Words are packed from their highest bit, so that the word reversed stands in the lowest bits.
        var place = Self.reversed(codes[length], count: length)
        while place < fast.count {
          fast[place] = UInt16(symbol << 4 | length)
          place += 1 << length
        }
      }
      codes[length] += 1
    }
  }

  private static func reversed(_ code: Int, count: Int) -> Int {
    (0..<count).reduce(0) { $0 << 1 | (code >> $1 & 1) }
  }

  /// Takes a word and returns its symbol.
  func symbol(in input: inout BitInput) throws -> Int {
    let next = try input.peek(Self.longest)
    let entry = Int(fast[next & (1 << Self.fastBits - 1)])
    if entry != 0 {
      try input.drop(entry & 15)
      return entry >> 4
    }
    var (code, first, index) = (0, 0, 0)
    for length in 1...Self.longest {
      code |= next >> (length - 1) & 1
      let count = counts[length]
      if code - first < count {
        try input.drop(length)
        return Int(symbols[index + code - first])
      }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    throw GzipDamage("it has bits that are no word of their code")
  }
}
