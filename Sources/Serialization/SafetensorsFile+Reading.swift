import Foundation
import Tensors

extension SafetensorsFile {
  /// Reads the file at `url`.
  ///
  /// The header is checked completely against the file's length before memory is allocated for any
  /// array: a damaged file is refused and never crashes the program. The format is enforced
  /// strictly: duplicate names and fields that are not part of the format are refused too. Arrays
  /// whose type has no corresponding Swift type are kept as bytes.
  ///
  /// - Throws: `FileError` if the file cannot be read. `SafetensorsError` if it is damaged, has
  ///   more than 262,144 names, has an array of more than 64 axes, or is larger than the available
  ///   memory.
  /// Complexity: O(bytes of the file).
  public init(contentsOf url: URL) throws {
    require(url.isFileURL, "A safetensors file is read from a file URL, not from \(url).")
    let path = url.path
    let file = try InputFile(path: path)
    guard file.isRegular else { throw SafetensorsError(path: path, problem: .notARegularFile) }
    try self.init(path: path, length: file.length) { offset, count in
      let bytes = try file.bytes(at: offset, count: count)
      if bytes.count < count {
        throw SafetensorsError.Problem.dataTruncated(
          found: offset + bytes.count, expected: offset + count)
      }
      return bytes
    }
  }

  /// Decodes the contents of a file that are in memory already.
  ///
  /// - Parameter path: The path for error messages.
  /// - Throws: `SafetensorsError` if the contents are damaged.
  /// Complexity: O(bytes).
  public init(decoding bytes: [UInt8], path: String = "(in memory)") throws {
    try self.init(path: path, length: bytes.count) { offset, count in
      Array(bytes[offset..<offset + count])
    }
  }

  /// Decodes a file of `length` bytes; `read` returns `count` bytes from an offset.
  private init(
    path: String, length: Int, read: (_ offset: Int, _ count: Int) throws -> [UInt8]
  ) throws {
    do {
      let prefix = try read(0, min(length, SafetensorsHeader.lengthSize))
      let headerLength = try SafetensorsHeader.length(in: prefix, fileLength: length)
      let start = SafetensorsHeader.lengthSize + headerLength
      let header = try SafetensorsHeader(
        decoding: try read(SafetensorsHeader.lengthSize, headerLength))
      try header.validateLayout(dataStart: start, fileLength: length)
      if let available = SystemMemory.shortage(for: length) {
        throw SafetensorsError.Problem.exceedsMemory(bytes: length, available: available)
      }

      self.init(metadata: header.metadata)
      self.path = path
      for array in header.arrays {
        let bytes = try read(start + array.offsets.lowerBound, array.offsets.count)
        self[array.name] = SafetensorsArray(bytes: bytes, dtype: array.dtype, shape: array.shape)
      }
    } catch let problem as SafetensorsError.Problem {
      throw SafetensorsError(path: path, problem: problem)
    }
  }
}
