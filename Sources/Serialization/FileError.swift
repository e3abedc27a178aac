import Foundation
import Tensors

/// The error for a file that the system could not read or write: the path, the operation, and the
/// reason.
///
/// It concerns the file as a whole (a full disk, a missing folder, no permission). Damaged contents
/// of a safetensors file are a `SafetensorsError`.
public struct FileError: DescribedError, Equatable, Sendable {
  /// The file that the caller asked for.
  public let path: String

  /// The operation that failed, a verb that follows "cannot": `"open"`, `"write"`, `"rename"`, …
  public let operation: String

  /// The system's error number (`errno`), for example `ENOSPC`.
  public let code: Int32

  package init(path: String, operation: String, code: Int32) {
    self.path = path
    self.operation = operation
    self.code = code
  }

  /// The error that the last system call stored in `errno`.
  package static func last(_ operation: String, _ path: String) -> FileError {
    FileError(path: path, operation: operation, code: errno)
  }
}

extension FileError {
  /// The path, the operation, the system's text for the error number, and what to do.
  public var description: String {
    let reason = "\(path): cannot \(operation): \(String(cString: strerror(code))) (errno \(code))"
    return advice.map { "\(reason); \($0)" } ?? reason
  }

  private var advice: String? {
    switch code {
    case EFBIG where operation == "read": "move it away if it is not the expected file"
    case ENOSPC, EDQUOT, EFBIG: "make room, or write to another disk"
    case EACCES, EPERM, EROFS: "change the permissions, or choose another path"
    case ENOENT, ENOTDIR: "check the path and whether its folder exists"
    case EEXIST: "give the path of a file"
    case EILSEQ: "choose a name in UTF-8"
    case EISDIR: "the path is a folder; give a file's path"
    default: nil
    }
  }
}
