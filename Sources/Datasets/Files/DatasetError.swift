import Tensors

/// The reason why a data set cannot be read. Each case names the file, the position in it, and what
/// to do.
///
/// Offsets count bytes of the content: for a gzipped file, of the decompressed content.
public enum DatasetError: DescribedError, Equatable, Sendable {
  /// Neither an argument nor the environment gives the folder of the data set.
  case folderNotGiven(dataset: String, variable: String, folder: String, source: String)
  /// The given folder does not exist, or is a file.
  case folderMissing(dataset: String, folder: String, source: String)
  /// None of these files was found in `folders`, with or without `.gz`.
  case filesMissing(dataset: String, files: [String], folders: [String], source: String)
  /// The system cannot open or read the file; `reason` is its message.
  case unreadable(file: String, reason: String)
  /// A field of the file has an invalid value.
  case unexpected(file: String, offset: Int, field: Field, expected: String, found: String)
  /// The content ends at `offset`, but must have at least `expected` bytes.
  case truncated(file: String, offset: Int, expected: Int)
  /// The content continues at `offset`, where it must end.
  case trailingBytes(file: String, offset: Int)
  /// The data set is in a form that is not supported; `advice` says how to get the supported one.
  case otherForm(dataset: String, file: String, advice: String)
  /// The dimensions at `offset` need more than `limit` bytes, the most that a file of this size can
  /// contain, or their product overflows. A gzipped file may decompress to 256 MiB, or to 100 times
  /// its size if that is more.
  case tooLarge(file: String, offset: Int, dimensions: [Int], limit: Int)
  /// The content needs more bytes than the available memory.
  case exceedsMemory(file: String, bytes: Int, available: Int)
  /// The gzipped file is damaged at byte `offset` of the file itself, not of its content.
  case damagedGzip(file: String, offset: Int, reason: String)

  /// The field of the file that has an invalid value.
  public enum Field: String, Sendable {
    /// The bytes that identify the format.
    case magicNumber = "magic number"
    /// The type of the elements.
    case elementType = "element type"
    /// The number of dimensions.
    case dimensionCount = "number of dimensions"
    /// One of the dimensions.
    case dimension = "dimension"
    /// The number of labels, which must equal the number of images.
    case labelCount = "number of labels"
    /// The class of an image.
    case label = "label"
  }
}

extension DatasetError {
  /// The message.
  public var description: String {
    switch self {
    case .folderNotGiven(let dataset, let variable, let folder, let source):
      return """
        the folder of \(dataset) is not known. Give it, or set \(variable) to the folder that contains \
        '\(folder)'. Its files are available from \(source)
        """
    case .folderMissing(let dataset, let folder, let source):
      return """
        \(folder): this folder, for \(dataset), does not exist. Its files are available from \
        \(source)
        """
    case .filesMissing(let dataset, let files, let folders, let source):
      return """
        \(dataset): no \(files.joined(separator: ", ")), with or without .gz, in \
        \(folders.joined(separator: " or ")). The files are available from \(source)
        """
    case .unreadable(let file, let reason):
      return "\(file): cannot be read: \(reason)"
    case .unexpected(let file, let offset, let field, let expected, let found):
      return """
        \(file): byte \(offset): the \(field.rawValue) must be \(expected), not \(found). Check \
        that it is the right file and that it is complete
        """
    case .truncated(let file, let offset, let expected):
      return """
        \(file): ends at byte \(offset), but must have at least \(expected) bytes. Copy or \
        download it again
        """
    case .trailingBytes(let file, let offset):
      return
        "\(file): byte \(offset): the content continues where it must end. Copy or download it again"
    case .tooLarge(let file, let offset, let dimensions, let limit):
      return """
        \(file): byte \(offset): dimensions of \(dimensions.map(String.init).joined(separator: "×")) \
        need more than the \(limit) bytes that a file of this size can hold. Copy or download it \
        again; if a gzipped file really contains that much, decompress it first
        """
    case .otherForm(let dataset, let file, let advice):
      return "\(file): is \(dataset) in a form that is not supported. \(advice)"
    case .exceedsMemory(let file, let bytes, let available):
      return """
        \(file): its content takes \(SystemMemory.text(bytes)), but only \
        \(SystemMemory.text(available)) of memory are available. Free memory, or read a part of the data
        """
    case .damagedGzip(let file, let offset, let reason):
      return """
        \(file): byte \(offset) of the gzipped file: \(reason). Copy or download the file again
        """
    }
  }
}
