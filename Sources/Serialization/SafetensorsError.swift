import Tensors

/// A problem with the contents of a safetensors file, and the file's path.
///
/// A file that cannot be opened, read or written is a `FileError`.
public struct SafetensorsError: DescribedError, Equatable, Sendable {
  /// The file.
  public let path: String

  /// What was found and what was expected.
  public let problem: Problem

  package init(path: String, problem: Problem) {
    self.path = path
    self.problem = problem
  }

  /// The ways in which a safetensors file can be damaged or differ from what was requested.
  ///
  /// Offsets are counted in bytes from the start of the file; offsets of arrays are counted from
  /// the start of the data, as in the format.
  public enum Problem: DescribedError, Equatable, Sendable {
    /// It is a folder, a pipe or a device.
    case notARegularFile
    /// The file is shorter than the 8 bytes of the header's length.
    case fileTooShort(found: Int, expected: Int)
    /// The header's length exceeds the limit of the format.
    case headerTooLong(found: UInt64, limit: Int)
    /// The header extends beyond the end of the file; `found` bytes follow the header's length.
    case headerTruncated(found: Int, expected: Int)
    /// A string in the header is not UTF-8.
    case invalidUTF8(offset: Int)
    /// The header is not the JSON that the format prescribes.
    case invalidHeader(offset: Int, found: String, expected: String)
    /// A name occurs twice in the header.
    case duplicateName(String)
    /// A field occurs twice in an array's description.
    case duplicateField(String, array: String)
    /// An array's description lacks one of `dtype`, `shape` and `data_offsets`.
    case missingField(String, array: String)
    /// An array's description has a field that is not part of the format.
    case unknownField(String, array: String)
    /// A value of the metadata is not a string.
    case metadataNotAString(key: String)
    /// The header has more names, of arrays and metadata together, than the limit.
    case tooManyNames(limit: Int)
    /// The file is larger than the available memory.
    case exceedsMemory(bytes: Int, available: Int)
    /// The elements of an array, of fewer than 8 bits each, do not fill its last byte.
    case partialByte(array: String, dtype: SafetensorsDType, shape: [Int])
    /// An array's type is not a case of `SafetensorsDType`.
    case unknownDType(String, array: String)
    /// An integer is negative or too large.
    case numberOutOfRange(offset: Int, found: String)
    /// The size of an array in bytes overflows `Int`.
    case sizeOverflow(array: String, dtype: SafetensorsDType, shape: [Int])
    /// An array's offsets are not two numbers whose difference is the size of its elements.
    case wrongOffsets(array: String, found: [Int], expectedByteCount: Int)
    /// Some bytes before this array belong to no array.
    case hole(before: String, found: Int, expected: Int)
    /// An array starts before the end of the one before it.
    case overlap(array: String, found: Int, expected: Int)
    /// The data ends before the last array ends.
    case dataTruncated(found: Int, expected: Int)
    /// The data continues after the last array.
    case trailingBytes(found: Int, expected: Int)
    /// The file has no array with the requested name.
    case missingArray(String, among: Int)
    /// An array has another type than requested.
    case wrongDType(array: String, found: SafetensorsDType, expected: SafetensorsDType)
    /// An array has another shape than requested.
    case wrongShape(array: String, found: [Int], expected: [Int])
  }
}

extension SafetensorsError {
  /// The path, what was found, what was expected, and what to do.
  public var description: String { "\(path): \(problem)" }
}

extension SafetensorsError.Problem {
  /// What was found, what was expected, and what to do.
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
      "the file has \(SystemMemory.text(bytes)), but only \(SystemMemory.text(available)) of memory "
        + "are available"
    case .partialByte(let array, let dtype, let shape):
      "array \(quoted(array)) of type \(dtype.rawValue) and shape \(brief(shape)) does not fill "
        + "whole bytes"
    case .unknownDType(let found, let array):
      "array \(quoted(array)) has the unknown type \(quoted(found)); known types are "
        + SafetensorsDType.allCases.map(\.rawValue).joined(separator: ", ")
    case .numberOutOfRange(let offset, let found):
      "the number \(found) at byte \(offset) is not in 0...\(Int.max)"
    case .sizeOverflow(let array, let dtype, let shape):
      "array \(quoted(array)) of type \(dtype.rawValue) and shape \(brief(shape)) exceeds the "
        + "address space"
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

  /// Escapes and shortens a name, since a damaged file may contain any name of any length.
  private func quoted(_ name: String) -> String {
    let start = String(name.unicodeScalars.prefix(80))
    return start.debugDescription + (start.utf8.count < name.utf8.count ? "…" : "")
  }

  private func brief(_ numbers: [Int]) -> String {
    numbers.count <= 8
      ? "\(numbers)" : "[\(numbers.prefix(8).map(String.init).joined(separator: ", ")), …]"
  }
}
