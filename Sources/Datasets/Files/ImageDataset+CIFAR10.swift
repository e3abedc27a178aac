extension ImageDataset {
  /// Reads batches of CIFAR-10's binary format, one after the other.
  ///
  /// A batch is so many records of 3,073 bytes and nothing else: a label in `0..<10`, then the
  /// planes of red, green and blue, each of 32×32 bytes in row-major order.
  ///
  /// - Parameter open: gives the source of a batch, by its index from 0, when the one before it is
  ///   read.
  /// - Throws: `DatasetError`, with the file and the byte at which it is not what it must be, and
  ///   what `open` throws.
  package init(
    cifar10 batches: Int, imagesPerBatch: Int, opening open: (Int) throws -> any ByteSource
  ) throws {
    var pixels: [UInt8] = []
    var labels: [Int] = []
    for batch in 0..<batches {
      let records = try readRecords(from: open(batch), count: imagesPerBatch)
      // Memory is asked for when a first batch has shown that it is one.
      if batch == 0 { pixels.reserveCapacity(batches * imagesPerBatch * (recordSize - 1)) }
      for start in stride(from: 0, to: records.count, by: recordSize) {
        labels.append(Int(records[start]))
        pixels += records[start + 1..<start + recordSize]
      }
    }
    self.init(
      pixels: pixels, labels: labels, height: 32, width: 32, channels: 3, classCount: classes)
  }
}

private let recordSize = 1 + 3 * 32 * 32
private let classes = 10

/// The bytes of a batch, whose labels are classes.
private func readRecords(from source: any ByteSource, count: Int) throws -> [UInt8] {
  var reader = BinaryReader(source)
  let records = try reader.bytes(count * recordSize)
  try reader.expectEnd()
  for start in stride(from: 0, to: records.count, by: recordSize)
  where records[start] >= classes {
    throw DatasetError.unexpected(
      file: reader.file, offset: start, field: .label, expected: "from 0 to below \(classes)",
      found: "\(records[start])")
  }
  return records
}
