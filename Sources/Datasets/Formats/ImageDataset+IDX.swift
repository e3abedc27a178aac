import Tensors

extension ImageDataset {
  /// Reads grey images and their labels from two IDX files, each gzipped or not.
  ///
  /// The images are `uint8` of shape `[count, height, width]`; the labels are `uint8`, `int8`,
  /// `int16` or `int32` of shape `[count]`, each in `0..<classCount`. If `size` is given, images of
  /// another size are refused.
  ///
  /// - Throws: `DatasetError`, with the file and the byte that is invalid. A gzipped file is
  ///   decompressed only as far as its header says, and is refused if that is more than 256 MiB and
  ///   more than 100 times the size of the file.
  /// - Complexity: O(bytes) in time; the memory of the images and labels alone.
  public init(
    idxImages: String, idxLabels: String, size: (height: Int, width: Int)? = nil, classCount: Int
  ) throws {
    try self.init(
      images: openSource(path: idxImages), labels: openSource(path: idxLabels), size: size,
      classCount: classCount)
  }

  /// The same, from sources; the source of the labels is opened after the images have been read.
  package init(
    images: any ByteSource, labels: @autoclosure () throws -> any ByteSource,
    size: (height: Int, width: Int)? = nil,
    classCount: Int
  ) throws {
    require(classCount > 0, "labels of \(classCount) classes; at least one is needed")
    let (pixels, dimensions) = try readImages(from: images, size: size)
    self.init(
      pixels: pixels,
      labels: try readLabels(from: labels(), count: dimensions[0], classCount: classCount),
      height: dimensions[1], width: dimensions[2], classCount: classCount)
  }
}

private func readImages(
  from source: any ByteSource, size: (height: Int, width: Int)?
) throws -> (pixels: [UInt8], dimensions: [Int]) {
  var reader = BinaryReader(source)
  let header = try IDXHeader(from: &reader, elementTypes: [.uint8], dimensionCount: 3)
  if let size {
    for (axis, expected) in [(1, size.height), (2, size.width)]
    where header.dimensions[axis] != expected {
      throw DatasetError.unexpected(
        file: reader.file, offset: 4 + 4 * axis, field: .dimension, expected: "\(expected)",
        found: "\(header.dimensions[axis])")
    }
  }
  let pixels = try reader.bytes(header.contentSize)
  try reader.expectEnd()
  return (pixels, header.dimensions)
}

private func readLabels(
  from source: any ByteSource, count: Int, classCount: Int
) throws -> [Int] {
  var reader = BinaryReader(source)
  let header = try IDXHeader(
    from: &reader, elementTypes: [.uint8, .int8, .int16, .int32], dimensionCount: 1)
  guard header.dimensions[0] == count else {
    throw DatasetError.unexpected(
      file: reader.file, offset: 4, field: .labelCount, expected: "\(count), one for each image",
      found: "\(header.dimensions[0])")
  }
  let start = reader.offset
  let bytes = try reader.bytes(header.contentSize)
  try reader.expectEnd()
  let labels = numbers(in: bytes, of: header.elementType)
  if let index = labels.firstIndex(where: { !(0..<classCount).contains($0) }) {
    throw DatasetError.unexpected(
      file: reader.file, offset: start + index * header.elementType.size, field: .label,
      expected: "from 0 to below \(classCount)", found: "\(labels[index])")
  }
  return labels
}

private func numbers(in bytes: [UInt8], of type: IDXHeader.ElementType) -> [Int] {
  switch type {
  case .uint8: return bytes.map(Int.init)
  case .int8: return bytes.map { Int(Int8(bitPattern: $0)) }
  case .int16: return bigEndian(Int16.self, in: bytes)
  case .int32: return bigEndian(Int32.self, in: bytes)
  }
}

private func bigEndian<Number: FixedWidthInteger>(_: Number.Type, in bytes: [UInt8]) -> [Int] {
  let size = Number.bitWidth / 8
  return stride(from: 0, to: bytes.count, by: size).map { place in
    Int(
      bytes[place..<place + size].reduce(0 as Number) { $0 << 8 | Number(truncatingIfNeeded: $1) })
  }
}
