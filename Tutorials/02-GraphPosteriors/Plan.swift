import Datasets
import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Programs
import Tensors
import VariationalAutoencoders

/// What is trained, on what and for how long.
struct Plan {
  let split: DatasetSplit
  let epochs: Int
  let samples: Int
  let likelihoodImages: Int
  let hidden: Int
  let seed: UInt64
  let runs: String?
  let resumes: Bool

  /// The test images keep their bits, so that all models are judged by the same ones.
  var test: ImageBatches<Float> { ImageBatches(split.test, .static(seed: seed &+ 1)) }

  /// Trains an autoencoder whose posterior has this graph, and scores it on the test images.
  func train(_ structure: GraphStructure) throws -> Result {
    let start = Date()
    var generator = Philox(seed: seed)
    let model = GaussianGraphVAE<Float>(
      pixels: split.training.pixelsPerImage, structure: structure, hidden: hidden,
      using: &generator)

    // A run has a folder of its own: killed at any moment, it goes on from its last epoch.
    let folder = runs.map { URL(fileURLWithPath: $0).appendingPathComponent("\(structure)") }
    let trainer = Trainer(
      model, strategy: VariationalInference(), optimizer: Adam(learningRate: 1e-3),
      settings: TrainingSettings(seed: seed, folder: folder, stopsOnInterrupt: true))
    try beginRun(checkpoint: trainer.checkpoint, resumes: resumes, epochs: epochs) {
      try trainer.resume()
      return trainer.epochsDone
    }

    let tracker = PosteriorTracker(
      model, image: test.batch([0], using: &generator), label: structure)
    try trainer.fit(
      ImageBatches<Float>(split.training, .dynamic), test: test, epochs: epochs, reporter: tracker)

    let bound = evidenceLowerBound(of: test, under: model, draws: 10, using: &generator)
    let logLikelihood = meanLogLikelihood(
      of: test, under: model, samples: samples, observations: likelihoodImages, using: &generator)
    return Result(
      structure: structure, model: model, history: trainer.history, bound: bound,
      logLikelihood: logLikelihood, means: tracker.means,
      seconds: Date().timeIntervalSince(start))
  }
}

/// A trained autoencoder and its scores on the test images.
struct Result {
  let structure: GraphStructure
  let model: GaussianGraphVAE<Float>
  let history: [EpochMetrics]
  let bound: BoundEstimate
  let logLikelihood: Double
  /// The posterior's means of one image after each epoch; a resumed run has none of
  /// the epochs before it was resumed.
  let means: [(epoch: Int, values: [Float])]
  let seconds: Double
}

/// Shows the progress and notes the posterior's means of one image after each epoch.
final class PosteriorTracker: TrainingReporter {
  private let model: GaussianGraphVAE<Float>
  private let image: Tensor<Float>
  private let console: ConsoleReporter
  private(set) var means: [(epoch: Int, values: [Float])] = []

  init(_ model: GaussianGraphVAE<Float>, image: Tensor<Float>, label: GraphStructure) {
    self.model = model
    self.image = image
    console = ConsoleReporter(
      label: "\(label)".padding(toLength: 13, withPad: " ", startingAt: 0))
  }

  func stepEnded(_ progress: TrainingProgress) { console.stepEnded(progress) }

  func epochEnded(_ metrics: EpochMetrics, of epochs: Int, secondsLeft: Double) {
    means.append((metrics.epoch, model.graphicalModel(of: image).mean.scalars))
    console.epochEnded(metrics, of: epochs, secondsLeft: secondsLeft)
  }
}
