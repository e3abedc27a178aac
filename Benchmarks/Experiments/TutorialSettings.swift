import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Programs
import Tensors

/// What a tutorial trains on, for how long, and where its results go.
package struct TutorialSettings: Sendable {
  /// The images, and their folder.
  package let imageSet: ImageSet, root: String?
  /// The epochs of training.
  package let epochs: Int
  /// The draws an image for the log-likelihood.
  package let samples: Int
  /// The test images that the log-likelihood is the mean of; all where it is `nil`.
  package let scoredImages: Int?
  /// What all randomness comes from.
  package let seed: UInt64
  /// The folder of the pictures.
  package let figures: String
  /// The folder of the runs; `nil` where none is kept.
  package let runs: String?
  /// Whether the runs that lie there are gone on with.
  package let resumes: Bool
  /// Whether it is only to be seen that all works.
  package let isQuick: Bool

  /// Whether it is MNIST, and not the small digits.
  package var isMNIST: Bool { imageSet == .mnist }

  /// The images. The test images keep their bits, or their noise, so that all models are judged by the
  /// same ones.
  /// - Throws: `DatasetError`, where files are missing or damaged.
  package func images(observation: PixelObservation? = nil) throws -> ExperimentImages {
    try ExperimentImages(imageSet, from: root, observation: observation, testSeed: seed &+ 1)
  }

  /// The settings of a run, which has a folder of its own: killed at any moment, it goes on from its
  /// last epoch.
  package func training(_ name: String, batchSize: Int = 64) -> TrainingSettings {
    TrainingSettings(
      batchSize: batchSize, seed: seed,
      folder: runs.map { URL(fileURLWithPath: $0).appendingPathComponent(name) },
      stopsOnInterrupt: true)
  }

  /// Trains a model, or goes on with its run, and scores it on the test images, with the most probable
  /// structure where it learned one.
  package func train<Model: LatentVariableModel, Strategy>(
    _ trainer: Trainer<Model, Strategy>, on images: ExperimentImages, label: String,
    reporter: (any TrainingReporter)? = nil, using generator: inout Philox
  ) throws -> TestScores where Model.Scalar == Float {
    try beginRun(checkpoint: trainer.checkpoint, resumes: resumes, epochs: epochs) {
      try trainer.resume()
      return trainer.epochsDone
    }
    try trainer.fit(
      images.training, test: images.test, epochs: epochs,
      reporter: reporter ?? ConsoleReporter(label: label))
    return TestScores(
      of: trainer.model, on: images.test, boundDraws: 10, samples: samples, images: scoredImages,
      label: label, using: &generator)
  }
}
