/// A canonical Huffman code, given by the lengths of its words (RFC 1951, section 3.2.2).
///
/// Words of up to nine bits are decoded by a table; longer ones, which are rare, bit by bit.
struct PrefixCode {
  private static let fastBits = 9
  static let longest = 15

  /// `symbol·16 + length`, indexed by the next nine bits; 0 if the word is longer or invalid.
  private var fast: [UInt16]
  /// The number of words of each length.
  private var counts: [Int]
  /// The symbols in the order of their words.
  private var symbols: [UInt16]

  /// - Parameter lengths: The length of each symbol's word, up to 15; 0 for a symbol without a
  ///   word.
  /// - Throws: `GzipDamage` if the lengths are not those of a complete prefix code: two words would
  ///   start alike or, in a code of more than one word, some bits would start no word.
  init(_ lengths: ArraySlice<UInt8>) throws {
    counts = [Int](repeating: 0, count: Self.longest + 1)
    for length in lengths { counts[Int(length)] += 1 }
    counts[0] = 0
    var room = 1
    for length in 1...Self.longest {
      room = 2 * room - counts[length]
      if room < 0 { throw GzipDamage("a Huffman code has too many words") }
    }
    let words = counts.reduce(0, +)
    if room > 0, words > 1 || (words == 1 && counts[1] == 0) {
      throw GzipDamage("a Huffman code has too few words")
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
        // Words are packed from their highest bit: the reversed word is in the lowest bits.
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

  /// Consumes a word and returns its symbol.
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
    throw GzipDamage("it has bits that are not a word of their Huffman code")
  }
}
