import Datasets
import Foundation
import TestSupport
import Testing

private let pixelsPerImage = 3072

/// A batch with these labels. The pixels of an image are determined by its number.
private func batch(_ labels: [UInt8], first: Int = 0) -> [UInt8] {
  labels.indices.flatMap { [labels[$0]] + image(first + $0) }
}

private func image(_ number: Int) -> [UInt8] {
  (0..<pixelsPerImage).map { UInt8(truncatingIfNeeded: $0 / 1024 * 100 + $0 + 7 * number) }
}

/// The folder lookup and the reader, with batches of two images that have the official names.
@Suite struct CIFAR10FolderTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func write(_ file: String, _ bytes: [UInt8], in name: String = "cifar10") throws {
    _ = try folder.write(bytes, "\(name)/\(file)")
  }

  private func load(_ root: String? = nil) throws -> DatasetSplit {
    try CIFAR10.load(from: root ?? folder.path, imagesPerBatch: 2)
  }

  @Test(arguments: ["cifar10", "cifar-10-batches-bin"])
  func readsAllBatchesInTheirOrder(name: String) throws {
    for number in (1...5).reversed() {
      try write(
        "data_batch_\(number).bin", batch([UInt8(number), 0], first: 2 * number - 2), in: name)
    }
    try write("test_batch.bin", batch([8, 9], first: 50), in: name)
    let cifar = try load()
    #expect(cifar.name == "CIFAR-10")
    #expect(cifar.training.labels == [1, 0, 2, 0, 3, 0, 4, 0, 5, 0])
    #expect(cifar.training.pixels == (0..<10).flatMap(image))
    #expect(cifar.test.labels == [8, 9])
    #expect(cifar.test.pixels == image(50) + image(51))
    #expect(cifar.test.channels == 3 && cifar.test.height == 32 && cifar.test.width == 32)
    #expect(try load(folder.path + "/" + name) == cifar)
  }

  @Test func readsTheBatchesThatAreThereAndSaysSo() throws {
    try write("data_batch_2.bin.gz", gzipped(batch([3, 4])))
    try write("data_batch_4.bin", batch([5, 6], first: 2))
    try write("test_batch.bin.gz", gzipped(batch([8, 9])))
    let cifar = try load()
    #expect(cifar.name == "CIFAR-10 (2 of 5 training batches)")
    #expect(cifar.training.labels == [3, 4, 5, 6])
    #expect(cifar.training.pixels == (0..<4).flatMap(image))
  }

  @Test func aFolderThatIsCompleteGoesBeforeOneThatIsNot() throws {
    try write("test_batch.bin", batch([1, 2]))
    try write("test_batch.bin", batch([3, 4]), in: "cifar-10-batches-bin")
    try write("data_batch_1.bin", batch([5, 6]), in: "cifar-10-batches-bin")
    #expect(try load().test.labels == [3, 4])
  }

  @Test func listsWhatIsMissing() throws {
    let batches = (1...5).map { "data_batch_\($0).bin" }
    var error = #expect(throws: DatasetError.self) { try load() }
    guard case .filesMissing("CIFAR-10", batches + ["test_batch.bin"], let folders, _) = error
    else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(
      folders == ["/cifar10", "/cifar-10-batches-bin", ""].map { folder.path + $0 })

    try write("test_batch.bin", batch([8, 9]))
    error = #expect(throws: DatasetError.self) { try load() }
    guard case .filesMissing("CIFAR-10", batches, [folder.path + "/cifar10"], _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }

    try FileManager.default.removeItem(atPath: folder.path + "/cifar10/test_batch.bin")
    try write("data_batch_3.bin", batch([8, 9]))
    error = #expect(throws: DatasetError.self) { try load() }
    guard case .filesMissing("CIFAR-10", ["test_batch.bin"], _, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.description.contains("https://www.cs.toronto.edu/~kriz/cifar.html") == true)
  }

  @Test func theOfficialBatchHasTenThousandImages() throws {
    try write("data_batch_1.bin", batch([3, 4]))
    try write("test_batch.bin", batch([8, 9]))
    #expect(
      throws: DatasetError.truncated(
        file: "\(folder.path)/cifar10/data_batch_1.bin", offset: 2 * 3073, expected: 30_730_000)
    ) { try CIFAR10.load(from: folder.path) }
  }
}

@Suite struct CIFAR10DamageTests {
  private let whole = batch([7, 0])

  private func read(_ batches: [UInt8]...) throws -> ImageDataset {
    try ImageDataset(cifar10: batches.count, imagesPerBatch: 2) {
      MemorySource(batches[$0], name: "batch \($0)")
    }
  }

  @Test(arguments: [0, 1, 3072, 3073, 3074, 6145])
  func refusesTruncations(length: Int) {
    #expect(
      throws: DatasetError.truncated(file: "batch 1", offset: length, expected: 6146)
    ) { try read(whole, Array(whole.prefix(length))) }
  }

  @Test(arguments: [1, 3073])
  func refusesTrailingBytes(count: Int) {
    #expect(throws: DatasetError.trailingBytes(file: "batch 0", offset: 6146)) {
      try read(whole + Array(repeating: 0, count: count))
    }
  }

  @Test func refusesALabelThatIsNoClass() {
    #expect(
      throws: DatasetError.unexpected(
        file: "batch 0", offset: 3073, field: .label, expected: "from 0 to below 10", found: "10")
    ) { try read(batch([9, 10])) }
  }

  @Test func reportsACutGzipFile() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(gzipped(whole).dropLast(20), "data_batch_1.bin.gz")
    let error = #expect(throws: DatasetError.self) {
      try ImageDataset(cifar10: 1, imagesPerBatch: 2) { _ in try openSource(path: file) }
    }
    guard case .damagedGzip(file, _, "it ends within a member") = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// A mutated file is refused with a typed error, or its contents are exactly its bytes. It never
  /// causes a crash.
  @Test(arguments: [1, 2])
  func survivesMutations(seed: UInt64) throws {
    var generator = SplitMix(state: seed)
    var outcomes = (values: 0, errors: 0)
    for _ in 0..<3_000 {
      let bytes = mutated(whole, using: &generator)
      do {
        let dataset = try read(bytes)
        #expect(dataset.labels == [Int(bytes[0]), Int(bytes[3073])])
        #expect(dataset.pixels == Array(bytes[1..<3073] + bytes[3074...]))
        outcomes.values += 1
      } catch is DatasetError {
        outcomes.errors += 1
      }
    }
    #expect(outcomes.values > 100)
    #expect(outcomes.errors > 100)
  }
}

/// Tests on the real files, of which the first training batch and the test batch suffice. To run
/// the test, set LATENTGRAPHS_DATA to a folder that contains `cifar10/`:
/// `LATENTGRAPHS_DATA=~/data swift test -c release --filter RealCIFAR10Tests`.
@Suite(
  .enabled(
    if: (try? CIFAR10.folder.locate(root: nil)) != nil,
    "set LATENTGRAPHS_DATA to a folder that holds cifar10/"))
struct RealCIFAR10Tests {
  /// The expected values were computed from the same files with Python's `gzip`.
  @Test func hasTheKnownCountsAndSums() throws {
    let cifar = try CIFAR10.load()
    #expect(cifar.training.count >= 10_000)
    #expect(cifar.training.count % 10_000 == 0)
    let first = cifar.training[0..<10_000]
    #expect(
      histogram(first) == [1005, 974, 1032, 1016, 999, 937, 1030, 1001, 1025, 981])
    #expect(histogram(cifar.test) == Array(repeating: 1000, count: 10))
    #expect(sums(first) == [1_288_517_123, 1_262_189_222, 1_167_674_233])
    #expect(sums(cifar.test) == [1_290_492_328, 1_266_775_083, 1_176_108_223])
    #expect(Array(first.labels.prefix(5)) == [6, 9, 9, 4, 1])
    #expect(Array(first.image(0).prefix(4)) == [59, 43, 50, 68])
    #expect(Array(first.image(0).dropFirst(1024).prefix(4)) == [62, 46, 48, 54])
  }

  /// The sums of the red, the green and the blue plane.
  private func sums(_ dataset: ImageDataset) -> [Int] {
    (0..<3).map { channel in
      (0..<dataset.count).reduce(0) {
        $0 + sum(dataset.image($1).dropFirst(1024 * channel).prefix(1024))
      }
    }
  }
}
