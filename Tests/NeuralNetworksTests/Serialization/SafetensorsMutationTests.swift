import Foundation
import NeuralNetworks
import TestSupport
import Testing

/// Files damaged at random. Each is refused with a typed error or is read as a valid file.
@Suite struct SafetensorsMutationTests {
  enum Mutation: CaseIterable, Sendable {
    case flipBits, overwriteBytes, truncate, insert, remove, editHeaderLength, editHeaderText

    func apply(to bytes: inout [UInt8], using generator: inout SplitMix) {
      let headerLength = Int(bytes[0]) | Int(bytes[1]) << 8
      switch self {
      case .flipBits:
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          let index = Int.random(in: bytes.indices, using: &generator)
          bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        }
      case .overwriteBytes:
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
          let index = Int.random(in: bytes.indices, using: &generator)
          bytes[index] = .random(in: 0...255, using: &generator)
        }
      case .truncate:
        bytes.removeLast(Int.random(in: 1...bytes.count, using: &generator))
      case .insert:
        let count = Int.random(in: 1...9, using: &generator)
        let new = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        bytes.insert(
          contentsOf: new, at: Int.random(in: 0...bytes.count, using: &generator))
      case .remove:
        bytes.remove(at: Int.random(in: bytes.indices, using: &generator))
      case .editHeaderLength:
        let bits = UInt64.random(in: 0...64, using: &generator)
        let length = bits == 0 ? 0 : UInt64.random(in: 0...(.max >> (64 - bits)), using: &generator)
        for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
      case .editHeaderText:
        // Characters of the format pass more checks than random bytes do.
        let characters = Array("{}[]\",:0123456789-\\u ".utf8)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          let index = Int.random(in: 8..<8 + headerLength, using: &generator)
          bytes[index] = characters.randomElement(using: &generator)!
        }
      }
    }
  }

  @Test(
    "A randomly damaged file is refused with a typed error or is valid",
    arguments: Mutation.allCases)
  func surviveDamage(_ mutation: Mutation) throws {
    let original = try referenceFile().encoded()
    var generator = SplitMix(state: 20 + UInt64(Mutation.allCases.firstIndex(of: mutation)!))
    var refused = 0
    for _ in 0..<2_000 {
      var bytes = original
      mutation.apply(to: &bytes, using: &generator)
      do {
        let file = try SafetensorsFile(decoding: bytes)
        // An accepted file is valid: after writing it again, the same contents are read.
        let again = try SafetensorsFile(decoding: file.encoded())
        #expect(again.names == file.names && again.metadata == file.metadata)
        #expect(again.entries.map(\.array) == file.entries.map(\.array))
        let dataSize = file.entries.reduce(0) { $0 + $1.array.byteCount }
        #expect(dataSize < bytes.count)
      } catch let error as SafetensorsError {
        #expect(!error.description.isEmpty)
        refused += 1
      }
    }
    // Damage to names, metadata or values gives another valid file. All other damage is detected.
    let leastRefused: [Mutation: Int] = [.truncate: 2_000, .remove: 2_000, .insert: 1_990]
    #expect(refused >= leastRefused[mutation, default: 900], "\(refused) of 2000 refused")
  }

  @Test func everyTruncationIsRefused() throws {
    let bytes = try referenceFile().encoded()
    for length in bytes.indices {
      #expect(throws: SafetensorsError.self, "\(length) of \(bytes.count) bytes") {
        try SafetensorsFile(decoding: Array(bytes[..<length]))
      }
    }
  }

  @Test func everyTruncationOfAFileIsRefused() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("model.safetensors")
      let bytes = try referenceFile().encoded()
      try Data(bytes).write(to: url)
      for length in bytes.indices.reversed() {
        #expect(truncate(url.path, off_t(length)) == 0)
        let error = #expect(throws: SafetensorsError.self) {
          try SafetensorsFile(contentsOf: url)
        }
        #expect(error?.path == url.path)
      }
    }
  }
}
