import Datasets
import Foundation
import TestSupport
import Testing

@Suite struct FileTests {
  private let folder: TemporaryFolder
  private let images: String
  private let labels: String

  init() throws {
    folder = try TemporaryFolder()
    images = try folder.write(smallImages, "images")
    labels = try folder.write(smallLabels, "labels")
  }

  private func read(images: String) throws -> ImageDataset {
    try ImageDataset(idxImages: images, idxLabels: labels, classCount: 10)
  }

  @Test func readsAPlainFile() throws {
    #expect(try read(images: images) == DatasetsTests.read())
  }

  @Test(arguments: ["images.gz", "images-of-any-name"])
  func readsAGzippedFileByItsContent(name: String) throws {
    let file = try folder.write(gzipped(smallImages), name)
    #expect(try read(images: file) == DatasetsTests.read())
  }

  @Test func readsMoreThanAPipeHolds() throws {
    var generator = SplitMix(state: 1)
    let pixels = (0..<3_000_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let file = try folder.write(
      gzipped(idx(dimensions: [3, 1000, 1000], content: pixels)), "large")
    #expect(try read(images: file).pixels == pixels)
  }

  @Test func leavesTheRestOfALongFileAlone() throws {
    let file = try folder.write(
      gzipped(smallImages + Array(repeating: 0, count: 3_000_000)), "long")
    #expect(throws: DatasetError.trailingBytes(file: file, offset: 40)) { try read(images: file) }
  }

  @Test func reportsWhatTheSystemSays() throws {
    let missing = folder.path + "/missing"
    #expect(
      throws: DatasetError.unreadable(file: missing, reason: "No such file or directory")
    ) { try read(images: missing) }
    #expect(
      throws: DatasetError.unreadable(file: folder.path, reason: "it is not a regular file")
    ) { try read(images: folder.path) }
  }

  @Test func anEmptyFileIsTruncated() throws {
    let file = try folder.write([], "empty")
    #expect(throws: DatasetError.truncated(file: file, offset: 0, expected: 2)) {
      try read(images: file)
    }
  }

  /// A gzipped file of some forty bytes cannot contain 47 MB, so no memory is allocated for them.
  @Test func refusesWhatNoGzippedFileOfItsSizeHolds() throws {
    let bytes = try gzipped(idx(dimensions: [60_000, 28, 28], content: []))
    let file = try folder.write(bytes, "empty.gz")
    #expect(
      throws: DatasetError.tooLarge(
        file: file, offset: 4, dimensions: [60_000, 28, 28], limit: bytes.count * 1032)
    ) { try read(images: file) }
  }

  /// Runs in a process of its own, because other tests open files at the same time.
  @Test(.enabled(if: openDescriptors() != nil, "this system has no /proc/self/fd to count"))
  func closesWhatItOpens() async {
    await #expect(processExitsWith: .success) {
      let tests = try FileTests()
      let file = try tests.folder.write(gzipped(smallImages), "images.gz")
      _ = try? tests.read(images: file)
      let before = try #require(openDescriptors())
      for size in [(2, 4), (1, 1)] {
        for _ in 0..<60 {
          _ = try? ImageDataset(
            idxImages: file, idxLabels: tests.labels, size: size, classCount: 10)
        }
      }
      #expect(openDescriptors() == before)
    }
  }

  @Test func survivesMutationsOfAGzippedFile() throws {
    var generator = SplitMix(state: 5)
    let whole = try gzipped(smallImages)
    var errors = 0
    for index in 0..<200 {
      let file = try folder.write(mutated(whole, using: &generator), "mutant-\(index)")
      do {
        // Any change that the checksum does not detect is in an unused byte of the gzip header.
        #expect(try read(images: file).pixels == smallPixels)
      } catch is DatasetError {
        errors += 1
      }
    }
    #expect(errors > 100)
  }
}

/// The number of files, pipes and sockets that the process has open.
private func openDescriptors() -> Int? {
  try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
}
