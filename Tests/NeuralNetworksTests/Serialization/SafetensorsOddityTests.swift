import Foundation
import NeuralNetworks
import TestSupport
import Testing

/// Valid files with unusual contents, as other programs write them, and inputs of extreme sizes.
@Suite struct SafetensorsOddityTests {
  private func header(_ dtype: String, _ shape: String, bytes: Int) -> String {
    #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
      + #""odd":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":[8,\#(8 + bytes)]}}"#
  }

  @Test(
    "Arrays of types that Swift lacks are read and written as bytes",
    arguments: [
      ("F8_E4M3", "[2]", 2), ("F8_E5M2", "[2]", 2), ("F8_E8M0", "[3]", 3),
      ("F8_E4M3FNUZ", "[1]", 1),
      ("F8_E5M2FNUZ", "[1]", 1), ("C64", "[1]", 8), ("F4", "[4]", 2), ("F6_E2M3", "[2,2]", 3),
      ("F6_E3M2", "[4]", 3), ("F4", "[0,3]", 0),
    ])
  func carriesOtherTypes(dtype: String, shape: String, bytes: Int) throws {
    let data = [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40] + (0..<bytes).map { UInt8(0xA0 + $0) }
    let file = try SafetensorsFile(decoding: safetensors(header(dtype, shape, bytes: bytes)) + data)
    #expect(try file.values(of: "w", as: Float.self) == [1, 2])
    let odd = try #require(file["odd"])
    #expect(odd.dtype.rawValue == dtype && odd.bytes == Array(data[8...]))
    #expect(throws: SafetensorsError.self) { try file.values(of: "odd", as: UInt8.self) }
    #expect(throws: SafetensorsError.self) { try file.convertedValues(of: "odd", to: Double.self) }
    let again = try SafetensorsFile(decoding: file.encoded())
    #expect(again["odd"] == odd && again["w"] == file["w"])
  }

  @Test("Metadata of null are read as empty metadata")
  func nullMetadata() throws {
    let array = #""x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
    let file = try SafetensorsFile(
      decoding: safetensors(#"{"__metadata__": null, "# + array, dataCount: 4))
    #expect(file.metadata == [:] && file.names == ["x"])
  }

  @Test("Names that differ only in their Unicode normalization are different names")
  func normalization() throws {
    let (composed, decomposed) = ("\u{E9}", "e\u{301}")
    #expect(composed == decomposed)
    var file = SafetensorsFile()
    file.metadata = [composed: "1", decomposed: "2"]
    file[decomposed] = SafetensorsArray([1] as [Float])
    file[composed] = SafetensorsArray([2] as [Float])
    let read = try SafetensorsFile(decoding: file.encoded())
    #expect(read.names.map { Array($0.utf8) } == [[0x65, 0xCC, 0x81], [0xC3, 0xA9]])
    #expect(try read.values(of: decomposed, as: Float.self) == [1])
    #expect(try read.values(of: composed, as: Float.self) == [2])
    #expect(read.metadata[composed] == "1" && read.metadata[decomposed] == "2")
    #expect(throws: SafetensorsError(path: "f", problem: .duplicateName(composed))) {
      let twice = #""\#(composed)":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"#
      return try SafetensorsFile(decoding: safetensors("{\(twice),\(twice)}"), path: "f")
    }
  }

  @Test("A safetensors header with more names than the limit is refused")
  func manyNames() throws {
    func header(_ count: Int) -> [UInt8] {
      let arrays = (0..<count).map { #""\#($0)":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"# }
      return safetensors("{" + arrays.joined(separator: ",") + "}")
    }
    #expect(try SafetensorsFile(decoding: header(1 << 18)).names.count == 1 << 18)
    #expect(throws: SafetensorsError(path: "f", problem: .tooManyNames(limit: 1 << 18))) {
      try SafetensorsFile(decoding: header(1 << 18 + 1), path: "f")
    }
    let keys = (0...1 << 18).map { #""\#($0)":"""# }.joined(separator: ",")
    #expect(throws: SafetensorsError(path: "f", problem: .tooManyNames(limit: 1 << 18))) {
      try SafetensorsFile(decoding: safetensors("{\"__metadata__\":{\(keys)}}"), path: "f")
    }
  }

  @Test(
    "A file of 3 TiB is refused before memory is allocated",
    .enabled(if: TemporaryFolder.holdsSparseFiles, "the temporary folder takes no file of 4 TiB"))
  func sparseFile() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("large.safetensors")
      let size = 3 << 40
      let header = #"{"a":{"dtype":"U8","shape":[\#(size)],"data_offsets":[0,\#(size)]}}"#
      let bytes = safetensors(header)
      try Data(bytes).write(to: url)
      try #require(truncate(url.path, off_t(size + bytes.count)) == 0)
      let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: url) }
      guard case .exceedsMemory(size + bytes.count, _) = error?.problem else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(error?.description.contains("3.0 TiB") == true)
    }
  }
}

/// Conversions from half precision, tested for all 65,536 values of each format.
@Suite struct SafetensorsConversionTests {
  private func file(_ dtype: SafetensorsDType) -> SafetensorsFile {
    let bytes = (0..<1 << 16).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    var file = SafetensorsFile()
    file["x"] = SafetensorsArray(bytes: bytes, dtype: dtype, shape: [256, 256])
    return file
  }

  /// The expected values follow IEEE 754: `(−1)ˢ 2^(e − 15) (1 + f/1024)`, and `(−1)ˢ 2⁻¹⁴ f/1024`
  /// for `e = 0`.
  @Test func halfPrecision() throws {
    let singles = try file(.f16).convertedValues(of: "x", to: Float.self, shape: [256, 256])
    let doubles = try file(.f16).convertedValues(of: "x", to: Double.self)
    for bits in 0..<1 << 16 {
      let (exponent, fraction) = (bits >> 10 & 31, Double(bits & 1023) / 1024)
      let sign = bits >> 15 == 0 ? 1.0 : -1.0
      if exponent == 31 {
        #expect(fraction == 0 ? singles[bits] == Float(sign) * .infinity : singles[bits].isNaN)
        continue
      }
      let magnitude =
        exponent == 0 ? fraction * 0x1p-14 : (1 + fraction) * exp2(Double(exponent - 15))
      #expect(doubles[bits] == sign * magnitude && Double(singles[bits]) == doubles[bits])
      #expect((singles[bits].sign == .minus) == (bits >> 15 == 1))
    }
  }

  @Test func upperHalfOfASingle() throws {
    let singles = try file(.bf16).convertedValues(of: "x", to: Float.self)
    let doubles = try file(.bf16).convertedValues(of: "x", to: Double.self)
    for bits in 0..<1 << 16 {
      let expected = Float(bitPattern: UInt32(bits) << 16)
      #expect(expected.isNaN ? singles[bits].isNaN : singles[bits] == expected)
      #expect(expected.isNaN ? doubles[bits].isNaN : doubles[bits] == Double(expected))
      #expect((singles[bits].sign == .minus) == (bits >> 15 == 1))
    }
  }

  @Test("Conversions that would round are refused: from Double to Float and from integers")
  func refusesRounding() throws {
    var file = SafetensorsFile()
    file["single"] = SafetensorsArray([0.1] as [Float])
    file["double"] = SafetensorsArray([0.1] as [Double])
    file["integer"] = SafetensorsArray([1] as [Int32])
    #expect(try file.convertedValues(of: "single", to: Double.self) == [Double(0.1 as Float)])
    #expect(try file.convertedValues(of: "double", to: Double.self) == [0.1])
    for name in ["double", "integer"] {
      #expect(throws: SafetensorsError.self) { try file.convertedValues(of: name, to: Float.self) }
    }
    #expect(throws: SafetensorsError.self) {
      try file.convertedValues(of: "single", to: Float.self, shape: [2])
    }
  }
}
