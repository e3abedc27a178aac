import Tensors

/// Why a figure could not be written, and what to do about it.
public enum FigureError: DescribedError, Hashable, Sendable {
  /// The end of the file's name is not one in which this figure can be written.
  case unsupportedFormat(path: String, supported: [String])
  /// The folder of the file is missing and could not be made.
  case cannotCreateFolder(path: String, reason: String)
  /// The file could not be written; what stood at the path before is still there.
  case cannotWrite(path: String, reason: String)

  /// The path, the reason, and what to do.
  public var description: String {
    switch self {
    case .unsupportedFormat(let path, let supported):
      let endings = supported.map { "." + $0 }.joined(separator: " or ")
      return "cannot write the figure \"\(path)\": this figure can be written as \(endings);"
        + " give the file a name that ends so"
    case .cannotCreateFolder(let path, let reason):
      return "cannot create the folder \"\(path)\" for a figure: \(reason);"
        + " create it, or choose a folder that you may write to"
    case .cannotWrite(let path, let reason):
      return "cannot write the figure \"\(path)\": \(reason);"
        + " check that the folder is writable and the disk is not full, or choose another path"
    }
  }
}
