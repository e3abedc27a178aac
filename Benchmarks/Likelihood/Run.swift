import Datasets
import Experiments
import Foundation
import Inference
import Measurements
import NeuralNetworks
import Programs
import Tensors

/// Trains the model with the strategy, scores it, and prints the lines.
func run(_ arguments: Arguments, by strategy: some InferenceStrategy) throws {
  let start = ContinuousClock.now
  let seed = UInt64(arguments[Options.seed])
  let binarization: Binarization =
    switch arguments[Options.binarization] {
    case "dynamic": .dynamic
    case "static": .static(seed: seed)
    default: .threshold
    }
  let images = try ExperimentImages(
    arguments[Options.dataset], from: arguments[Options.data],
    observation: observation(arguments), binarization: binarization, testSeed: seed &+ 1,
    heldOut: arguments[Options.validation])
  var generator = Philox(seed: seed)
  let model = makeModel(arguments, images: images, using: &generator)
  if arguments[Options.outputBias] == .logOdds {
    let pixels = images.split.training
    (model.likelihood as? BernoulliObservation<Float>)?
      .setBias(toLogOddsOf: pixels.pixelMeans, over: pixels.count)
  }
  let epochs = arguments[Options.epochs]
  let trainer = Trainer(
    model, strategy: strategy, optimizer: Adam(learningRate: arguments[Options.rate]),
    settings: TrainingSettings(
      batchSize: arguments[Options.batch], seed: seed,
      schedule: arguments[Options.schedule].schedule(
        epochs: epochs, period: arguments[Options.schedulePeriod],
        warmUp: arguments[Options.rateWarmUp]),
      averageDecay: arguments[Options.average],
      evaluationPeriod: arguments[Options.evaluationPeriod],
      folder: arguments[Options.run].map { URL(fileURLWithPath: $0) }, stopsOnInterrupt: true))
  try beginRun(
    checkpoint: trainer.checkpoint, resumes: arguments[Options.resume], epochs: epochs
  ) {
    try trainer.resume()
    return trainer.epochsDone
  }
  try trainer.fit(
    images.training, validation: images.validation, test: images.test, epochs: epochs,
    reporter: JSONReporter())
  if arguments[Options.score] == .best { try trainer.restoreBest() }
  func score(_ model: LatentGraphModel<Float>) -> (TestScores, edges: [Double]?) {
    let scores = TestScores(
      of: model, on: images.test, samples: arguments[Options.samples],
      images: arguments[Options.testImages], using: &generator)
    return (scores, model.edgeProbabilities)
  }
  let (scores, edges) =
    arguments[Options.score] == .best ? score(model) : trainer.withEvaluatedModel(score)
  // Measured before the products are timed, which themselves take time and memory.
  let cost = Cost(seconds: (.now - start) / .seconds(1), peakMiB: peakMemoryMiB())
  let products =
    arguments[Options.timesProducts]
    ? ProductTimes(of: scores, under: model, on: images.test, using: generator) : nil
  emitScores(
    scores, of: model, edgeProbabilities: edges, arguments: arguments,
    trainELBO: trainer.history.last?.trainELBO,
    scoredEpoch: arguments[Options.score] == .best ? trainer.best?.epoch : trainer.epochsDone,
    images: images, cost: cost, products: products)
}

/// The time and memory of training and scoring.
private struct Cost {
  let seconds, peakMiB: Double
}

/// Prints the last line. It contains bits per dimension if pixels have a density.
private func emitScores(
  _ scores: TestScores, of model: LatentGraphModel<Float>, edgeProbabilities: [Double]?,
  arguments: Arguments, trainELBO: Double?, scoredEpoch: Int?, images: ExperimentImages,
  cost: Cost, products: ProductTimes?
) {
  let kind = arguments[Options.model]
  let observation = observation(arguments)
  let isLogitNormal = observation.kind == .logitNormal
  emit([
    "model": kind.rawValue, "dataset": arguments[Options.dataset].rawValue,
    "epochs": arguments[Options.epochs], "seed": arguments[Options.seed],
    "scored_epoch": scoredEpoch, "average_decay": arguments[Options.average],
    "train_elbo": trainELBO, "test_elbo": scores.elbo, "test_kl": scores.kl,
    "log_likelihood": scores.logLikelihood, "samples": scores.samples,
    "test_images": scores.images, "seconds": cost.seconds,
    "threads": Threads.limit, "blas": blasCoreName(), "peak_mib": cost.peakMiB,
    "objective": arguments[Options.objective].rawValue,
    "estimator": kind.learnsStructure ? arguments[Options.estimator].rawValue : nil,
    "nodes": model.graph.nodes.count, "node_dim": model.graph.nodes[0].dimension,
    "edge_probabilities": edgeProbabilities,
    "observation": observation.kind.rawValue,
    "observation_structure": isLogitNormal ? observation.structure.rawValue : nil,
    "observation_precision": isLogitNormal ? observation.precision.rawValue : nil,
    "bits_per_dimension": images.bitsPerDimension(scores.logLikelihood),
    "bits_per_dimension_elbo": images.bitsPerDimension(scores.elbo),
    "score_seconds": scores.logLikelihoodSeconds, "products_seconds": products?.seconds,
    "products_share": products?.share, "blas_products_seconds": products?.blasSeconds,
  ])
}
