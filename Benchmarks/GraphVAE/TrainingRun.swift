import Experiments
import Inference

/// One training run: the model, its size and the seed.
struct TrainingRun: Hashable, Sendable {
  let kind: LatentGraphKind
  let nodes: Int
  let dimension: Int
  let seed: Int

  /// The name of its folder, which starts with the data set.
  func folderName(_ dataset: ImageSet) -> String {
    "\(dataset.rawValue)-\(kind.rawValue)-\(nodes)x\(dimension)-seed\(seed)"
  }

  /// The label for progress reports.
  var label: String {
    let size = kind == .vae ? "1×\(nodes * dimension)" : "\(nodes)×\(dimension)"
    return "\(kind.title) \(size), seed \(seed)"
  }
}

/// The results of a run.
struct RunRecord {
  let run: TrainingRun
  /// The number of epochs.
  let epochs: Int
  /// The metrics of the epochs; incomplete if the run's log was lost.
  let history: [EpochMetrics]
  /// The probabilities of the edges at the end; empty if the structure is fixed.
  let edgeProbabilities: [Double]
  /// The scores after some epochs.
  let scores: [Int: TestScores]

  /// The training time in seconds; `nil` if it is not known for all epochs.
  var seconds: Double? {
    history.count == epochs ? history.reduce(0) { $0 + $1.seconds } : nil
  }
}
