import Experiments
import Inference
import Measurements
import Tensors

/// The time of the matrix products of a log-likelihood alone: a lower bound of its time.
///
/// The products are those that scoring a batch of observations with all of its samples requests.
/// They are timed together, repeatedly, and represent those of every batch.
struct ProductTimes {
  /// The time of all products of the log-likelihood with the library's kernels.
  let seconds: Double
  /// The time with BLAS, on the same number of threads.
  let blasSeconds: Double
  /// The share of the products in the time of the log-likelihood.
  let share: Double?

  /// Times the products behind `scores` for about two seconds.
  init<Model: LatentVariableModel>(
    of scores: TestScores, under model: Model, on test: some BatchSource<Model.Scalar>,
    using generator: Philox
  ) {
    let batch = observationsScoredAtOnce(of: scores.images, draws: scores.samples)
    let products = loggedProducts {
      var generator = generator
      _ = meanLogLikelihood(
        of: test, under: model, draws: scores.samples, observations: batch, using: &generator)
    }
    let replay = ProductReplay<Model.Scalar>(of: products)
    let batches = Double(scores.images) / Double(batch)
    // BLAS comes last, because its threads spin for a while after they have finished.
    seconds = batches * medianSeconds { replay.run() }
    blasSeconds = batches * medianSeconds { replay.runByBLAS() }
    share = scores.logLikelihoodSeconds.map { [seconds] in seconds / $0 }
  }
}
