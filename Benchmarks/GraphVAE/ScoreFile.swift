import Experiments
import Foundation
import NeuralNetworks
import Tensors

/// The scores of a run, in `scores.json` beside its checkpoint, so that a likelihood with thousands
/// of samples is not computed twice.
struct ScoreFile {
  private struct Entry: Codable {
    let epoch: Int
    let scores: TestScores
  }

  private let url: URL
  private var entries: [Entry]

  /// Reads the scores in a run's folder. There are none if the file does not exist, or if the run
  /// is new and the file belongs to another run.
  /// - Throws: `DamagedScores`. Treating a damaged file as empty would overwrite it, and the scores
  ///   of past epochs cannot be computed again.
  init(folder: URL, isResumed: Bool) throws {
    url = folder.appendingPathComponent("scores.json")
    guard isResumed, FileManager.default.fileExists(atPath: url.path) else {
      entries = []
      return
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      entries = try decoder.decode([Entry].self, from: Data(contentsOf: url))
    } catch {
      throw DamagedScores(path: url.path)
    }
  }

  /// The scores after an epoch with this many samples and images.
  func scores(epoch: Int, samples: Int, images: Int) -> TestScores? {
    entries.last {
      $0.epoch == epoch && $0.scores.samples == samples && $0.scores.images == images
    }?.scores
  }

  /// Adds scores and writes the file atomically.
  mutating func add(_ scores: TestScores, epoch: Int) throws {
    entries.append(Entry(epoch: epoch, scores: scores))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let data = try encoder.encode(entries)
    try writeAtomically(to: url) { try $0.write(Array(data)) }
  }
}

/// A file of scores that cannot be read.
struct DamagedScores: DescribedError {
  let path: String

  /// The path, and what to do.
  var description: String {
    "\(path): contains no readable scores; restore a good copy, or remove the file to score the "
      + "run again at its current epoch (the scores of earlier epochs are then missing)"
  }
}
