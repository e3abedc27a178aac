import Foundation
import Testing

/// A decoded PNG file. The checksums of all chunks and the header are verified.
struct DecodedPNG {
  var width = 0
  var height = 0
  var channels = 0
  var samples: [UInt8] = []

  init(_ file: [UInt8]) throws {
    try #require(Array(file.prefix(8)) == [137, 80, 78, 71, 13, 10, 26, 10])
    var position = 8
    var names: [String] = []
    var stream: [UInt8] = []
    while position < file.count {
      let length = Int(DecodedPNG.number(file, position))
      let name = String(decoding: file[position + 4..<position + 8], as: UTF8.self)
      let content = Array(file[position + 8..<position + 8 + length])
      let stored = DecodedPNG.number(file, position + 8 + length)
      #expect(stored == bitwiseCRC(file[position + 4..<position + 8 + length]), "chunk \(name)")
      if name == "IHDR" { try readHeader(content) }
      if name == "IDAT" { stream += content }
      names.append(name)
      position += 12 + length
    }
    #expect(names == ["IHDR", "IDAT", "IEND"])
    try readRows(stream)
  }

  init(base64: String) throws {
    try self.init(Array(try #require(Data(base64Encoded: base64))))
  }

  private mutating func readHeader(_ content: [UInt8]) throws {
    try #require(content.count == 13)
    width = Int(DecodedPNG.number(content, 0))
    height = Int(DecodedPNG.number(content, 4))
    #expect(content[8] == 8 && Array(content[10...]) == [0, 0, 0])
    channels = content[9] == 0 ? 1 : 3
    #expect(content[9] == 0 || content[9] == 2)
  }

  private mutating func readRows(_ stream: [UInt8]) throws {
    #expect((Int(stream[0]) * 256 + Int(stream[1])) % 31 == 0)
    let rows = try #require(inflate(stream[2..<stream.count - 4]))
    #expect(DecodedPNG.number(stream, stream.count - 4) == plainAdler(rows))
    let stride = width * channels + 1
    try #require(rows.count == stride * height)
    for row in 0..<height {
      #expect(rows[row * stride] == 0)
      samples += rows[row * stride + 1..<(row + 1) * stride]
    }
  }

  private static func number(_ bytes: [UInt8], _ position: Int) -> UInt32 {
    bytes[position..<position + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}

/// The checksum of a chunk by its definition, bit by bit.
func bitwiseCRC(_ bytes: some Sequence<UInt8>) -> UInt32 {
  var rest: UInt32 = 0xFFFF_FFFF
  for byte in bytes {
    rest ^= UInt32(byte)
    for _ in 0..<8 { rest = rest >> 1 ^ (rest & 1 == 1 ? 0xEDB8_8320 : 0) }
  }
  return ~rest
}

/// The checksum of a zlib stream by its definition.
func plainAdler(_ bytes: [UInt8]) -> UInt32 {
  var (a, b) = (1, 0)
  for byte in bytes {
    a = (a + Int(byte)) % 65521
    b = (b + a) % 65521
  }
  return UInt32(b * 65536 + a)
}
