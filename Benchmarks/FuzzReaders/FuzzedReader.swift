import Datasets
import Foundation
import Inference
import NeuralNetworks
import Tensors

/// A reader and the valid files whose mutations are its inputs.
final class FuzzedReader {
  /// The readers of the library.
  enum Kind: String, CaseIterable, Sendable {
    case safetensors
    case safetensorsFile = "safetensors-file"
    case idx
    case labels = "idx-labels"
    case gzip
    case gzipContent = "gzip-content"
    case cifar
    case metrics
    case folder = "checkpoint-folder"

    /// The relative number of inputs: readers that open files are slower.
    var weight: Int {
      switch self {
      case .safetensors, .idx, .labels, .gzip, .gzipContent: 60
      case .cifar, .metrics: 20
      case .safetensorsFile: 5
      case .folder: 1
      }
    }
  }

  private let kind: Kind
  private let corpus: [[UInt8]]
  private let work: URL
  private var run: FuzzedRun?

  /// A reader with its files.
  init(_ kind: Kind) throws {
    self.kind = kind
    // Use a memory file system if there is one; nothing needs to outlive the program.
    let shared = URL(fileURLWithPath: "/dev/shm")
    let base =
      access(shared.path, W_OK) == 0 ? shared : FileManager.default.temporaryDirectory
    work = base.appendingPathComponent("fuzz-readers-\(getpid())-\(kind.rawValue)")
    try createFolder(work)
    switch kind {
    case .safetensors, .safetensorsFile: corpus = try FuzzCorpus.safetensors()
    case .idx: corpus = FuzzCorpus.images
    case .labels: corpus = FuzzCorpus.labels
    case .gzip: corpus = FuzzCorpus.gzipped
    case .gzipContent: corpus = FuzzCorpus.images
    case .cifar: corpus = FuzzCorpus.batches
    case .metrics: corpus = FuzzCorpus.metrics
    case .folder:
      let run = try FuzzedRun(in: work)
      self.run = run
      corpus = try run.checkpoints()
    }
  }

  /// Removes the files that were written.
  func removeFolder() { try? FileManager.default.removeItem(at: work) }

  /// A mutated file.
  func mutant(using generator: inout Philox) -> [UInt8] {
    var bytes = corpus.randomElement(using: &generator)!
    let other = corpus.randomElement(using: &generator)!
    // These checkpoints have unusual notes already, which a mutation elsewhere would hide.
    if kind == .folder, Int.random(in: 0..<4, using: &generator) == 0 { return bytes }
    Mutation.apply(to: &bytes, other: other, using: &generator)
    return bytes
  }

  /// Reads a file.
  ///
  /// - Throws: Any error that is not one of the library's typed errors; readers must not throw
  ///   others.
  func read(_ bytes: [UInt8]) throws -> FuzzOutcome {
    do {
      try readOrThrow(bytes)
      return .accepted
    } catch let error as any DescribedError {
      // Also build the message, which contains parts of the file.
      return .refused(error.description)
    }
  }

  private func readOrThrow(_ bytes: [UInt8]) throws {
    let sound = FuzzCorpus.labels[0]
    switch kind {
    case .safetensors: try check(SafetensorsFile(decoding: bytes))
    case .safetensorsFile:
      let url = work.appendingPathComponent("file.safetensors")
      try write(bytes, to: url)
      try check(SafetensorsFile(contentsOf: url))
    case .idx: _ = try dataset(images: bytes, labels: sound)
    case .labels: _ = try dataset(images: FuzzCorpus.images[0], labels: bytes)
    case .gzip:
      let source = GzipSource(MemorySource(bytes, name: "file")) { _ in }
      _ = try ImageDataset(
        images: source, labels: MemorySource(sound, name: "labels"), classCount: 10)
    case .gzipContent:
      // A valid, uncompressed gzip wrapper around mutated content.
      let source = GzipSource(MemorySource(FuzzCorpus.stored(bytes), name: "file")) { _ in }
      _ = try ImageDataset(
        images: source, labels: MemorySource(sound, name: "labels"), classCount: 10)
    case .cifar:
      _ = try ImageDataset(cifar10: 1, imagesPerBatch: 2) { _ in MemorySource(bytes, name: "batch")
      }
    case .metrics: _ = MetricsLog.metrics(in: bytes)
    case .folder: try run!.resume(from: bytes)
    }
  }

  private func dataset(images: [UInt8], labels: [UInt8]) throws -> ImageDataset {
    try ImageDataset(
      images: MemorySource(images, name: "images"), labels: MemorySource(labels, name: "labels"),
      classCount: 10)
  }

  /// An accepted file must be valid: after it is written and read again, it must be equal.
  private func check(_ file: SafetensorsFile) throws {
    let again = try SafetensorsFile(decoding: file.encoded())
    require(
      again.metadata == file.metadata && again.entries.count == file.entries.count
        && zip(again.entries, file.entries).allSatisfy { $0.array == $1.array },
      "a file of \(file.entries.count) arrays changes when it is written and read again")
  }

  private func write(_ bytes: [UInt8], to url: URL) throws {
    let output = try OutputFile(opening: url.path)
    try output.write(bytes)
    try output.close()
  }
}
