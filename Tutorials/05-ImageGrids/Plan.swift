import Datasets
import Experiments
import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Programs
import Tensors
import VariationalAutoencoders

/// What is trained, on what and for how long.
struct Plan {
  let set: ImageSet
  let root: String?
  let precision: ObservationPrecision
  let epochs: Int
  let samples: Int
  let likelihoodImages: Int?
  let sweeps: Int
  let hidden: Int
  let seed: UInt64
  let runs: String?
  let resumes: Bool

  /// The images for pixels of this graph. The test images keep their noise, so that all models are
  /// judged by the same ones.
  func images(_ structure: PixelStructure) throws -> ExperimentImages {
    try ExperimentImages(
      set, from: root,
      observation: PixelObservation(.logitNormal, structure: structure, precision: precision),
      testSeed: seed &+ 1)
  }

  /// Trains an autoencoder whose pixels have this graph, and scores it on the test images.
  func train(_ structure: PixelStructure) throws -> Result {
    let start = Date()
    let label = structure.rawValue.padding(toLength: 13, withPad: " ", startingAt: 0)
    let images = try images(structure)
    var generator = Philox(seed: seed)
    let model = GaussianGraphVAE<Float>(
      pixels: images.pixels, structure: .diagonal(16), hidden: hidden,
      pixelKind: images.pixelKind, using: &generator)

    // A run has a folder of its own: killed at any moment, it goes on from its last epoch.
    let folder = runs.map { URL(fileURLWithPath: $0).appendingPathComponent(structure.rawValue) }
    let trainer = Trainer(
      model, strategy: VariationalInference(), optimizer: Adam(learningRate: 1e-3),
      settings: TrainingSettings(seed: seed, folder: folder, stopsOnInterrupt: true))
    try beginRun(checkpoint: trainer.checkpoint, resumes: resumes, epochs: epochs) {
      try trainer.resume()
      return trainer.epochsDone
    }
    try trainer.fit(
      images.training, test: images.test, epochs: epochs, reporter: ConsoleReporter(label: label))
    let scores = TestScores(
      of: model, on: images.test, samples: samples, images: likelihoodImages, label: label,
      using: &generator)
    return Result(
      structure: structure, images: images, model: model, scores: scores,
      seconds: Date().timeIntervalSince(start))
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

  /// What the log-likelihood is in bits per dimension.
  var bitsPerDimension: Double { images.bitsPerDimension(scores.logLikelihood)! }

  /// The pixels given latents `[…, latents]`.
  func pixels(_ latents: Tensor<Float>) -> LatentGraphs.LogitNormal<Float> {
    let distribution = model.observation(given: latents, mode: .evaluation)
    guard let pixels = distribution as? LogitNormal<Float> else {
      stop("the pixels are a \(type(of: distribution))")
    }
    return pixels
  }
}
