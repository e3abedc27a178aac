import Inference
import Tensors
import VariationalAutoencoders

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
