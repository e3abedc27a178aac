import Datasets
import Experiments
import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Tensors

/// The data, the settings and the length of training.
struct Plan {
  let settings: TutorialSettings
  let images: ExperimentImages
  let batchSize: Int
  let learningRate: Double
  let nodes: Int
  let dimension: Int
  let widths: Widths

  /// Trains a model and scores it on the test images.
  func train(_ kind: Kind) throws -> Result {
    let start = ContinuousClock.now
    var generator = Philox(seed: settings.seed)
    let model = makeModel(
      kind, nodes: nodes, dimension: dimension, pixels: images.pixels, widths: widths,
      using: &generator)

    // One strategy for all models: without gates to learn, structure learning is the strategy
    // within it. The gates are sampled by the Gumbel-softmax, whose temperature decreases by 1% an
    // epoch.
    let strategy = StructureLearning(.gumbelSoftmax(), within: VariationalInference())
    let name = kind.rawValue.lowercased().replacing(" ", with: "-")
    let trainer = Trainer(
      model, strategy: strategy, optimizer: Adam(learningRate: learningRate),
      settings: settings.training(name, batchSize: batchSize))
    // The model is scored with its most probable structure: gates of 0 and 1.
    let scores = try settings.train(
      trainer, on: images,
      label: kind.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0), using: &generator)
    return Result(
      kind: kind, model: model, history: trainer.history, scores: scores,
      seconds: (.now - start) / .seconds(1))
  }
}

/// A trained model and its scores on the test images.
struct Result {
  let kind: Kind
  let model: LatentGraphModel<Float>
  let history: [EpochMetrics]
  let scores: TestScores
  let seconds: Double
}
