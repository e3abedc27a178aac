/// The header of a safetensors file: the metadata, and where each array lies in the data.
struct SafetensorsHeader {
  typealias Problem = SafetensorsError.Problem

  /// What the header says of one array; `offsets` count from the start of the data.
  struct Description {
    let name: String
    let dtype: SafetensorsDType
    let shape: [Int]
    let offsets: Range<Int>
  }

  /// The largest header that the format allows, which Python's package enforces too.
  static let lengthLimit = 100_000_000

  /// The bytes before the header, which hold its length.
  static let lengthSize = 8

  /// The key that stands for the metadata, and can name no array.
  static let metadataKey = "__metadata__"

  /// The most names, of arrays and in the metadata: some bytes of header each cost a hundred times as
  /// many of memory.
  static let nameLimit = 1 << 18

  /// The most axes of an array, which are those of Python's.
  static let rankLimit = 64

  var metadata: NamedValues<String> = [:]

  /// The arrays in the header's order, which need not be the order of their data.
  var arrays: [Description] = []

  /// The header's length from the first bytes of a file of `fileLength` bytes.
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

  /// Checks that the arrays fill the data to the last byte, side by side, without hole or overlap.
  ///
  /// - Parameter start: The offset in the file at which the data starts.
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
    // Offsets near Int.max, too, must not overflow on the way into the message.
    let expected = start.addingReportingOverflow(end)
    if end > available {
      throw .dataTruncated(
        found: fileLength, expected: expected.overflow ? .max : expected.partialValue)
    }
    if end < available { throw .trailingBytes(found: fileLength, expected: start + end) }
  }

  /// The order of the data; of the arrays that start at one byte, the empty ones come first.
  private static func precedes(_ left: Description, _ right: Description) -> Bool {
    (left.offsets.lowerBound, left.offsets.upperBound)
      < (right.offsets.lowerBound, right.offsets.upperBound)
  }
}
