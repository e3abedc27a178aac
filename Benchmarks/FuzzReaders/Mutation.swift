import Tensors

/// Changes to a file's bytes: the kinds that disks and programs cause, and those that get past the
/// first checks of a reader, such as extreme numbers.
enum Mutation: CaseIterable {
  case setByte, flipBit, extremeByte, truncate, remove, repeatBytes, insert, integer, text, splice

  /// Applies one to four changes; a part of the file `other` may be copied.
  static func apply(to bytes: inout [UInt8], other: [UInt8], using generator: inout Philox) {
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      allCases.randomElement(using: &generator)!.change(&bytes, other, &generator)
    }
  }

  private func change(_ bytes: inout [UInt8], _ other: [UInt8], _ generator: inout Philox) {
    let place = Int.random(in: bytes.indices, using: &generator)
    func length(_ most: Int) -> Int { Int.random(in: 1...most, using: &generator) }
    switch self {
    case .setByte: bytes[place] = .random(in: 0...255, using: &generator)
    case .flipBit: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case .extremeByte: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator)!
    case .truncate: bytes.removeLast(bytes.count - place)
    case .remove: bytes.removeSubrange(place..<min(place + length(8), bytes.count))
    case .repeatBytes:
      let part = Array(bytes[place...].prefix(length(64)))
      for _ in 0..<length(8) { bytes.insert(contentsOf: part, at: place) }
    case .insert:
      let part = (0..<length(16)).map { _ in UInt8.random(in: 0...255, using: &generator) }
      bytes.insert(contentsOf: part, at: place)
    case .integer:
      let numbers: [UInt64] = [
        0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 1 << 31, 0xFFFF_FFFF, 1 << 63, .max,
      ]
      let number = numbers.randomElement(using: &generator)!
      let size = [2, 4, 8].randomElement(using: &generator)!
      let isBigEndian = Bool.random(using: &generator)
      for i in 0..<size where place + i < bytes.count {
        bytes[place + i] = UInt8(
          truncatingIfNeeded: number >> UInt64(8 * (isBigEndian ? size - 1 - i : i)))
      }
    case .text:
      let part = Self.words.randomElement(using: &generator)!
      let end = min(place + Int.random(in: 0...part.count, using: &generator), bytes.count)
      bytes.replaceSubrange(place..<end, with: part)
    case .splice:
      guard !other.isEmpty else { return }
      let start = Int.random(in: other.indices, using: &generator)
      let part = Array(other[start...].prefix(length(256)))
      bytes.replaceSubrange(place..<min(place + part.count, bytes.count), with: part)
    }
  }

  private static let words: [[UInt8]] = [
    "{", "}", "[", "]", "\"", ":", ",", "\\", "\\u0000", "\\ud800", "null", "true", "-1", "0",
    "1e9",
    "1e999", "-", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "4294967296",
    "nan", "inf", "\n", "\r\n", " ", "__metadata__", "dtype", "shape", "data_offsets", "F4", "C64",
    "F32", "F64", "e\u{301}", "\u{301}\u{323}\u{31B}", "\u{FEFF}",
  ].map { Array($0.utf8) }
}
