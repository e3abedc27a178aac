import Datasets
import Foundation
import TestSupport
import Testing

/// The contents of a gzipped file in memory, and the warnings.
private func unpacked(
  _ bytes: [UInt8], atOnce count: Int = 1 << 20
) throws -> (content: [UInt8], warnings: [String]) {
  let log = Log()
  let source = GzipSource(MemorySource(bytes, name: "file")) { log.lines.append($0) }
  var content: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: count)
  while true {
    let read = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
    content += buffer[..<read]
    if read < count { return (content, log.lines) }
  }
}

private final class Log {
  var lines: [String] = []
}

/// Contents that lead to every kind of block: empty, zeros, text, noise, and long repeats at large
/// distances.
private enum Content: CaseIterable {
  case nothing, oneByte, zeros, text, noise, farRepeats, images

  var bytes: [UInt8] {
    var generator = SplitMix(state: 3)
    func noise(_ count: Int) -> [UInt8] {
      (0..<count).map { _ in .random(in: 0...255, using: &generator) }
    }
    switch self {
    case .nothing: return []
    case .oneByte: return [7]
    case .zeros: return Array(repeating: 0, count: 300_000)
    case .text:
      return Array((0..<9_000).map { "line \($0 * $0 % 977) of the text\n" }.joined().utf8)
    case .noise: return noise(150_000)
    case .farRepeats:
      let block = noise(32_000)
      return block + block + block.dropFirst(5) + Array(repeating: 1, count: 700) + block
    case .images:
      // Few values with very unequal frequencies lead to long code words.
      return (0..<200_000).map { _ in
        UInt8(min(255, Int.random(in: 0...1 << 20, using: &generator).leadingZeroBitCount * 9))
      }
    }
  }
}

@Suite struct GzipTests {
  @Test(
    "Files compressed by the gzip program are decompressed", arguments: Content.allCases, [1, 6, 9])
  private func unpacksWhatGzipPacks(content: Content, level: Int) throws {
    let folder = try TemporaryFolder()
    let bytes = content.bytes
    let packed = try output(of: ["gzip", "-c", "-\(level)", folder.write(bytes, "content")])
    #expect(try unpacked(packed).content == bytes)
    // The result does not depend on the buffer size, which may split a repeat anywhere.
    #expect(try unpacked(packed, atOnce: 977).content == bytes)
  }

  /// Python's zlib with another strategy writes blocks that gzip rarely writes. The files are from
  /// Tests/References/gzip_reference.py.
  @Test("Stored blocks, fixed codes and all fields of a header are read")
  func otherBlocks() throws {
    for (packed, content) in GzipReference.all { #expect(try unpacked(packed).content == content) }
  }

  @Test("Members are concatenated, zeros are skipped, and other trailing bytes cause a warning")
  func members() throws {
    let (first, second) = (try gzipped([1, 2, 3]), try gzipped([4]))
    #expect(try unpacked(first + second).content == [1, 2, 3, 4])
    let padded = try unpacked(first + second + Array(repeating: 0, count: 511))
    #expect(padded.content == [1, 2, 3, 4] && padded.warnings.isEmpty)
    for garbage in [Array("garbage".utf8), [0x1F], [0, 0, 5]] {
      let result = try unpacked(first + garbage)
      #expect(result.content == [1, 2, 3] && result.warnings.count == 1)
      #expect(result.warnings[0].contains("the bytes from"))
    }
  }

  @Test("Every truncation of two members is refused, except between the members")
  func truncations() throws {
    let (first, second) = (try gzipped(Array(smallImages)), try gzipped([4]))
    let whole = first + second
    for length in whole.indices where length != first.count && length != first.count + 1 {
      let error = #expect(throws: DatasetError.self, "\(length) bytes") {
        try unpacked(Array(whole.prefix(length)))
      }
      guard case .damagedGzip("file", _, _) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
    // One byte of the next member is not a member and is skipped with a warning.
    #expect(try unpacked(Array(whole.prefix(first.count + 1))).warnings.count == 1)
  }

  @Test("A wrong checksum or length after correct content is detected")
  func checks() throws {
    for (place, reason) in [
      (5, "its checksum does not match its content"), (1, "its length does not match its content"),
    ] {
      var bytes = try gzipped(smallImages)
      bytes[bytes.count - place] ^= 1
      let error = #expect(throws: DatasetError.self) { try unpacked(bytes) }
      #expect(
        error == .damagedGzip(file: "file", offset: bytes.count, reason: reason))
    }
  }

  /// A flipped bit either leaves the content unchanged or causes an error, because the checksum
  /// detects any other change.
  @Test("Every flipped bit is harmless or detected")
  func flippedBits() throws {
    let content = Array(Content.text.bytes.prefix(2_000))
    let packed = try gzipped(content)
    for bit in 0..<packed.count * 8 {
      var bytes = packed
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      do {
        #expect(try unpacked(bytes).content == content, "bit \(bit)")
      } catch let error as DatasetError {
        #expect("\(error)".contains("of the gzipped file"))
      }
    }
  }

  @Test(
    "A compressed file whose header claims far more than its size allows is refused early")
  func bombs() throws {
    // The header claims 1 GB in a file of 0.97 MB, which is the ratio of compressed zeros. The data
    // are never decompressed, because the header is read first.
    let folder = try TemporaryFolder()
    let header = try gzipped(idx(dimensions: [1_275_510, 28, 28], content: []))
    let file = try folder.write(header + Array(repeating: 0x55, count: 970_000), "bomb.gz")
    let labels = try folder.write(smallLabels, "labels")
    let error = #expect(throws: DatasetError.self) {
      try ImageDataset(idxImages: file, idxLabels: labels, classCount: 10)
    }
    #expect(
      error
        == .tooLarge(
          file: file, offset: 4, dimensions: [1_275_510, 28, 28], limit: 1 << 28))
  }

  @Test(
    "A file of 3 TiB is refused because of its memory or its trailing bytes",
    .enabled(if: TemporaryFolder.holdsSparseFiles, "the temporary folder takes no file of 4 TiB"))
  func sparseFiles() throws {
    let folder = try TemporaryFolder()
    let labels = try folder.write(smallLabels, "labels")
    let terabytes = 3 << 40
    for (header, isTrailing) in [
      (idx(dimensions: [1 << 31, 1 << 10, 1], content: []), false),
      (idx(dimensions: [3, 2, 4], content: smallPixels), true),
    ] {
      let file = try folder.write(header, "large")
      try #require(truncate(file, off_t(terabytes)) == 0)
      let error = #expect(throws: DatasetError.self) {
        try ImageDataset(idxImages: file, idxLabels: labels, classCount: 10)
      }
      switch try #require(error) {
      case .exceedsMemory(file, let bytes, let available):
        #expect(!isTrailing && bytes > 1 << 40 && available < bytes)
        #expect(error?.description.contains("TiB") == true)
      case .trailingBytes(file, 40): #expect(isTrailing)
      default: Issue.record("\(String(describing: error))")
      }
    }
    // For a gzipped file followed by terabytes of zeros, only the first MiB of the zeros is read.
    let file = try folder.write(gzipped(smallImages), "padded.gz")
    try #require(truncate(file, off_t(terabytes)) == 0)
    #expect(
      try ImageDataset(idxImages: file, idxLabels: labels, classCount: 10).pixels == smallPixels)
  }

  @Test("The available memory that the system states decides whether data are read")
  func memory() throws {
    let images = idx(
      dimensions: [100, 1000, 1000], content: Array(repeating: 0, count: 100_000_000))
    let labels = idx(dimensions: [100], content: Array(repeating: 0, count: 100))
    SystemMemory.$stated.withValue(1 << 20) {
      #expect(
        throws: DatasetError.exceedsMemory(
          file: "images", bytes: 100_000_000, available: 1 << 20)
      ) { try read(images: images, labels: labels) }
    }
    #expect(try read(images: images, labels: labels).count == 100)
  }
}

@Suite struct LeakTests {
  /// Foundation's `Process`, which once ran gzip, leaked 11 kB for each load, which is 22 MB in
  /// this test. Runs in a process of its own, where nothing else allocates memory.
  @Test(
    "A load retains no memory after its images are released",
    .enabled(if: residentBytes() != nil, "this system has no /proc/self/statm"),
    arguments: ["images", "images.gz"])
  func loads(name: String) async {
    await #expect(processExitsWith: .success) { [name] in
      let folder = try TemporaryFolder()
      let bytes = name.hasSuffix("gz") ? try gzipped(smallImages) : smallImages
      let images = try folder.write(bytes, name)
      let labels = try folder.write(smallLabels, "labels")
      func load(_ times: Int) throws {
        for _ in 0..<times {
          _ = try ImageDataset(idxImages: images, idxLabels: labels, classCount: 10)
        }
      }
      try load(200)
      let before = try #require(residentBytes())
      try load(2_000)
      let kept = try #require(residentBytes()) - before
      #expect(kept < 2_000 * 256, "\(kept) bytes were retained after 2,000 loads")
    }
  }
}

/// The resident memory of the process.
private func residentBytes() -> Int? {
  guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
    return nil
  }
  return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map {
    $0 * Int(getpagesize())
  }
}
