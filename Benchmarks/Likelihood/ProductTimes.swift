import Experiments
import Inference
import Programs
import Tensors

/// What the matrix products of a log-likelihood take alone: its floor.
///
/// The products are those that a batch of observations, with all of its draws, asks for when it is
/// scored. They are timed together, many times over, and stand for those of every batch.
struct ProductTimes {
  /// All products of the log-likelihood, as the library computes them.
  let seconds: Double
  /// The same by BLAS, on as many threads.
  let blasSeconds: Double
  /// The part of the log-likelihood's time that its products account for.
  let share: Double?

  /// Times the products behind `scores`, for about two seconds.
  init<Model: LatentVariableModel>(
    of scores: TestScores, under model: Model, on test: some BatchSource<Model.Scalar>,
    using generator: Philox
  ) {
    let batch = observationsScoredAtOnce(of: scores.images, samples: scores.samples)
    let products = loggedProducts {
      var generator = generator
      _ = meanLogLikelihood(
        of: test, under: model, samples: scores.samples, observations: batch, using: &generator)
    }
    let replay = ProductReplay<Model.Scalar>(of: products)
    let batches = Double(scores.images) / Double(batch)
    // BLAS last: its threads spin for a while when they are done.
    seconds = batches * medianSeconds { replay.run() }
    blasSeconds = batches * medianSeconds { replay.runByBLAS() }
    share = scores.logLikelihoodSeconds.map { [seconds] in seconds / $0 }
  }
}
