import Tensors

/// The reason why a figure could not be written, and what to do.
public enum FigureError: DescribedError, Hashable, Sendable {
  /// The figure cannot be written in the format of the file name extension.
  case unsupportedFormat(path: String, supported: [String])
  /// The folder of the file does not exist and could not be created.
  case cannotCreateFolder(path: String, reason: String)
  /// The file could not be written; an existing file at the path is unchanged.
  case cannotWrite(path: String, reason: String)

  /// The path, the reason, and what to do.
  public var description: String {
    switch self {
    case .unsupportedFormat(let path, let supported):
      let endings = supported.map { "." + $0 }.joined(separator: " or ")
      return "cannot write the figure \"\(path)\": the supported formats are \(endings);"
        + " use a file name with one of these extensions"
    case .cannotCreateFolder(let path, let reason):
      return "cannot create the folder \"\(path)\" for a figure: \(reason);"
        + " create it, or choose a folder that you may write to"
    case .cannotWrite(let path, let reason):
      return "cannot write the figure \"\(path)\": \(reason);"
        + " check that the folder is writable and the disk is not full, or choose another path"
    }
  }
}
