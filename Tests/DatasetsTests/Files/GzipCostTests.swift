import Datasets
import TestSupport
import Testing

@Suite("Cost of reading gzipped files", .tags(.cost)) struct GzipCost {
  /// The file has 60 MB of zeros after three small images. They are not decompressed to detect that
  /// they are surplus.
  @Test("Content beyond the announced size is refused without decompressing it")
  func trailingContent() throws {
    let folder = try TemporaryFolder()
    let packed = try gzipped(smallImages + Array(repeating: 0, count: 60_000_000))
    let file = try folder.write(packed, "long.gz")
    let labels = try folder.write(smallLabels, "labels")
    let time = threadSeconds {
      #expect(throws: DatasetError.trailingBytes(file: file, offset: 40)) {
        try ImageDataset(idxImages: file, idxLabels: labels, classCount: 10)
      }
    }
    #expect(time < 5)
  }
}
