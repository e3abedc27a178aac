import Tensors

/// The reason why a command line is invalid, in one line.
public enum UsageError: DescribedError, Equatable {
  /// An unknown option, with the nearest known name if one is close.
  case unknownOption(String, nearest: String?)
  /// An option at the end, or before another option, without its value.
  case missingValue(option: String)
  /// A value that is malformed or out of range.
  case invalidValue(option: String, expected: String, found: String)
  /// `--flag=value` for a flag that takes none.
  case unexpectedValue(option: String, found: String)
  /// An option that is given twice.
  case repeated(option: String)
  /// An argument that belongs to no option.
  case strayArgument(String)
  /// An argument that is not UTF-8, and its position on the line, counted from 1.
  case notUTF8(position: Int, repaired: String)

  /// The argument, the problem and, where one is close, the nearest option.
  public var description: String {
    switch self {
    case .unknownOption(let name, let nearest):
      let hint = nearest.map { "; did you mean --\($0)?" } ?? ""
      return "unknown option \(name)\(hint)"
    case .missingValue(let option):
      return "--\(option) needs a value; write it after the option"
    case .invalidValue(let option, let expected, let found):
      return "--\(option) must be \(expected), not '\(found)'"
    case .unexpectedValue(let option, let found):
      return "--\(option) takes no value, but '\(found)' is given"
    case .repeated(let option):
      return "--\(option) is given twice; give it once"
    case .strayArgument(let text):
      return "unexpected argument '\(text)'; options begin with --"
    case .notUTF8(let position, let repaired):
      return "argument \(position), '\(repaired)', is not UTF-8; rename the file or folder"
    }
  }
}
