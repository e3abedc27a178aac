import Datasets
import Experiments
import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Tensors
import VariationalAutoencoders

/// The data, the settings and the length of training.
struct Plan {
  let settings: TutorialSettings
  let images: ExperimentImages
  let hidden: Int

  /// Trains an autoencoder whose posterior has this graph, and scores it on the test images.
  func train(_ structure: GraphStructure) throws -> Result {
    let start = ContinuousClock.now
    var generator = Philox(seed: settings.seed)
    let model = GaussianGraphVAE<Float>(
      pixels: images.pixels, structure: structure, hidden: hidden, using: &generator)
    let trainer = Trainer(
      model, strategy: VariationalInference(), optimizer: Adam(learningRate: 1e-3),
      settings: settings.training("\(structure)"))

    let label = "\(structure)".padding(toLength: 13, withPad: " ", startingAt: 0)
    let tracker = PosteriorTracker(
      model, image: images.test.batch([0], using: &generator), label: label)
    let scores = try settings.train(
      trainer, on: images, label: label, reporter: tracker, using: &generator)
    return Result(
      structure: structure, model: model, history: trainer.history, scores: scores,
      means: tracker.means, seconds: (.now - start) / .seconds(1))
  }
}

/// A trained autoencoder and its scores on the test images.
struct Result {
  let structure: GraphStructure
  let model: GaussianGraphVAE<Float>
  let history: [EpochMetrics]
  let scores: TestScores
  /// The posterior mean of one image after each epoch. A resumed run has no values for the epochs
  /// before it was resumed.
  let means: [(epoch: Int, values: [Float])]
  let seconds: Double
}

/// Reports progress and records the posterior mean of one image after each epoch.
final class PosteriorTracker: TrainingReporter {
  private let model: GaussianGraphVAE<Float>
  private let image: Tensor<Float>
  private let console: ConsoleReporter
  private(set) var means: [(epoch: Int, values: [Float])] = []

  init(_ model: GaussianGraphVAE<Float>, image: Tensor<Float>, label: String) {
    self.model = model
    self.image = image
    console = ConsoleReporter(label: label)
  }

  func stepEnded(_ progress: TrainingProgress) { console.stepEnded(progress) }

  func epochEnded(_ metrics: EpochMetrics, of epochs: Int, secondsLeft: Double) {
    means.append((metrics.epoch, model.graphicalModel(of: image).mean.scalars))
    console.epochEnded(metrics, of: epochs, secondsLeft: secondsLeft)
  }
}
