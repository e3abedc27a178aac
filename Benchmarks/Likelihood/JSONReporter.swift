import Inference
import Measurements
import Programs

/// Reports progress on standard error, and prints a line of JSON for each epoch on standard output.
struct JSONReporter: TrainingReporter {
  private let console = ConsoleReporter()

  func stepEnded(_ progress: TrainingProgress) { console.stepEnded(progress) }

  func epochEnded(_ metrics: EpochMetrics, of epochs: Int, secondsLeft: Double) {
    clearProgress()
    emit([
      "epoch": metrics.epoch, "train_elbo": metrics.trainELBO, "train_kl": metrics.trainKL,
      "test_elbo": metrics.testELBO, "test_kl": metrics.testKL,
      "validation_elbo": metrics.heldOut.validationELBO,
      "averaged_test_elbo": metrics.averaged?.testELBO,
      "averaged_test_kl": metrics.averaged?.testKL,
      "averaged_validation_elbo": metrics.averaged?.validationELBO, "seconds": metrics.seconds,
      "edge_probabilities": metrics.edgeProbabilities,
    ])
  }
}
