import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Programs
import Tensors

/// The data, the length of training, and the folders of a tutorial.
package struct TutorialSettings: Sendable {
  /// The images, and their folder.
  package let imageSet: ImageSet, root: String?
  /// The epochs of training.
  package let epochs: Int
  /// The number of samples for the log-likelihood of an image.
  package let samples: Int
  /// The number of test images for the log-likelihood; `nil` for all.
  package let scoredImages: Int?
  /// The seed of all random numbers.
  package let seed: UInt64
  /// The folder of the pictures.
  package let figures: String
  /// The folder of the runs; `nil` if they are not saved.
  package let runs: String?
  /// Whether existing runs are resumed.
  package let resumes: Bool
  /// Whether the run is only a quick test.
  package let isQuick: Bool

  /// Whether the data set is MNIST, not the small digits.
  package var isMNIST: Bool { imageSet == .mnist }

  /// The images. The bits or noise of the test images are fixed, so that all models are scored on
  /// the same data.
  /// - Throws: `DatasetError` if files are missing or damaged.
  package func images(observation: PixelObservation? = nil) throws -> ExperimentImages {
    try ExperimentImages(imageSet, from: root, observation: observation, testSeed: seed &+ 1)
  }

  /// The settings of a run, which has its own folder: after an interruption it continues from its
  /// last complete epoch.
  package func training(_ name: String, batchSize: Int = 64) -> TrainingSettings {
    TrainingSettings(
      batchSize: batchSize, seed: seed,
      folder: runs.map { URL(fileURLWithPath: $0).appendingPathComponent(name) },
      stopsOnInterrupt: true)
  }

  /// Trains a model, or resumes its run, and scores it on the test images, with the most probable
  /// structure if the structure is learned.
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
