extension ImageDataset {
  /// Reads batches in CIFAR-10's binary format, one after another.
  ///
  /// A batch consists of records of 3,073 bytes: a label in `0..<10`, then the planes of red, green
  /// and blue, each of 32×32 bytes in row-major order.
  ///
  /// - Parameter open: Opens the source of a batch, by its index from 0. It is called after the
  ///   previous batch has been read.
  /// - Throws: `DatasetError`, with the file and the byte that is invalid, and the errors of
  ///   `open`.
  package init(
    cifar10 batches: Int, imagesPerBatch: Int, opening open: (Int) throws -> any ByteSource
  ) throws {
    var pixels: [UInt8] = []
    var labels: [Int] = []
    for batch in 0..<batches {
      let records = try readRecords(from: open(batch), count: imagesPerBatch)
      // Memory for all batches is allocated only after the first one was valid.
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

/// Reads the bytes of a batch and checks its labels.
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
