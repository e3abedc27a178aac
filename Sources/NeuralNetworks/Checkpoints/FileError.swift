import Foundation
import Tensors

/// A file that the system could not read or write: the path, what was being done, and why it failed.
///
/// It is about the file as a whole (a full disk, a missing folder, no permission); what is wrong
/// with a file's contents is a `SafetensorsError`.
public struct FileError: DescribedError, Equatable, Sendable {
  /// The file that the caller asked for.
  public let path: String

  /// What was being done, as it reads after "cannot": `"open"`, `"write"`, `"rename"`, …
  public let operation: String

  /// The system's error number (`errno`), for example `ENOSPC`.
  public let code: Int32

  package init(path: String, operation: String, code: Int32) {
    self.path = path
    self.operation = operation
    self.code = code
  }

  /// The error that the last system call left in `errno`.
  package static func last(_ operation: String, _ path: String) -> FileError {
    FileError(path: path, operation: operation, code: errno)
  }
}

extension FileError {
  /// The path, the operation, the system's text for the error number, and what to do about it.
  public var description: String {
    let reason = "\(path): cannot \(operation): \(String(cString: strerror(code))) (errno \(code))"
    return advice.map { "\(reason); \($0)" } ?? reason
  }

  private var advice: String? {
    switch code {
    case EFBIG where operation == "read": "move it away, if it is not what it should be"
    case ENOSPC, EDQUOT, EFBIG: "make room, or write to another disk"
    case EACCES, EPERM, EROFS: "choose a place with the permission for it"
    case ENOENT, ENOTDIR: "check the path, and that its folder exists"
    case EILSEQ: "choose a name in UTF-8"
    case EISDIR: "the path is a folder; give a file's path"
    default: nil
    }
  }
}
