import Foundation
import NeuralNetworks
import Testing

/// Damaged headers, written by hand, each with the error that it must cause.
@Suite struct SafetensorsDamageTests {
  struct Damage: CustomTestStringConvertible, Sendable {
    let header: String
    let dataCount: Int
    let problem: SafetensorsError.Problem
    var testDescription: String { header }

    init(_ header: String, _ dataCount: Int, _ problem: SafetensorsError.Problem) {
      self.header = header
      self.dataCount = dataCount
      self.problem = problem
    }
  }

  /// The entry of an array in a header.
  private static func array(
    _ name: String, _ dtype: String = "F32", _ shape: String = "[2]", _ offsets: String = "[0,8]"
  ) -> String {
    #""\#(name)":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}"#
  }

  static let layouts: [Damage] = [
    Damage("{\(array("a", "F33"))}", 8, .unknownDType("F33", array: "a")),
    Damage("{\(array("a", "F32", "[-2]"))}", 8, .numberOutOfRange(offset: 37, found: "-2")),
    Damage(
      "{\(array("a", "F32", "[9223372036854775808]"))}", 8,
      .numberOutOfRange(offset: 37, found: "9223372036854775808")),
    Damage(
      "{\(array("a", "F32", "[4294967296,4294967296]"))}", 8,
      .sizeOverflow(array: "a", dtype: .f32, shape: [1 << 32, 1 << 32])),
    Damage(
      "{\(array("a", "F64", "[1152921504606846976]"))}", 8,
      .sizeOverflow(array: "a", dtype: .f64, shape: [1 << 60])),
    Damage(
      "{\(array("a", "F32", "[2]", "[0,7]"))}", 8,
      .wrongOffsets(array: "a", found: [0, 7], expectedByteCount: 8)),
    Damage(
      "{\(array("a", "F32", "[2]", "[8,0]"))}", 8,
      .wrongOffsets(array: "a", found: [8, 0], expectedByteCount: 8)),
    Damage(
      "{\(array("a", "F32", "[2]", "[0,8,8]"))}", 8,
      .wrongOffsets(array: "a", found: [0, 8, 8], expectedByteCount: 8)),
    Damage(
      "{\(array("a", "F32", "[2]", "[4,12]"))}", 12, .hole(before: "a", found: 4, expected: 0)),
    Damage(
      "{\(array("b", "F32", "[2]", "[9,17]")),\(array("a"))}", 17,
      .hole(before: "b", found: 9, expected: 8)),
    Damage(
      "{\(array("b", "F32", "[2]", "[4,12]")),\(array("a"))}", 12,
      .overlap(array: "b", found: 4, expected: 8)),
    Damage("{\(array("a"))}", 7, .dataTruncated(found: 69, expected: 70)),
    Damage("{\(array("a"))}", 9, .trailingBytes(found: 71, expected: 70)),
    Damage("{}", 1, .trailingBytes(found: 11, expected: 10)),
    Damage(
      "{\(array("a", "F4", "[3]", "[0,1]"))}", 1,
      .partialByte(array: "a", dtype: .f4, shape: [3])),
    Damage(
      "{\(array("a", "F6_E2M3", "[4611686018427387904]", "[0,1]"))}", 1,
      .sizeOverflow(array: "a", dtype: .f6E2M3, shape: [1 << 62])),
    Damage(
      "{\(array("a", "U8", "[9223372036854775807]", "[0,9223372036854775807]"))}", 0,
      .dataTruncated(found: 97, expected: .max)),
  ]

  static let fields: [Damage] = [
    Damage("{\(array("a")),\(array("a"))}", 8, .duplicateName("a")),
    Damage(#"{"__metadata__":{},"__metadata__":{}}"#, 0, .duplicateName("__metadata__")),
    Damage(
      #"{"__metadata__":{"k":"1","k":"2"}}"#, 0, .duplicateField("k", array: "__metadata__")),
    Damage(#"{"__metadata__":{"epoch":3}}"#, 0, .metadataNotAString(key: "epoch")),
    Damage(#"{"__metadata__":{"epoch":null}}"#, 0, .metadataNotAString(key: "epoch")),
    Damage(
      #"{"__metadata__":nul}"#, 0, .invalidHeader(offset: 27, found: "“}”", expected: "“l”")),
    Damage(#"{"a":{"dtype":"F32","dtype":"F32"}}"#, 0, .duplicateField("dtype", array: "a")),
    Damage(#"{"a":{"shape":[],"data_offsets":[0,0]}}"#, 0, .missingField("dtype", array: "a")),
    Damage(#"{"a":{"dtype":"U8","data_offsets":[0,0]}}"#, 0, .missingField("shape", array: "a")),
    Damage(#"{"a":{"dtype":"U8","shape":[]}}"#, 0, .missingField("data_offsets", array: "a")),
    Damage(#"{"a":{"strides":[1]}}"#, 0, .unknownField("strides", array: "a")),
  ]

  static let json: [Damage] = [
    Damage("", 0, .invalidHeader(offset: 8, found: "its end", expected: "“{”")),
    Damage(" {}", 0, .invalidHeader(offset: 8, found: "“ ”", expected: "“{”")),
    Damage("{", 0, .invalidHeader(offset: 9, found: "its end", expected: "“\"”")),
    Damage("{}}", 0, .invalidHeader(offset: 10, found: "“}”", expected: "the end of the header")),
    Damage(
      "{} \0", 0, .invalidHeader(offset: 11, found: "the byte 0", expected: "the end of the header")
    ),
    Damage("{a", 0, .invalidHeader(offset: 9, found: "“a”", expected: "“\"”")),
    Damage(#"{"a" 1"#, 0, .invalidHeader(offset: 13, found: "“1”", expected: "“:”")),
    Damage(#"{"a":[]"#, 0, .invalidHeader(offset: 13, found: "“[”", expected: "“{”")),
    Damage(
      #"{"a":{"shape":[1"#, 0,
      .invalidHeader(offset: 24, found: "its end", expected: "“]” or “,”")),
    Damage(
      #"{"a":{"shape":[1,]"#, 0,
      .invalidHeader(offset: 25, found: "“]”", expected: "a nonnegative integer")),
    Damage(
      #"{"a":{"shape":[01]"#, 0,
      .invalidHeader(
        offset: 23, found: "“0”", expected: "an integer without a leading zero")),
    Damage(
      #"{"a":{"shape":[1.0]"#, 0,
      .invalidHeader(offset: 24, found: "“.”", expected: "“]” or “,”")),
    Damage(
      "{\"a\n", 0,
      .invalidHeader(offset: 11, found: "the byte 10", expected: "a character of a string")),
    Damage(#"{"\x"#, 0, .invalidHeader(offset: 11, found: "“x”", expected: "a JSON escape")),
    Damage(
      #"{"\u12G4"#, 0, .invalidHeader(offset: 14, found: "“G”", expected: "a hexadecimal digit")),
    Damage(
      #"{"a":{"shape":["# + String(repeating: "1,", count: 64) + "1]", 0,
      .invalidHeader(
        offset: 151, found: "more than 64 numbers", expected: "the end of the list")),
    Damage(#"{"\uD800x"#, 0, .invalidHeader(offset: 16, found: "“x”", expected: "“\\”")),
    Damage(#"{"\uD800\u0041":1}"#, 0, .invalidUTF8(offset: 12)),
    Damage(#"{"\uDC00":1}"#, 0, .invalidUTF8(offset: 12)),
  ]

  @Test(
    "A damaged safetensors header is refused with the error for its damage",
    arguments: layouts + fields + json)
  func refuses(_ damage: Damage) {
    let bytes = safetensors(damage.header, dataCount: damage.dataCount)
    #expect(throws: SafetensorsError(path: "x.safetensors", problem: damage.problem)) {
      try SafetensorsFile(decoding: bytes, path: "x.safetensors")
    }
  }

  @Test("A safetensors header with a wrong length is refused")
  func refusesLengths() {
    func expect(_ bytes: [UInt8], _ problem: SafetensorsError.Problem) {
      #expect(throws: SafetensorsError(path: "x", problem: problem)) {
        try SafetensorsFile(decoding: bytes, path: "x")
      }
    }
    expect([], .fileTooShort(found: 0, expected: 8))
    expect([2, 0, 0, 0, 0, 0, 0], .fileTooShort(found: 7, expected: 8))
    expect([3, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D], .headerTruncated(found: 2, expected: 3))
    expect([1, 0xE1, 0xF5, 5, 0, 0, 0, 0], .headerTooLong(found: 100_000_001, limit: 100_000_000))
    expect([0, 0xE1, 0xF5, 5, 0, 0, 0, 0], .headerTruncated(found: 0, expected: 100_000_000))
    expect([UInt8](repeating: 255, count: 8), .headerTooLong(found: .max, limit: 100_000_000))
    let notUTF8 = safetensors("{\"") + [0xC3, 0x28]
    expect([5] + notUTF8[1...] + [0x22], .invalidUTF8(offset: 9))
  }

  @Test func readsEveryEscape() throws {
    let header = #"{ "__metadata__" : { "k" : "\"\\\/\b\f\n\r\t\u00e9\uD834\uDD1E" } }  "#
    let file = try SafetensorsFile(decoding: safetensors(header))
    #expect(file.metadata == ["k": "\"\\/\u{8}\u{C}\n\r\té𝄞"])
  }

  @Test func messageSaysWhatAndWhatToDo() {
    let error = SafetensorsError(
      path: "run/3.safetensors", problem: .dataTruncated(found: 69, expected: 70))
    #expect(
      error.localizedDescription
        == "run/3.safetensors: the file ends at byte 69; its arrays end at 70 (the file is cut "
        + "short: copy or save it again, or go back to an earlier one)")
    let long = SafetensorsError.Problem.duplicateName(String(repeating: "\n", count: 1_000_000))
    #expect(long.description.utf8.count < 400)
  }
}
