import Tensors

/// Why a data set cannot be read. Each case says which file, where in it, and what to do.
///
/// Offsets count bytes of the content: of what a gzipped file holds, not of its wrapper.
public enum DatasetError: DescribedError, Equatable, Sendable {
  /// Neither an argument nor the environment says where the data set lies.
  case folderNotGiven(dataset: String, variable: String, folder: String, source: String)
  /// The folder given does not exist, or is a file.
  case folderMissing(dataset: String, folder: String, source: String)
  /// Files that were looked for in `folders`, under these names and with `.gz` behind them.
  case filesMissing(dataset: String, files: [String], folders: [String], source: String)
  /// The system cannot open or read the file; `reason` in its words.
  case unreadable(file: String, reason: String)
  /// A field of the file has a value that it must not have.
  case unexpected(file: String, offset: Int, field: Field, expected: String, found: String)
  /// The content ends at `offset`, before the `expected` bytes that it must have at least.
  case truncated(file: String, offset: Int, expected: Int)
  /// The content goes on at `offset`, where it must end.
  case trailingBytes(file: String, offset: Int)
  /// The data set lies there in a form that is not read; `advice` says how to get the other.
  case otherForm(dataset: String, file: String, advice: String)
  /// The dimensions announced at `offset` need more than `limit` bytes, the most that a file of
  /// this size can hold, or more than can be counted. A gzipped file may unpack to 256 MiB, or to 100
  /// times its size where that is more.
  case tooLarge(file: String, offset: Int, dimensions: [Int], limit: Int)
  /// The content needs so many bytes, and the system has fewer.
  case exceedsMemory(file: String, bytes: Int, available: Int)
  /// The file is gzipped and damaged at the byte `offset`, of the file and not of its content.
  case damagedGzip(file: String, offset: Int, reason: String)

  /// What a wrong value was meant to be.
  public enum Field: String, Sendable {
    /// The bytes that say which format it is.
    case magicNumber = "magic number"
    /// The type of the elements.
    case elementType = "element type"
    /// The number of dimensions.
    case dimensionCount = "number of dimensions"
    /// One of the dimensions.
    case dimension = "dimension"
    /// The number of labels, which is that of the images.
    case labelCount = "number of labels"
    /// The class of an image.
    case label = "label"
  }
}

extension DatasetError {
  /// The message, for people.
  public var description: String {
    switch self {
    case .folderNotGiven(let dataset, let variable, let folder, let source):
      return """
        where is \(dataset)? Name its folder, or set \(variable) to the folder that holds \
        '\(folder)'. Its files are to be had from \(source)
        """
    case .folderMissing(let dataset, let folder, let source):
      return """
        \(folder): there is no such folder to read \(dataset) from. Its files are to be had from \
        \(source)
        """
    case .filesMissing(let dataset, let files, let folders, let source):
      return """
        \(dataset): no \(files.joined(separator: ", ")), with or without .gz, in \
        \(folders.joined(separator: " or ")). The files are to be had from \(source)
        """
    case .unreadable(let file, let reason):
      return "\(file): cannot be read: \(reason)"
    case .unexpected(let file, let offset, let field, let expected, let found):
      return """
        \(file): byte \(offset): the \(field.rawValue) must be \(expected), not \(found). Is it \
        the right file, and whole?
        """
    case .truncated(let file, let offset, let expected):
      return """
        \(file): ends at byte \(offset), but must have at least \(expected) bytes. Copy or \
        download it again
        """
    case .trailingBytes(let file, let offset):
      return "\(file): byte \(offset): goes on where it must end. Copy or download it again"
    case .tooLarge(let file, let offset, let dimensions, let limit):
      return """
        \(file): byte \(offset): dimensions of \(dimensions.map(String.init).joined(separator: "×")) \
        need more than the \(limit) bytes that a file of this size can hold. Copy or download it \
        again; a gzipped file that does hold so much is read once it is decompressed
        """
    case .otherForm(let dataset, let file, let advice):
      return "\(file): is \(dataset) in a form that is not read. \(advice)"
    case .exceedsMemory(let file, let bytes, let available):
      return """
        \(file): its content takes \(SystemMemory.text(bytes)), and the system has \
        \(SystemMemory.text(available)) of memory left. Free memory, or read a part of the data
        """
    case .damagedGzip(let file, let offset, let reason):
      return """
        \(file): byte \(offset) of the gzipped file: \(reason). Copy or download the file again
        """
    }
  }
}
