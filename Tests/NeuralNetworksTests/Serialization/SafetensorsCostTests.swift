import NeuralNetworks
import TestSupport
import Testing

@Suite("Cost of reading safetensors headers", .tags(.cost)) struct SafetensorsCost {
  /// With a dictionary keyed by `String`, 160 kB of combining marks took 9 s, as the name of an
  /// array, a metadata key, a field or a type.
  @Test(
    "Array names of many combining marks are read or refused within a second",
    arguments: [
      #"{"NAME":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#,
      #"{"__metadata__":{"NAME":"NAME"}}"#, #"{"a":{"NAME":1}}"#,
      #"{"a":{"dtype":"NAME","shape":[0],"data_offsets":[0,0]}}"#,
      #"{"__metadata__NAME":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#,
    ])
  func costlyNames(pattern: String) throws {
    // The marks have different combining classes, so that normalization must sort them.
    let marks = String(repeating: "\u{323}\u{301}\u{31B}", count: 27_000)
    let bytes = safetensors(pattern.replacing("NAME", with: "e" + marks))
    let time = try threadSeconds {
      do {
        let file = try SafetensorsFile(decoding: bytes)
        _ = try SafetensorsFile(decoding: file.encoded())
        _ = file[file.names.first ?? ""]
      } catch let error as SafetensorsError {
        #expect(error.description.utf8.count < 1_000)
      }
    }
    #expect(time < 1)
  }

  @Test("Safetensors headers of the largest allowed size are read or refused in bounded time")
  func largeHeaders() {
    let length = 100_000_000
    func filled(_ start: String, _ unit: String, _ end: String = "") -> [UInt8] {
      let count = (length - start.utf8.count - end.utf8.count) / unit.utf8.count
      var bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(start.utf8)
      bytes.reserveCapacity(length + 8)
      let unit = Array(unit.utf8)
      for _ in 0..<count { bytes += unit }
      bytes += Array(end.utf8)
      return bytes + Array(repeating: 0x20, count: length + 8 - bytes.count)
    }
    let patterns: [(bytes: [UInt8], isValid: Bool)] = [
      (filled("{}", " "), true),
      (filled(#"{"__metadata__":{"k":""#, "x", #""}}"#), true),
      (filled(#"{"a":{"shape":["#, "1,"), false),
      (filled(#"{"a":{"shape":["#, "9"), false),
      (filled("{", "\"a\":"), false),
      (filled(#"{"a"#, "\u{301}", #"":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#), true),
    ]
    for (bytes, isValid) in patterns {
      let start = String(decoding: bytes[8..<40], as: UTF8.self)
      let time = threadSeconds {
        let isRead = (try? SafetensorsFile(decoding: bytes)) != nil
        #expect(isRead == isValid, "\(start)")
      }
      #expect(time < 10, "\(start)")
    }
  }
}
