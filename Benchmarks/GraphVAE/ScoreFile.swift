import Experiments
import Foundation
import NeuralNetworks
import Tensors

/// The scores of a run that have been had, in `scores.json` beside its checkpoint: a likelihood by
/// thousands of samples is not computed twice.
struct ScoreFile {
  private struct Entry: Codable {
    let epoch: Int
    let scores: TestScores
  }

  private let url: URL
  private var entries: [Entry]

  /// The scores in a run's folder; none where there is no file, or where the run is new and the file
  /// another's.
  /// - Throws: `DamagedScores`: a file that is taken for none would be overwritten, and the scores of
  ///   epochs that have passed cannot be had again.
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

  /// The scores after an epoch by so many samples of so many images.
  func scores(epoch: Int, samples: Int, images: Int) -> TestScores? {
    entries.last {
      $0.epoch == epoch && $0.scores.samples == samples && $0.scores.images == images
    }?.scores
  }

  /// Adds scores and writes the file, all or nothing.
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

  /// Which file, and what to do.
  var description: String {
    "\(path): holds no scores that can be read; put a good copy there, or remove it to score the "
      + "run anew where it stands (the scores of earlier epochs are then missing)"
  }
}
