import Foundation
import NeuralNetworks
import TestSupport
import Testing

/// The container of arrays: the order of names, typed values, and refusals.
@Suite struct SafetensorsFileTests {
  @Test func keepsTheOrderOfNames() {
    var file = SafetensorsFile()
    for name in ["c", "a", "b"] { file[name] = SafetensorsArray([1] as [Float]) }
    file["a"] = SafetensorsArray([2, 3] as [Double])
    #expect(file.names == ["c", "a", "b"])
    #expect(file["a"]?.shape == [2])
    file["c"] = nil
    file["absent"] = nil
    #expect(file.names == ["a", "b"])
    #expect(file["c"] == nil)
    #expect(file.entries.map(\.name) == ["a", "b"])
  }

  @Test func valuesSurviveBitForBit() throws {
    let nan = Float(bitPattern: 0x7FC0_1234)
    let floats: [Float] = [nan, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
    let integers: [UInt64] = [0, 1 << 53 + 1, .max]
    var file = SafetensorsFile()
    file["floats"] = SafetensorsArray(floats, shape: [2, 2])
    file["integers"] = SafetensorsArray(integers)
    let read = try SafetensorsFile(decoding: file.encoded())
    let found: [Float] = try read.values(of: "floats", shape: [2, 2])
    #expect(found.map(\.bitPattern) == floats.map(\.bitPattern))
    #expect(try read.values(of: "integers", as: UInt64.self) == integers)
  }

  @Test func everyTypeHasItsValues() throws {
    let file = try SafetensorsFile(decoding: SafetensorsReference.full)
    #expect(try file.booleans(of: "flags") == [true, false, true])
    #expect(try file.values(of: "u8", as: UInt8.self) == [0, 1, 255])
    #expect(try file.values(of: "i8", as: Int8.self) == [-128, 0, 127])
    #expect(try file.values(of: "u16", as: UInt16.self) == [1, 65535])
    #expect(try file.values(of: "i16", as: Int16.self) == [-32768, 32767])
    #expect(try file.values(of: "u32", as: UInt32.self) == [1, .max])
    #expect(try file.values(of: "i32", as: Int32.self) == [.min, .max])
    #expect(try file.values(of: "u64", as: UInt64.self) == [1, .max])
    #expect(try file.values(of: "i64", as: Int64.self) == [.min, .max])
    #expect(
      try file.values(of: "weight", as: Float.self, shape: [2, 3])
        == [1.5, -2.25, 3, 0.1, .infinity, 0])
    #expect(try file.values(of: "double", as: Double.self) == [0.1, 1e-300])
    #expect(try file.values(of: "scalar", as: Double.self, shape: []) == [2.5])
    #expect(try file.values(of: "empty", as: Float.self, shape: [0, 4]) == [])
    #expect(file["half"]?.bytes == [0x00, 0x38, 0x00, 0xC0, 0xFF, 0x7B])
  }

  @Test func namesWhatWasAskedForInVain() throws {
    let file = try SafetensorsFile(decoding: SafetensorsReference.full, path: "run/3.safetensors")
    func expect(_ problem: SafetensorsError.Problem, _ body: () throws -> Void) {
      #expect(throws: SafetensorsError(path: "run/3.safetensors", problem: problem)) { try body() }
    }
    expect(.missingArray("bias", among: 15)) { _ = try file.array(named: "bias") }
    expect(.wrongDType(array: "double", found: .f64, expected: .f32)) {
      _ = try file.values(of: "double", as: Float.self)
    }
    expect(.wrongDType(array: "u8", found: .u8, expected: .bool)) {
      _ = try file.booleans(of: "u8")
    }
    expect(.wrongShape(array: "weight", found: [2, 3], expected: [3, 2])) {
      _ = try file.values(of: "weight", as: Float.self, shape: [3, 2])
    }
  }

  @Test func callersMistakesStop() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = SafetensorsArray([1, 2, 3] as [Float], shape: [2, 2])
      }, "12 bytes do not match a F32 array of shape [2, 2]")
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = SafetensorsArray([1] as [Float], shape: [-1, -1])
      }, "4 bytes do not match a F32 array of shape [-1, -1]")
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var file = SafetensorsFile()
        file["__metadata__"] = SafetensorsArray([1] as [Float])
      }, "No array can be named __metadata__")
  }
}
