import Datasets
import Inference
import LatentGraphs
import Programs
import Tensors

/// The scores of a model on test images, in nats an image.
package struct TestScores: Codable, Equatable, Sendable {
  /// The evidence lower bound, over all test images.
  package var elbo: Double
  /// The divergence of the posterior from the prior, over all test images.
  package var kl: Double
  /// The log-likelihood, estimated by importance sampling.
  package var logLikelihood: Double
  /// The number of importance samples for each image.
  package var samples: Int
  /// The number of test images for the log-likelihood: the first ones of a fixed shuffle.
  package var images: Int
  /// The time to compute the log-likelihood, in seconds; not stored in files.
  package private(set) var logLikelihoodSeconds: Double?

  private enum CodingKeys: String, CodingKey {
    case elbo, kl, logLikelihood = "log_likelihood", samples, images
  }

  /// Scores a model with its most probable structure and reports progress on standard error, with a
  /// label.
  /// - Parameter boundDraws: The number of posterior samples for the bound.
  package init(
    of model: some LatentVariableModel<Float>, on test: ImageBatches<Float>, boundDraws: Int = 1,
    samples: Int, images: Int?, label: String = "", using generator: inout Philox
  ) {
    self.samples = samples
    self.images = min(images ?? test.count, test.count)
    let progress = WorkProgress(label: label) { "log-likelihood of \($0) of \($1) images" }
    let bound = evidenceLowerBound(of: test, under: model, draws: boundDraws, using: &generator)
    (elbo, kl) = (bound.evidenceLowerBound, bound.klDivergence)
    let clock = ContinuousClock()
    let start = clock.now
    logLikelihood = meanLogLikelihood(
      of: test, under: model, draws: samples, observations: self.images, using: &generator,
      progress: progress.report)
    logLikelihoodSeconds = (clock.now - start) / .seconds(1)
  }
}
