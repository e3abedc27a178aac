import Foundation
import Inference
import NeuralNetworks
import Tensors

/// Valid files of every format, small enough that a mutation often hits a relevant byte.
enum FuzzCorpus {
  static func safetensors() throws -> [[UInt8]] {
    var plain = SafetensorsFile(metadata: ["epoch": "3", "é": "naïve \"quotes\" \\ \n"])
    plain["weight"] = SafetensorsArray([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    plain["empty"] = SafetensorsArray([] as [Double], shape: [0, 4])
    plain["scalar"] = SafetensorsArray([2.5] as [Double], shape: [])
    var odd = SafetensorsFile()
    odd["e\u{301}"] = SafetensorsArray(bytes: [1, 2], dtype: .f4, shape: [4])
    odd["\u{E9}"] = SafetensorsArray(bytes: [1, 2], dtype: .bf16, shape: [1])
    odd["c"] = SafetensorsArray(bytes: Array(0..<16), dtype: .c64, shape: [2, 1])
    odd["flags"] = SafetensorsArray([true, false])
    return try [SafetensorsFile(), plain, odd].map { try $0.encoded() }
  }

  private static func idx(_ type: UInt8, _ dimensions: [UInt8], _ content: [UInt8]) -> [UInt8] {
    [0, 0, type, UInt8(dimensions.count)] + dimensions.flatMap { [0, 0, 0, $0] } + content
  }

  static let images = [
    idx(8, [3, 2, 4], (0..<24).map { UInt8($0 * 10) }), idx(8, [3, 1, 1], [1, 2, 3]),
  ]

  static let labels = [
    idx(8, [3], [7, 0, 9]), idx(9, [3], [7, 0, 9]), idx(0x0B, [3], [0, 7, 0, 0, 0, 9]),
    idx(0x0C, [3], [0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 9]),
  ]

  /// `images[0]` with a stored block and with the fixed code, larger images with dynamic codes, all
  /// compressed by Python's zlib; and a file with two members.
  static let gzipped: [[UInt8]] = {
    let members = [
      stored(images[0]),
      decoded(
        "H4sIAAAAAAAA/2Ng4GBmYGAAYSYgZmHgEpHTMLJxC4hKyato6pm2YNWWfScu3XkGABss3IcoAAAA"),
      decoded(
        "H4sIAAAAAAAA/zWOwQ0EMQwCke6zVVAYFdOVD1jtw8SeQGLg+QFoPauLSmIU5EWDMsFRRqV25XRwdOfJc5Ml"
          + "iAkmtfwdm0+5lxfsa7wzxEtHMVE7XnWHGBbZT/iWeJmowgZG+vyu5T8cUEXT0AAAAA=="),
    ]
    return members + [members[0] + members[1]]
  }()

  /// A gzipped file that contains these bytes uncompressed, in blocks of at most 65,535 bytes.
  static func stored(_ content: [UInt8]) -> [UInt8] {
    var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    var rest = content[...]
    repeat {
      let block = rest.prefix(65_535)
      rest = rest.dropFirst(block.count)
      let count = UInt16(block.count)
      file.append(rest.isEmpty ? 1 : 0)
      for number in [count, ~count] { file += [UInt8(number & 255), UInt8(number >> 8)] }
      file += block
    } while !rest.isEmpty
    for number in [CRC32.checksum(of: content), UInt32(truncatingIfNeeded: content.count)] {
      file += (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    return file
  }

  /// Two records.
  static let batches: [[UInt8]] = [
    [3] + (0..<3072).map { UInt8(truncatingIfNeeded: $0) } + [9] + Array(repeating: 5, count: 3072)
  ]

  static let metrics: [[UInt8]] = [
    "{\"epoch\":1,\"seconds\":0.5,\"test_elbo\":-1.5,\"test_kl\":0.25,\"train_elbo\":\"nan\","
      + "\"train_kl\":0.25}\n",
    "{\"edge_probabilities\":[0.5,1],\"epoch\":2,\"seconds\":1e2,\"train_elbo\":\"-inf\","
      + "\"train_kl\":0}\r\n",
  ].map { Array($0.utf8) }

  private static func decoded(_ base64: String) -> [UInt8] { [UInt8](Data(base64Encoded: base64)!) }
}
