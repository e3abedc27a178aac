import Foundation
import NeuralNetworks

/// The sorted names of all items in `folder`, including hidden files.
func contents(of folder: URL) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
}

/// The contents of a safetensors file with this header and `dataCount` bytes of data.
func safetensors(_ header: String, dataCount: Int = 0) -> [UInt8] {
  let length = UInt64(header.utf8.count)
  return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
    + [UInt8](repeating: 1, count: dataCount)
}

/// The arrays of the reference files, in an order different from both.
func referenceFile() -> SafetensorsFile {
  var file = SafetensorsFile(metadata: SafetensorsReference.metadata)
  file["flags"] = SafetensorsArray([true, false, true])
  file["u8"] = SafetensorsArray([0, 1, 255] as [UInt8])
  file["i8"] = SafetensorsArray([-128, 0, 127] as [Int8])
  file["u16"] = SafetensorsArray([1, 65535] as [UInt16])
  file["i16"] = SafetensorsArray([-32768, 32767] as [Int16])
  // The bytes are 0.5, −2 and 65504 in half precision.
  file["half"] = SafetensorsArray(
    bytes: [0x00, 0x38, 0x00, 0xC0, 0xFF, 0x7B], dtype: .f16, shape: [3])
  file["u32"] = SafetensorsArray([1, .max] as [UInt32])
  file["i32"] = SafetensorsArray([.min, .max] as [Int32])
  file["weight"] = SafetensorsArray(
    [1.5, -2.25, 3, 0.1, .infinity, -0.0] as [Float], shape: [2, 3])
  file["u64"] = SafetensorsArray([1, .max] as [UInt64])
  file["i64"] = SafetensorsArray([.min, .max] as [Int64])
  file["double"] = SafetensorsArray([0.1, 1e-300] as [Double], shape: [2, 1])
  file["scalar"] = SafetensorsArray([2.5] as [Double], shape: [])
  file["empty"] = SafetensorsArray([] as [Float], shape: [0, 4])
  file["größe \"1\"\n"] = SafetensorsArray([7] as [Float])
  return file
}
