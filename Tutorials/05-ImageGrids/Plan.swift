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
  let precision: ObservationPrecision
  let sweeps: Int
  let hidden: Int

  /// Trains an autoencoder whose pixels have this graph, and scores it on the test images.
  func train(_ structure: PixelStructure) throws -> Result {
    let start = ContinuousClock.now
    let images = try settings.images(
      observation: PixelObservation(.logitNormal, structure: structure, precision: precision))
    var generator = Philox(seed: settings.seed)
    let model = GaussianGraphVAE<Float>(
      pixels: images.pixels, structure: .diagonal(16), hidden: hidden,
      pixelKind: images.pixelKind, using: &generator)
    let trainer = Trainer(
      model, strategy: VariationalInference(), optimizer: Adam(learningRate: 1e-3),
      settings: settings.training(structure.rawValue))
    let scores = try settings.train(
      trainer, on: images,
      label: structure.rawValue.padding(toLength: 13, withPad: " ", startingAt: 0),
      using: &generator)
    return Result(
      structure: structure, images: images, model: model, scores: scores,
      seconds: (.now - start) / .seconds(1))
  }
}

/// A trained autoencoder and its scores on the test images.
struct Result {
  let structure: PixelStructure
  let images: ExperimentImages
  let model: GaussianGraphVAE<Float>
  let scores: TestScores
  let seconds: Double

  /// The graph of the pixels.
  var graph: GraphStructure { structure.graph(of: images.split.test) }

  /// The log-likelihood in bits per dimension.
  var bitsPerDimension: Double { images.bitsPerDimension(scores.logLikelihood)! }

  /// The distribution of the pixels given latents `[…, latents]`.
  func pixels(_ latents: Tensor<Float>) -> LatentGraphs.LogitNormal<Float> {
    let distribution = model.observation(given: latents, mode: .evaluation)
    guard let pixels = distribution as? LogitNormal<Float> else {
      stop("the pixels are a \(type(of: distribution)), not a LogitNormal")
    }
    return pixels
  }
}
