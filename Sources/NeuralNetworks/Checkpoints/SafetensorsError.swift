import Tensors

/// What is wrong with the contents of a safetensors file, and which file it is.
///
/// A file that cannot be opened, read or written at all is a `FileError`.
public struct SafetensorsError: DescribedError, Equatable, Sendable {
  /// The file.
  public let path: String

  /// What was found, and what was expected in its place.
  public let problem: Problem

  package init(path: String, problem: Problem) {
    self.path = path
    self.problem = problem
  }

  /// The ways in which a safetensors file can be damaged, or not be the file that was asked for.
  ///
  /// Offsets count bytes from the start of the file; the offsets of arrays, as in the format, from
  /// the start of the data.
  public enum Problem: DescribedError, Equatable, Sendable {
    /// A folder, a pipe or a device.
    case notARegularFile
    /// The file ends before the 8 bytes of the header's length.
    case fileTooShort(found: Int, expected: Int)
    /// The header's length is above what the format allows.
    case headerTooLong(found: UInt64, limit: Int)
    /// The header reaches past the end of the file; `found` bytes follow its length.
    case headerTruncated(found: Int, expected: Int)
    /// A string in the header is not UTF-8.
    case invalidUTF8(offset: Int)
    /// The header is not the JSON that the format prescribes.
    case invalidHeader(offset: Int, found: String, expected: String)
    /// The header has this name twice.
    case duplicateName(String)
    /// An array's description has this field twice.
    case duplicateField(String, array: String)
    /// An array's description lacks one of `dtype`, `shape` and `data_offsets`.
    case missingField(String, array: String)
    /// An array's description has a field that the format does not know.
    case unknownField(String, array: String)
    /// The metadata's value for this key is not a string.
    case metadataNotAString(key: String)
    /// The header has more names, of arrays or in the metadata, than are read.
    case tooManyNames(limit: Int)
    /// The file has so many bytes, and the system fewer of memory.
    case exceedsMemory(bytes: Int, available: Int)
    /// An array's elements of fewer than 8 bits do not fill its last byte.
    case partialByte(array: String, dtype: SafetensorsDType, shape: [Int])
    /// An array's type is none of `SafetensorsDType`.
    case unknownDType(String, array: String)
    /// A whole number that is negative or does not fit.
    case numberOutOfRange(offset: Int, found: String)
    /// The size of an array, in bytes, overflows.
    case sizeOverflow(array: String, dtype: SafetensorsDType, shape: [Int])
    /// An array's offsets are not two numbers that lie as many bytes apart as its shape needs.
    case wrongOffsets(array: String, found: [Int], expectedByteCount: Int)
    /// Bytes of the data before this array belong to no array.
    case hole(before: String, found: Int, expected: Int)
    /// An array starts before the end of the one before it.
    case overlap(array: String, found: Int, expected: Int)
    /// The data ends before the last array does.
    case dataTruncated(found: Int, expected: Int)
    /// The data goes on after the last array.
    case trailingBytes(found: Int, expected: Int)
    /// The file has no array of the name that was asked for.
    case missingArray(String, among: Int)
    /// An array is of another type than was asked for.
    case wrongDType(array: String, found: SafetensorsDType, expected: SafetensorsDType)
    /// An array is of another shape than was asked for.
    case wrongShape(array: String, found: [Int], expected: [Int])
  }
}

extension SafetensorsError {
  /// The file, what was found in it, what was expected, and what to do about it.
  public var description: String { "\(path): \(problem)" }
}

extension SafetensorsError.Problem {
  /// What was found, what was expected, and what to do about it.
  public var description: String { "\(finding) (\(advice))" }

  private var finding: String {
    switch self {
    case .notARegularFile:
      "this is a folder, a pipe or a device, not a file"
    case .fileTooShort(let found, let expected):
      "the file has \(found) bytes; a safetensors file has at least \(expected)"
    case .headerTooLong(let found, let limit):
      "the header claims \(found) bytes; the format allows \(limit)"
    case .headerTruncated(let found, let expected):
      "the header claims \(expected) bytes, and the file has \(found) after its length"
    case .invalidUTF8(let offset):
      "the string at byte \(offset) is not UTF-8"
    case .invalidHeader(let offset, let found, let expected):
      "the header has \(found) at byte \(offset), where \(expected) belongs"
    case .duplicateName(let name):
      "the header has the name \(quoted(name)) twice"
    case .duplicateField(let field, let array):
      "array \(quoted(array)) has the field \(quoted(field)) twice"
    case .missingField(let field, let array):
      "array \(quoted(array)) has no field \(quoted(field))"
    case .unknownField(let field, let array):
      "array \(quoted(array)) has the field \(quoted(field)); the format has dtype, shape and "
        + "data_offsets"
    case .metadataNotAString(let key):
      "the metadata's value for \(quoted(key)) is not a string"
    case .tooManyNames(let limit):
      "the header has more than \(limit) names"
    case .exceedsMemory(let bytes, let available):
      "the file has \(SystemMemory.text(bytes)), and the system \(SystemMemory.text(available)) of "
        + "memory left"
    case .partialByte(let array, let dtype, let shape):
      "array \(quoted(array)) of type \(dtype.rawValue) and shape \(brief(shape)) is no whole number "
        + "of bytes"
    case .unknownDType(let found, let array):
      "array \(quoted(array)) has the type \(quoted(found)); known are "
        + SafetensorsDType.allCases.map(\.rawValue).joined(separator: ", ")
    case .numberOutOfRange(let offset, let found):
      "the number \(found) at byte \(offset) is not in 0...\(Int.max)"
    case .sizeOverflow(let array, let dtype, let shape):
      "array \(quoted(array)) of type \(dtype.rawValue) and shape \(brief(shape)) is larger than "
        + "memory"
    case .wrongOffsets(let array, let found, let expected):
      "array \(quoted(array)) has the offsets \(brief(found)); its shape needs two that lie "
        + "\(expected) bytes apart"
    case .hole(let array, let found, let expected):
      "array \(quoted(array)) starts at byte \(found) of the data; the one before ends at "
        + "\(expected), and no byte may be left over"
    case .overlap(let array, let found, let expected):
      "array \(quoted(array)) starts at byte \(found) of the data; the one before ends at \(expected)"
    case .dataTruncated(let found, let expected):
      "the file ends at byte \(found); its arrays end at \(expected)"
    case .trailingBytes(let found, let expected):
      "the file ends at byte \(found); its arrays end at \(expected)"
    case .missingArray(let name, let count):
      "there is no array \(quoted(name)) among the file's \(count)"
    case .wrongDType(let array, let found, let expected):
      "array \(quoted(array)) is of type \(found.rawValue), not \(expected.rawValue)"
    case .wrongShape(let array, let found, let expected):
      "array \(quoted(array)) has the shape \(brief(found)), not \(brief(expected))"
    }
  }

  private var advice: String {
    switch self {
    case .notARegularFile: "give the path of a safetensors file"
    case .missingArray, .wrongDType, .wrongShape:
      "the file was written by another model, or by another version of this one"
    case .headerTruncated, .dataTruncated, .fileTooShort:
      "the file is cut short: copy or save it again, or go back to an earlier one"
    case .tooManyNames: "save the arrays in several files"
    case .exceedsMemory: "free memory, or save fewer arrays in a file"
    case .unknownDType, .unknownField: "save it with types and fields of this list"
    default: "it is damaged or not a safetensors file: save it again, or go back to an earlier one"
    }
  }

  /// A name from a damaged file may hold anything, of any length: escaped, and its start only.
  private func quoted(_ name: String) -> String {
    let start = String(name.unicodeScalars.prefix(80))
    return start.debugDescription + (start.utf8.count < name.utf8.count ? "…" : "")
  }

  private func brief(_ numbers: [Int]) -> String {
    numbers.count <= 8
      ? "\(numbers)" : "[\(numbers.prefix(8).map(String.init).joined(separator: ", ")), …]"
  }
}
