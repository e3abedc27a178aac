import Datasets
import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Programs
import Tensors

/// What is trained, on what and for how long.
struct Plan {
  let split: DatasetSplit
  let epochs: Int
  let batchSize: Int
  let learningRate: Double
  let samples: Int
  let likelihoodImages: Int
  let nodes: Int
  let dimension: Int
  let widths: Widths
  let seed: UInt64
  let runs: String?
  let resumes: Bool

  /// The test images keep their bits, so that all models are judged by the same ones.
  var test: ImageBatches<Float> { ImageBatches(split.test, .static(seed: seed &+ 1)) }

  /// Trains a model and scores it on the test images.
  func train(_ kind: Kind) throws -> Result {
    let start = Date()
    var generator = Philox(seed: seed)
    let model = makeModel(
      kind, nodes: nodes, dimension: dimension, pixels: split.training.pixelsPerImage,
      widths: widths, using: &generator)

    // One strategy for all: without gates to learn, structure learning is what stands within it.
    // The gates are drawn by the Gumbel-softmax, whose temperature falls by 1% an epoch.
    let strategy = StructureLearning(.gumbelSoftmax(), within: VariationalInference())
    let name = kind.rawValue.lowercased().replacing(" ", with: "-")
    let trainer = Trainer(
      model, strategy: strategy, optimizer: Adam(learningRate: learningRate),
      settings: TrainingSettings(
        batchSize: batchSize, seed: seed,
        folder: runs.map { URL(fileURLWithPath: $0).appendingPathComponent(name) },
        stopsOnInterrupt: true))
    try beginRun(checkpoint: trainer.checkpoint, resumes: resumes, epochs: epochs) {
      try trainer.resume()
      return trainer.epochsDone
    }
    try trainer.fit(
      ImageBatches<Float>(split.training, .dynamic), test: test, epochs: epochs,
      reporter: ConsoleReporter(
        label: kind.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0)))

    // From here on the model has its most probable structure: gates of 0 and 1.
    let bound = evidenceLowerBound(of: test, under: model, draws: 10, using: &generator)
    let logLikelihood = meanLogLikelihood(
      of: test, under: model, samples: samples, observations: likelihoodImages, using: &generator)
    return Result(
      kind: kind, model: model, history: trainer.history, bound: bound,
      logLikelihood: logLikelihood, seconds: Date().timeIntervalSince(start))
  }
}

/// A trained model and its scores on the test images.
struct Result {
  let kind: Kind
  let model: LatentGraphModel<Float>
  let history: [EpochMetrics]
  let bound: BoundEstimate
  let logLikelihood: Double
  let seconds: Double
}
