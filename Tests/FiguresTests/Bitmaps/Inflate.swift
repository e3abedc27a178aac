/// A decoder for deflate's stored blocks and blocks with the fixed code, written directly after RFC
/// 1951 and independent of the encoder under test. The result is `nil` for other blocks and for
/// damaged data.
func inflate(_ bytes: some Collection<UInt8>) -> [UInt8]? {
  var reader = BitReader(bytes: Array(bytes))
  var output: [UInt8] = []
  var isLast = false
  while !isLast {
    guard let last = reader.bits(1), let kind = reader.bits(2) else { return nil }
    isLast = last == 1
    switch kind {
    case 0: guard reader.copyStoredBlock(to: &output) else { return nil }
    case 1: guard inflateFixedBlock(&reader, to: &output) else { return nil }
    default: return nil
    }
  }
  return output
}

private let lengthBases = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
]
private let lengthExtras = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]
private let distanceBases = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
  3073, 4097, 6145, 8193, 12289, 16385, 24577,
]
private let distanceExtras = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]

private func inflateFixedBlock(_ reader: inout BitReader, to output: inout [UInt8]) -> Bool {
  while let symbol = reader.fixedSymbol() {
    if symbol == 256 { return true }
    if symbol < 256 {
      output.append(UInt8(symbol))
      continue
    }
    guard lengthBases.indices.contains(symbol - 257),
      let lengthRest = reader.bits(lengthExtras[symbol - 257]),
      let code = reader.code(5), distanceBases.indices.contains(code),
      let distanceRest = reader.bits(distanceExtras[code])
    else { return false }
    let distance = distanceBases[code] + distanceRest
    guard distance <= output.count else { return false }
    for _ in 0..<lengthBases[symbol - 257] + lengthRest {
      output.append(output[output.count - distance])
    }
  }
  return false
}

private struct BitReader {
  let bytes: [UInt8]
  var position = 0

  /// A number of `count` bits, with the lowest bit first.
  mutating func bits(_ count: Int) -> Int? {
    guard position + count <= bytes.count * 8 else { return nil }
    var value = 0
    for bit in 0..<count {
      value |= Int(bytes[position / 8] >> UInt8(position % 8) & 1) << bit
      position += 1
    }
    return value
  }

  /// A code of `count` bits, with the highest bit first.
  mutating func code(_ count: Int) -> Int? {
    var value = 0
    for _ in 0..<count {
      guard let bit = bits(1) else { return nil }
      value = value << 1 | bit
    }
    return value
  }

  mutating func fixedSymbol() -> Int? {
    guard let seven = code(7) else { return nil }
    if seven <= 0b001_0111 { return 256 + seven }
    guard let next = bits(1) else { return nil }
    let eight = seven << 1 | next
    if 0b0011_0000...0b1011_1111 ~= eight { return eight - 0b0011_0000 }
    if 0b1100_0000...0b1100_0111 ~= eight { return 280 + eight - 0b1100_0000 }
    guard let last = bits(1) else { return nil }
    return 144 + (eight << 1 | last) - 0b1_1001_0000
  }

  mutating func copyStoredBlock(to output: inout [UInt8]) -> Bool {
    position = (position + 7) / 8 * 8
    guard let count = bits(16), let complement = bits(16), count == ~complement & 0xFFFF else {
      return false
    }
    for _ in 0..<count {
      guard let byte = bits(8) else { return false }
      output.append(UInt8(byte))
    }
    return true
  }
}
