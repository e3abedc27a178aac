/// The header of a safetensors file: the metadata, and the position of each array in the data.
struct SafetensorsHeader {
  typealias Problem = SafetensorsError.Problem

  /// The description of one array; `offsets` are relative to the start of the data.
  struct Description {
    let name: String
    let dtype: SafetensorsDType
    let shape: [Int]
    let offsets: Range<Int>
  }

  /// The largest header length that the format allows; the Python package enforces it too.
  static let lengthLimit = 100_000_000

  /// The number of bytes before the header, which contain its length.
  static let lengthSize = 8

  /// The key of the metadata, which no array may have as its name.
  static let metadataKey = "__metadata__"

  /// The largest number of names, of arrays and metadata together. A few bytes of header for each
  /// name cost about a hundred times as much memory.
  static let nameLimit = 1 << 18

  /// The largest number of axes of an array, the same as in NumPy.
  static let rankLimit = 64

  var metadata: NamedValues<String> = [:]

  /// The arrays in the header's order, which need not be the order of their data.
  var arrays: [Description] = []

  /// Parses the header's length from the first bytes of a file of `fileLength` bytes.
  static func length(in prefix: [UInt8], fileLength: Int) throws(Problem) -> Int {
    if prefix.count < lengthSize {
      throw .fileTooShort(found: prefix.count, expected: lengthSize)
    }
    let length = prefix[..<lengthSize].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    if length > lengthLimit { throw .headerTooLong(found: length, limit: lengthLimit) }
    let available = fileLength - lengthSize
    if length > available { throw .headerTruncated(found: available, expected: Int(length)) }
    return Int(length)
  }

  /// Checks that the arrays fill the data exactly, without gaps or overlaps.
  ///
  /// - Parameter start: The offset of the data in the file.
  /// Complexity: O(n log n) for n arrays.
  func validateLayout(dataStart start: Int, fileLength: Int) throws(Problem) {
    var end = 0
    for array in arrays.sorted(by: Self.precedes) {
      let found = array.offsets.lowerBound
      if found > end { throw .hole(before: array.name, found: found, expected: end) }
      if found < end { throw .overlap(array: array.name, found: found, expected: end) }
      end = array.offsets.upperBound
    }
    let available = fileLength - start
    // Offsets near Int.max must not overflow while the message is built.
    let expected = start.addingReportingOverflow(end)
    if end > available {
      throw .dataTruncated(
        found: fileLength, expected: expected.overflow ? .max : expected.partialValue)
    }
    if end < available { throw .trailingBytes(found: fileLength, expected: start + end) }
  }

  /// The order of arrays in the data; among arrays with the same start, empty ones come first.
  private static func precedes(_ left: Description, _ right: Description) -> Bool {
    (left.offsets.lowerBound, left.offsets.upperBound)
      < (right.offsets.lowerBound, right.offsets.upperBound)
  }
}
