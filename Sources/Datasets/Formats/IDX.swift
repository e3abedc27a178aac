/// The header of an IDX file, the format of MNIST: the element type and the dimensions.
///
/// The file consists of two zero bytes, a byte for the element type, a byte for the number of
/// dimensions, each dimension as four big-endian bytes, and the elements in row-major order.
struct IDXHeader {
  /// The supported element types, by their codes.
  enum ElementType: UInt8 {
    case uint8 = 0x08
    case int8 = 0x09
    case int16 = 0x0B
    case int32 = 0x0C

    var size: Int {
      switch self {
      case .uint8, .int8: 1
      case .int16: 2
      case .int32: 4
      }
    }
  }

  let elementType: ElementType
  let dimensions: [Int]
  /// The number of bytes of all elements; the source can hold them together with the header.
  let contentSize: Int

  /// Reads and checks a header, before anything of the announced size is allocated.
  init(
    from reader: inout BinaryReader, elementTypes: [ElementType], dimensionCount: Int
  ) throws {
    try Self.readMagicNumber(from: &reader)
    elementType = try Self.readElementType(from: &reader, among: elementTypes)
    try Self.readDimensionCount(from: &reader, expected: dimensionCount)
    dimensions = try (0..<dimensionCount).map { _ in try Self.readDimension(from: &reader) }
    contentSize = try Self.contentSize(of: dimensions, elementType: elementType, in: reader)
  }

  private static func readMagicNumber(from reader: inout BinaryReader) throws {
    let bytes = try reader.bytes(2)
    guard bytes == [0, 0] else {
      throw DatasetError.unexpected(
        file: reader.file, offset: 0, field: .magicNumber, expected: "00 00, as in an IDX file",
        found: bytes.map(hexadecimal).joined(separator: " "))
    }
  }

  private static func readElementType(
    from reader: inout BinaryReader, among types: [ElementType]
  ) throws -> ElementType {
    let offset = reader.offset
    let byte = try reader.byte()
    guard let type = ElementType(rawValue: byte), types.contains(type) else {
      throw DatasetError.unexpected(
        file: reader.file, offset: offset, field: .elementType,
        expected: types.map { "\(hexadecimal($0.rawValue)) (\($0))" }.joined(separator: " or "),
        found: hexadecimal(byte))
    }
    return type
  }

  private static func readDimensionCount(
    from reader: inout BinaryReader, expected: Int
  ) throws {
    let offset = reader.offset
    let count = Int(try reader.byte())
    guard count == expected else {
      throw DatasetError.unexpected(
        file: reader.file, offset: offset, field: .dimensionCount, expected: "\(expected)",
        found: "\(count)")
    }
  }

  private static func readDimension(from reader: inout BinaryReader) throws -> Int {
    let offset = reader.offset
    let dimension = try reader.bigEndianUInt32()
    guard dimension > 0 else {
      throw DatasetError.unexpected(
        file: reader.file, offset: offset, field: .dimension, expected: "at least 1", found: "0")
    }
    return dimension
  }

  /// The number of bytes that the dimensions need, if the source can hold them.
  private static func contentSize(
    of dimensions: [Int], elementType: ElementType, in reader: BinaryReader
  ) throws -> Int {
    let length = reader.source.length
    let tooLarge = DatasetError.tooLarge(
      file: reader.file, offset: 4, dimensions: dimensions, limit: length.upperBound)
    var size = elementType.size
    for dimension in dimensions {
      let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
      if overflow { throw tooLarge }
      size = product
    }
    let (total, overflow) = size.addingReportingOverflow(reader.offset)
    if overflow { throw tooLarge }
    switch length {
    case .exactly(let available) where total > available:
      throw DatasetError.truncated(file: reader.file, offset: available, expected: total)
    case .atMost(let available) where total > available:
      throw tooLarge
    default:
      return size
    }
  }
}

/// A byte as two hexadecimal digits.
private func hexadecimal(_ byte: UInt8) -> String {
  (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
}
