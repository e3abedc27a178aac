import Experiments
import Foundation
import NeuralNetworks

/// The scores of a run that have been had, in `scores.json` beside its checkpoint: a likelihood by
/// thousands of samples is not computed twice.
struct ScoreFile {
  private struct Entry: Codable {
    let epoch: Int
    let scores: TestScores
  }

  private let url: URL
  private var entries: [Entry]

  /// The scores in a run's folder; none where there is no file that can be read, or where the run is
  /// new and the file another's.
  init(folder: URL, isResumed: Bool) {
    url = folder.appendingPathComponent("scores.json")
    let data = isResumed ? try? Data(contentsOf: url) : nil
    entries = data.flatMap { try? JSONDecoder().decode([Entry].self, from: $0) } ?? []
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
