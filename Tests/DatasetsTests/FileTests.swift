import Datasets
import Foundation
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

  @Test func reportsGzipsOwnMessage() throws {
    let whole = try gzipped(smallImages)
    let file = try folder.write(whole.dropLast(), "cut")
    let error = #expect(throws: DatasetError.self) { try read(images: file) }
    guard case .gzipFailed(file, 1, let message) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(message.contains("unexpected end of file"))
  }

  @Test func findsAWrongChecksumBehindRightContent() throws {
    var bytes = try gzipped(smallImages)
    bytes[bytes.count - 5] ^= 1
    let file = try folder.write(bytes, "damaged")
    let error = #expect(throws: DatasetError.self) { try read(images: file) }
    guard case .gzipFailed(file, 1, let message) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(message.contains("crc error"))
  }

  /// 47 MB cannot hide in a file of some forty bytes, so none are allocated for it.
  @Test func refusesWhatNoGzippedFileOfItsSizeHolds() throws {
    let bytes = try gzipped(idx(dimensions: [60_000, 28, 28], content: []))
    let file = try folder.write(bytes, "empty.gz")
    #expect(
      throws: DatasetError.tooLarge(
        file: file, offset: 4, dimensions: [60_000, 28, 28], limit: bytes.count * 1032)
    ) { try read(images: file) }
  }

  @Test func saysWhereGzipWasLookedFor() throws {
    let file = try folder.write(gzipped(smallImages), "images.gz")
    #expect(throws: DatasetError.gzipNotFound(file: file, path: folder.path)) {
      try openSource(path: file, environment: ["PATH": folder.path])
    }
  }

  /// A decompressor that complains at length must not wait for room in its pipe for ever.
  @Test func readsMessagesLongerThanAPipe() throws {
    let script = "#!/bin/sh\nhead -c 300000 /dev/zero | tr '\\0' x >&2\nexit 3\n"
    // Copied by another process: what this one has written, one that it just starts may hold open for
    // a moment, and the system does not run a file that is open for writing.
    let written = try folder.write(Array(script.utf8), "script")
    _ = try output(of: ["install", "-m", "755", written, folder.path + "/gzip"])
    let file = try folder.write(gzipped(smallImages), "images.gz")
    let source = try openSource(path: file, environment: ["PATH": folder.path])
    let error = #expect(throws: DatasetError.self) {
      try ImageDataset(
        images: source, labels: MemorySource(smallLabels, name: "labels"), classCount: 10)
    }
    guard case .gzipFailed(file, 3, let message) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(message.count == 300_000)
  }

  /// Foundation's `Process` would keep two descriptors a file, 240 here. In a process of its own, for
  /// tests beside it open hundreds; one that ended is cleared away later: hence the patience.
  @Test(.enabled(if: openDescriptors() != nil, "this system has no /proc/self/fd to count"))
  func closesWhatItOpens() async {
    await #expect(processExitsWith: .success) {
      let tests = try FileTests()
      let file = try tests.folder.write(gzipped(smallImages), "images.gz")
      let before = try #require(openDescriptors())
      for size in [(2, 4), (1, 1)] {
        for _ in 0..<60 {
          _ = try? ImageDataset(
            idxImages: file, idxLabels: tests.labels, size: size, classCount: 10)
        }
      }
      let deadline = Date(timeIntervalSinceNow: 30)
      while try #require(openDescriptors()) >= before + 120, Date() < deadline {
        usleep(50_000)
      }
      #expect(try #require(openDescriptors()) < before + 120)
    }
  }

  @Test func survivesMutationsOfAGzippedFile() throws {
    var generator = SplitMix(state: 5)
    let whole = try gzipped(smallImages)
    var errors = 0
    for index in 0..<200 {
      let file = try folder.write(mutated(whole, using: &generator), "mutant-\(index)")
      do {
        // The checksum lets nothing else through, but bytes of the header that mean nothing.
        #expect(try read(images: file).pixels == smallPixels)
      } catch is DatasetError {
        errors += 1
      }
    }
    #expect(errors > 100)
  }
}

/// How many files, pipes and sockets the process holds open.
private func openDescriptors() -> Int? {
  try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
}
