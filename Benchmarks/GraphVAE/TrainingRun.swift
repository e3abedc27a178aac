import Experiments
import Inference

/// One model that is trained: which, of what size, from which seed.
struct TrainingRun: Hashable, Sendable {
  let kind: LatentGraphKind
  let nodes: Int
  let dimension: Int
  let seed: Int

  /// The name of its folder, with the data set in front.
  func folderName(_ dataset: ImageSet) -> String {
    "\(dataset.rawValue)-\(kind.rawValue)-\(nodes)x\(dimension)-seed\(seed)"
  }

  /// What the progress shows.
  var label: String {
    let size = kind == .vae ? "1×\(nodes * dimension)" : "\(nodes)×\(dimension)"
    return "\(kind.title) \(size), seed \(seed)"
  }
}

/// What a run gave.
struct RunRecord {
  let run: TrainingRun
  /// The number of epochs.
  let epochs: Int
  /// The epochs; fewer where the run's log was lost.
  let history: [EpochMetrics]
  /// The probabilities of the edges at the end; none where the structure is given.
  let edgeProbabilities: [Double]
  /// The scores after some epochs.
  let scores: [Int: TestScores]

  /// Seconds of training; `nil` where they are not known of all epochs.
  var seconds: Double? {
    history.count == epochs ? history.reduce(0) { $0 + $1.seconds } : nil
  }
}
