import Datasets
import Foundation
import TestSupport
import Testing

/// Three labels of two bytes, two of which exceed one byte.
private let wideLabels = idx(type: 0x0B, dimensions: [3], content: [0, 7, 0x03, 0xC4, 0x06, 0x56])

/// The folder lookup and the reader, with files of three images that have the real names.
@Suite struct OmniglotFolderTests {
  private let folder: TemporaryFolder
  private let files = Omniglot.folder.files

  init() throws {
    folder = try TemporaryFolder()
  }

  private func writeFiles(labels: [UInt8] = wideLabels, gzip: Bool) throws {
    let images = idx(
      dimensions: [3, 28, 28], content: (0..<3 * 784).map { UInt8(truncatingIfNeeded: $0) })
    for file in files {
      let bytes = file.contains("images") ? images : labels
      _ =
        try gzip
        ? folder.write(gzipped(bytes), "omniglot/\(file).gz")
        : folder.write(bytes, "omniglot/\(file)")
    }
  }

  @Test(arguments: [false, true])
  func readsLabelsOfTwoBytes(gzip: Bool) throws {
    try writeFiles(gzip: gzip)
    let omniglot = try Omniglot.load(from: folder.path)
    #expect(omniglot.name == "Omniglot")
    #expect(omniglot.training.labels == [7, 964, 1622])
    #expect(omniglot.training.classCount == 1623)
    #expect(omniglot.test.pixels == omniglot.training.pixels)
    #expect(try Omniglot.load(from: folder.path + "/omniglot") == omniglot)
  }

  @Test func refusesALabelOfNoCharacter() throws {
    try writeFiles(
      labels: idx(type: 0x0B, dimensions: [3], content: [0, 7, 0xFF, 0xFF, 0, 0]), gzip: false)
    #expect(
      throws: DatasetError.unexpected(
        file: "\(folder.path)/omniglot/\(files[1])", offset: 10, field: .label,
        expected: "from 0 to below 1623", found: "-1")
    ) { try Omniglot.load(from: folder.path) }
  }

  @Test("The MATLAB file of the importance-weighted autoencoder is reported with advice")
  func namesTheMATLABFile() throws {
    let file = try folder.write(Array("MATLAB 5.0 MAT-file".utf8), "omniglot/chardata.mat")
    for root in [folder.path, folder.path + "/omniglot"] {
      let error = try #require(
        #expect(throws: DatasetError.self) { try Omniglot.load(from: root) })
      guard case .otherForm("Omniglot", let found, let advice) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(found == file && advice.contains("scipy.io.loadmat"))
    }
  }

  @Test func listsOnlyTheFileThatIsMissing() throws {
    try writeFiles(gzip: false)
    try FileManager.default.removeItem(atPath: "\(folder.path)/omniglot/\(files[3])")
    let error = try #require(
      #expect(throws: DatasetError.self) { try Omniglot.load(from: folder.path) })
    guard case .filesMissing("Omniglot", ["test-labels-idx1-short"], _, _) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(error.description.contains("https://github.com/brendenlake/omniglot"))
  }
}

@Suite struct WideLabelDamageTests {
  private func read(labels: [UInt8]) throws -> ImageDataset {
    try ImageDataset(
      images: MemorySource(smallImages, name: "images"),
      labels: MemorySource(labels, name: "labels"), classCount: 1623)
  }

  @Test func refusesEveryTruncation() throws {
    for length in wideLabels.indices {
      let error = #expect(throws: DatasetError.self) {
        try read(labels: Array(wideLabels.prefix(length)))
      }
      guard case .truncated("labels", length, _) = error else {
        Issue.record("\(length) bytes: \(String(describing: error))")
        continue
      }
    }
  }

  /// A mutated file is refused with a typed error, or its contents are exactly its bytes. It never
  /// causes a crash.
  @Test(arguments: [1, 2])
  func survivesMutations(seed: UInt64) throws {
    var generator = SplitMix(state: seed)
    var outcomes = (values: 0, errors: 0)
    for _ in 0..<5_000 {
      let bytes = mutated(wideLabels, using: &generator)
      do {
        let labels = try read(labels: bytes).labels
        let width = bytes[2] == 0x0B ? 2 : 1
        let expected = (0..<3).map { i in
          bytes[8 + i * width..<8 + (i + 1) * width].reduce(0) { $0 << 8 | Int($1) }
        }
        #expect(labels == expected)
        outcomes.values += 1
      } catch is DatasetError {
        outcomes.errors += 1
      }
    }
    #expect(outcomes.values > 100)
    #expect(outcomes.errors > 100)
  }
}

/// Tests on the real files. To run them, set LATENTGRAPHS_DATA to a folder that contains
/// `omniglot/`:
/// `LATENTGRAPHS_DATA=~/data swift test -c release --filter RealOmniglotTests`.
@Suite(
  .enabled(
    if: (try? Omniglot.folder.locate(root: nil)) != nil,
    "set LATENTGRAPHS_DATA to a folder that holds omniglot/"))
struct RealOmniglotTests {
  /// The expected values were computed from the same files with Python's `gzip` and `struct`.
  @Test func hasTheKnownCountsAndSums() throws {
    let omniglot = try Omniglot.load()
    #expect(omniglot.training.count == 19_280)
    #expect(omniglot.test.count == 13_180)
    // Each character has 20 consecutive drawings. The training and the test set have no character
    // in common.
    #expect(omniglot.training.labels == (0..<19_280).map { $0 / 20 })
    #expect(omniglot.test.labels == (0..<13_180).map { 964 + $0 / 20 })
    #expect(
      histogram(omniglot.training) == repeated(20, 964) + repeated(0, 659))
    #expect(histogram(omniglot.test) == repeated(0, 964) + repeated(20, 659))
    #expect(sum(omniglot.training.pixels) == 300_409_388)
    #expect(sum(omniglot.test.pixels) == 222_079_588)
    #expect(sum(omniglot.training.image(0)) == 16_626)
    #expect(sum(omniglot.test.image(13_179)) == 8_249)
  }

  /// The pixels are means over areas of 3.75×3.75 points, which divide points into quarters. A
  /// pixel is therefore `255·k/225`, rounded.
  @Test func pixelsAreMeansOfAreas() throws {
    let possible = Set((0...225).map { UInt8((255 * Double($0) / 225).rounded()) })
    let found = Set(try Omniglot.load().training.pixels)
    #expect(found.isSubset(of: possible))
    #expect(found.isSuperset(of: [0, 255]))
  }

  private func repeated(_ value: Int, _ count: Int) -> [Int] {
    Array(repeating: value, count: count)
  }
}
