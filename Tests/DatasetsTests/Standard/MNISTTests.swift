import Datasets
import Foundation
import TestSupport
import Testing

/// The folder lookup and the reader, with files of three images that have the official names.
@Suite struct MNISTFolderTests {
  private let folder: TemporaryFolder
  private let files = MNIST.folder.files

  init() throws {
    folder = try TemporaryFolder()
  }

  private func writeFiles(in name: String, gzip: Bool) throws {
    let pixels = (0..<3 * 784).map { UInt8(truncatingIfNeeded: $0) }
    let images = idx(dimensions: [3, 28, 28], content: pixels)
    for file in files {
      let bytes = file.contains("images") ? images : smallLabels
      _ =
        try gzip
        ? folder.write(gzipped(bytes), "\(name)/\(file).gz")
        : folder.write(bytes, "\(name)/\(file)")
    }
  }

  @Test(arguments: [false, true])
  func readsARootAndTheFolderItself(gzip: Bool) throws {
    try writeFiles(in: "mnist", gzip: gzip)
    let fromRoot = try MNIST.load(from: folder.path)
    #expect(fromRoot.name == "MNIST")
    #expect(fromRoot.training.labels == [7, 0, 9])
    #expect(fromRoot.test.pixelsPerImage == 784)
    #expect(try MNIST.load(from: folder.path + "/mnist") == fromRoot)
    #expect(try MNIST.load(from: folder.path + "/mnist/") == fromRoot)
  }

  /// The folder and file names that PyTorch and archives use.
  @Test(
    "Files are found under the folder and file names that other programs use",
    arguments: ["MNIST", "MNIST/raw", "mnist/raw", "."], [false, true])
  func findsOtherNames(place: String, dots: Bool) throws {
    for gzip in [false, true] {
      let root = try TemporaryFolder()
      for file in files {
        let bytes =
          file.contains("images")
          ? idx(dimensions: [3, 28, 28], content: Array(repeating: 9, count: 3 * 784)) : smallLabels
        let name = (dots ? file.replacing("-idx", with: ".idx") : file) + (gzip ? ".gz" : "")
        _ = try root.write(gzip ? gzipped(bytes) : bytes, "\(place)/\(name)")
      }
      let found = try MNIST.load(from: root.path)
      #expect(found.training.labels == [7, 0, 9] && found.test.pixels.allSatisfy { $0 == 9 })
      // The folder `MNIST` itself may be given, with the files in it or in its folder `raw`.
      let own = root.path + "/" + (place.split(separator: "/").first ?? ".")
      #expect(try MNIST.load(from: own) == found)
    }
  }

  @Test("A file in a format that cannot be read is reported with advice")
  func namesOtherForms() throws {
    let file = try folder.write([0], "mnist/mnist.npz")
    let error = try #require(
      #expect(throws: DatasetError.self) { try MNIST.load(from: folder.path) })
    guard case .otherForm("MNIST", file, let advice) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(error.description.contains(file) && advice.contains("IDX"))
    // A folder with some of the files is assumed to be the intended one, whatever else it contains.
    _ = try folder.write(smallLabels, "mnist/" + files[1])
    let missing = #expect(throws: DatasetError.self) { try MNIST.load(from: folder.path) }
    guard case .filesMissing = missing else {
      Issue.record("\(String(describing: missing))")
      return
    }
  }

  @Test func theArgumentGoesBeforeTheEnvironment() throws {
    try writeFiles(in: "mnist", gzip: false)
    let variable = ["LATENTGRAPHS_DATA": folder.path]
    let expected = folder.path + "/mnist/train-images-idx3-ubyte"
    #expect(try MNIST.folder.locate(root: nil, environment: variable)[files[0]] == expected)
    #expect(throws: DatasetError.self) {
      try MNIST.folder.locate(root: folder.path + "/elsewhere", environment: variable)
    }
  }

  @Test(arguments: [[:], ["LATENTGRAPHS_DATA": ""]])
  func asksForTheFolder(environment: [String: String]) throws {
    let error = #expect(throws: DatasetError.self) {
      try MNIST.folder.locate(root: nil, environment: environment)
    }
    guard case .folderNotGiven("MNIST", "LATENTGRAPHS_DATA", "mnist", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func saysThatTheFolderIsMissing() throws {
    let missing = folder.path + "/missing"
    let error = #expect(throws: DatasetError.self) { try MNIST.load(from: missing) }
    guard case .folderMissing("MNIST", missing, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.localizedDescription.contains("yann.lecun.com") == true)
  }

  @Test func listsWhatWasLookedForAndWhere() throws {
    let error = try #require(
      #expect(throws: DatasetError.self) { try MNIST.load(from: folder.path) })
    guard case .filesMissing("MNIST", files, let folders, _) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(folders == [folder.path + "/mnist", folder.path + "/MNIST", folder.path])
    #expect(error.description.contains("t10k-images-idx3-ubyte, "))
    #expect(error.description.contains("https://storage.googleapis.com/cvdf-datasets/mnist/"))
  }

  @Test func listsOnlyTheFileThatIsMissing() throws {
    try writeFiles(in: "mnist", gzip: true)
    try FileManager.default.removeItem(atPath: "\(folder.path)/mnist/\(files[3]).gz")
    let error = #expect(throws: DatasetError.self) { try MNIST.load(from: folder.path) }
    guard case .filesMissing("MNIST", [files[3]], [folder.path + "/mnist"], _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}

/// Tests on the real files. To run them, set LATENTGRAPHS_DATA to a folder that contains `mnist/`:
/// `LATENTGRAPHS_DATA=~/data swift test -c release --filter RealMNISTTests`.
@Suite(
  .enabled(
    if: (try? MNIST.folder.locate(root: nil)) != nil,
    "set LATENTGRAPHS_DATA to a folder that holds mnist/"))
struct RealMNISTTests {
  /// The expected values were computed from the same files with Python's `gzip` module.
  @Test func hasTheKnownCountsAndSums() throws {
    let mnist = try MNIST.load()
    #expect(mnist.training.count == 60_000)
    #expect(mnist.test.count == 10_000)
    #expect(
      histogram(mnist.training) == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
      ])
    #expect(histogram(mnist.test) == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    #expect(sum(mnist.training.pixels) == 1_567_298_545)
    #expect(sum(mnist.test.pixels) == 264_923_200)
    #expect(Array(mnist.training.labels.prefix(5)) == [5, 0, 4, 1, 9])
    #expect(sum(mnist.training.image(0)) == 27_525)
    #expect(sum(mnist.test.image(0)) == 18_454)
  }

  /// The widely quoted mean intensity is 0.1307.
  @Test func hasTheKnownMeanPixel() throws {
    let training = try MNIST.load().training
    let mean =
      Double(sum(training.pixels)) / Double(training.pixels.count) / Double(training.maximum)
    #expect(abs(mean - 0.1307) < 5e-5)
  }
}

@Suite struct StaticMNISTTests {
  @Test func readsSixFiles() throws {
    let folder = try TemporaryFolder()
    let files = StaticMNIST.folder.files
    for (index, file) in files.enumerated() {
      let pixels = [UInt8](repeating: index == 4 ? 255 : 0, count: 3 * 784)
      let bytes =
        file.contains("images") ? idx(dimensions: [3, 28, 28], content: pixels) : smallLabels
      _ = try folder.write(bytes, "mnist-static/\(file)")
    }
    let split = try StaticMNIST.load(from: folder.path)
    #expect(split.validation?.pixels.first == 255)
    #expect(split.training.pixels.first == 0 && split.test.pixels.first == 0)
  }

  /// The expected numbers of ones were computed from the same files with Python's `gzip` module.
  @Test(
    .enabled(
      if: (try? StaticMNIST.folder.locate(root: nil)) != nil,
      "set LATENTGRAPHS_DATA to a folder that holds mnist-static/"))
  func theRealFilesAreBits() throws {
    let split = try StaticMNIST.load()
    let parts = [split.training, try #require(split.validation), split.test]
    #expect(parts.map(\.count) == [50_000, 10_000, 10_000])
    for (part, ones) in zip(parts, [5_118_041, 1_028_036, 1_038_896]) {
      #expect(part.pixels.allSatisfy { $0 == 0 || $0 == 255 })
      #expect(sum(part.pixels) == 255 * ones)
    }
  }
}
