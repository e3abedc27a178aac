/// Decompresses a deflate stream (RFC 1951) incrementally, only as far as output is requested.
struct Inflater {
  private enum State {
    case betweenBlocks
    case stored(left: Int)
    case coded(PrefixCode, distances: PrefixCode)
    case finished
  }

  private static let windowSize = 1 << 15

  private var state = State.betweenBlocks
  private var isLastBlock = false
  /// The last 32 KiB of the content, which back-references refer to.
  private var window = [UInt8](repeating: 0, count: windowSize)
  private var written = 0
  /// The rest of a back-reference that did not fit into the output.
  private var pending = (length: 0, distance: 0)

  /// Fills `out` and returns the number of bytes, which is less than the size of `out` only at the
  /// end of the stream.
  mutating func read(
    into out: UnsafeMutableRawBufferPointer, from input: inout BitInput
  ) throws -> Int {
    var filled = 0
    while filled < out.count {
      switch state {
      case .betweenBlocks: try startBlock(&input)
      case .stored(let left):
        let count = min(left, out.count - filled)
        for _ in 0..<count { append(UInt8(try input.take(8)), to: out, &filled) }
        state = left == count ? afterBlock : .stored(left: left - count)
      case .coded(let literals, let distances):
        if try decode(literals, distances, &input, into: out, &filled) { state = afterBlock }
      case .finished: return filled
      }
    }
    return filled
  }

  private var afterBlock: State { isLastBlock ? .finished : .betweenBlocks }

  @inline(__always)
  private mutating func append(
    _ byte: UInt8, to out: UnsafeMutableRawBufferPointer, _ filled: inout Int
  ) {
    window[written & (Self.windowSize - 1)] = byte
    written += 1
    out[filled] = byte
    filled += 1
  }

  // MARK: Blocks

  private mutating func startBlock(_ input: inout BitInput) throws {
    isLastBlock = try input.take(1) == 1
    switch try input.take(2) {
    case 0:
      try input.alignToByte()
      let (count, check) = (try input.take(16), try input.take(16))
      if count ^ check != 0xFFFF { throw GzipDamage("a stored block has a damaged length") }
      state = count == 0 ? afterBlock : .stored(left: count)
    case 1: state = .coded(FixedCode.literals, distances: FixedCode.distances)
    case 2: state = try Self.codes(&input)
    default: throw GzipDamage("a block has an unknown type")
    }
  }

  /// Reads the Huffman codes of a block, which are themselves encoded (section 3.2.7).
  private static func codes(_ input: inout BitInput) throws -> State {
    let literals = try input.take(5) + 257
    let distances = try input.take(5) + 1
    if literals > 286 || distances > 30 { throw GzipDamage("a Huffman code has too many words") }
    var lengths = [UInt8](repeating: 0, count: 19)
    for place in lengthOrder.prefix(try input.take(4) + 4) {
      lengths[place] = UInt8(try input.take(3))
    }
    let code = try PrefixCode(lengths[...])
    var all: [UInt8] = []
    all.reserveCapacity(literals + distances)
    while all.count < literals + distances {
      let symbol = try code.symbol(in: &input)
      if symbol < 16 {
        all.append(UInt8(symbol))
        continue
      }
      guard let last = symbol == 16 ? all.last : 0 else {
        throw GzipDamage("a Huffman code starts with a repeat")
      }
      let count = try symbol == 18 ? input.take(7) + 11 : input.take(symbol == 16 ? 2 : 3) + 3
      all.append(contentsOf: repeatElement(last, count: count))
    }
    if all.count > literals + distances { throw GzipDamage("a Huffman code has too many words") }
    if all[endOfBlock] == 0 { throw GzipDamage("a block has no code for its end") }
    return .coded(
      try PrefixCode(all[..<literals]), distances: try PrefixCode(all[literals...]))
  }

  /// Decodes until the block ends (returns `true`) or `out` is full.
  private mutating func decode(
    _ literals: PrefixCode, _ distances: PrefixCode, _ input: inout BitInput,
    into out: UnsafeMutableRawBufferPointer, _ filled: inout Int
  ) throws -> Bool {
    while filled < out.count {
      if pending.length > 0 {
        let count = min(pending.length, out.count - filled)
        let distance = pending.distance
        for _ in 0..<count {
          append(window[(written - distance) & (Self.windowSize - 1)], to: out, &filled)
        }
        pending.length -= count
        continue
      }
      let symbol = try literals.symbol(in: &input)
      if symbol < endOfBlock {
        append(UInt8(symbol), to: out, &filled)
      } else if symbol == endOfBlock {
        return true
      } else {
        pending = try repetition(symbol, distances, &input)
      }
    }
    return false
  }

  /// The length and the distance of a back-reference (section 3.2.5).
  private func repetition(
    _ symbol: Int, _ distances: PrefixCode, _ input: inout BitInput
  ) throws -> (length: Int, distance: Int) {
    if symbol > 285 { throw GzipDamage("a back-reference has an invalid length") }
    let length: Int
    if symbol == 285 {
      length = 258
    } else {
      // Four symbols share a number of extra bits; the first eight have none.
      let place = symbol - 257
      let extra = max(0, place / 4 - 1)
      length = 3 + (extra == 0 ? place : (4 + place % 4) << extra) + (try input.take(extra))
    }
    // Two symbols share a number of extra bits; the first four have none.
    let place = try distances.symbol(in: &input)
    if place > 29 { throw GzipDamage("a back-reference has an invalid distance") }
    let extra = max(0, place / 2 - 1)
    let distance = 1 + (extra == 0 ? place : (2 + place % 2) << extra) + (try input.take(extra))
    if distance > written { throw GzipDamage("a back-reference starts before the content") }
    return (length, distance)
  }
}

private let endOfBlock = 256

/// The order in which the lengths of the code-length code are stored.
private let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/// The codes of blocks with fixed Huffman codes (section 3.2.6).
private enum FixedCode {
  static let literals = code([(144, 8), (112, 9), (24, 7), (8, 8)])
  static let distances = code([(32, 5)])

  private static func code(_ runs: [(count: Int, length: UInt8)]) -> PrefixCode {
    let lengths = runs.flatMap { [UInt8](repeating: $0.length, count: $0.count) }
    // These lengths are valid.
    return try! PrefixCode(lengths[...])
  }
}
