import Foundation
import NeuralNetworks
import TestSupport
import Testing

/// Files written by Python's package are read, and written files have the layout that the format
/// prescribes.
@Suite struct SafetensorsFormatTests {
  @Test("Files written by Python's package are read", arguments: [true, false])
  func readsPythonsFiles(reordered: Bool) throws {
    let file = try SafetensorsFile(
      decoding: reordered ? SafetensorsReference.reordered : SafetensorsReference.full)
    let expected = referenceFile()
    #expect(file.metadata == expected.metadata)
    #expect(file.names.sorted() == expected.names.sorted())
    for (name, array) in expected.entries {
      #expect(file[name] == array, "\(name)")
    }
    // Python sorts by the size of the elements. The reordered file lists the names in reverse.
    #expect(file.names.first == (reordered ? "flags" : "u64"))
  }

  @Test func emptyFileIsPythonsToTheByte() throws {
    let file = try SafetensorsFile(decoding: SafetensorsReference.empty)
    #expect(file.names.isEmpty && file.metadata.isEmpty)
    #expect(try SafetensorsFile().encoded() == SafetensorsReference.empty)
  }

  @Test func writtenFileIsReadBack() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("model.safetensors")
      var file = referenceFile()
      file["brain"] = SafetensorsArray(bytes: [0x80, 0x3F], dtype: .bf16, shape: [1, 1])
      try file.write(to: url)
      let read = try SafetensorsFile(contentsOf: url)
      #expect(read.names == file.names)
      #expect(read.entries.map(\.array) == file.entries.map(\.array))
      #expect(read.metadata == file.metadata)
      #expect(read.path == url.path)
      #expect(try [UInt8](Data(contentsOf: url)) == file.encoded())
      #expect(try contents(of: folder) == ["model.safetensors"])
    }
  }

  @Test func layoutIsThatOfTheFormat() throws {
    var file = SafetensorsFile(metadata: ["b": "\u{1}", "a": "x\"\\"])
    file["small"] = SafetensorsArray([1, 2, 3] as [UInt8])
    file["large"] = SafetensorsArray([1] as [Float])
    let header =
      #"{"__metadata__":{"a":"x\"\\","b":"\u0001"},"#
      + #""small":{"dtype":"U8","shape":[3],"data_offsets":[4,7]},"#
      + #""large":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    let data: [UInt8] = [0x00, 0x00, 0x80, 0x3F, 1, 2, 3]
    #expect(try file.encoded() == safetensors(padded) + data)
  }

  @Test func everyArrayIsAlignedForItsType() throws {
    let bytes = try referenceFile().encoded()
    let headerLength = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(headerLength % 8 == 0)
    let json = try JSONSerialization.jsonObject(with: Data(bytes[8..<8 + headerLength]))
    for (name, value) in try #require(json as? [String: [String: Any]]) {
      guard let offsets = value["data_offsets"] as? [Int] else { continue }
      let dtype = try #require(SafetensorsDType(rawValue: value["dtype"] as? String ?? ""))
      #expect(offsets[0] % dtype.elementSize == 0, "\(name)")
    }
  }

  /// Runs only if `LATENTGRAPHS_PYTHON` is the path of a Python with numpy and safetensors.
  @Test(
    "Python's package reads the files that the library writes",
    .enabled(
      if: ProcessInfo.processInfo.environment["LATENTGRAPHS_PYTHON"] != nil,
      "set LATENTGRAPHS_PYTHON to a Python with numpy and safetensors"))
  func pythonReadsWhatIsWritten() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("model.safetensors")
      try referenceFile().write(to: url)
      let script =
        packageFolder
        .appendingPathComponent("Tests/References/safetensors_reference.py")
      let python = Process()
      python.executableURL = URL(
        fileURLWithPath: ProcessInfo.processInfo.environment["LATENTGRAPHS_PYTHON"]!)
      python.arguments = [script.path, "consume", url.path]
      try python.run()
      python.waitUntilExit()
      #expect(python.terminationStatus == 0)
    }
  }
}
