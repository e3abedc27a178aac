import Datasets
import Experiments
import Foundation
import Inference
import NeuralNetworks
import Programs
import Tensors

/// Trains the model by the strategy, scores it, and prints the lines.
func run(_ arguments: Arguments, by strategy: some InferenceStrategy) throws {
  let start = Date()
  let seed = UInt64(arguments[Options.seed])
  let binarization: Binarization =
    switch arguments[Options.binarization] {
    case "dynamic": .dynamic
    case "static": .static(seed: seed)
    default: .threshold
    }
  let images = try ExperimentImages(
    arguments[Options.dataset], from: arguments[Options.data], binarization: binarization,
    testSeed: seed &+ 1)
  var generator = Philox(seed: seed)
  let model = makeModel(arguments, images: images, using: &generator)
  let trainer = Trainer(
    model, strategy: strategy, optimizer: Adam(learningRate: arguments[Options.rate]),
    settings: TrainingSettings(
      batchSize: arguments[Options.batch], seed: seed,
      schedule: arguments[Options.schedule].schedule,
      folder: arguments[Options.run].map { URL(fileURLWithPath: $0) }, stopsOnInterrupt: true))
  let epochs = arguments[Options.epochs]
  try beginRun(
    checkpoint: trainer.checkpoint, resumes: arguments[Options.resume], epochs: epochs
  ) {
    try trainer.resume()
    return trainer.epochsDone
  }
  try trainer.fit(
    images.training, test: images.test, epochs: epochs, reporter: JSONReporter())
  let scores = TestScores(
    of: model, on: images.test, samples: arguments[Options.samples],
    images: arguments[Options.testImages], using: &generator)
  // Read before the products are timed, which take time and memory of their own.
  let cost = Cost(seconds: Date().timeIntervalSince(start), peakMiB: peakMemoryMiB())
  let products =
    arguments[Options.timesProducts]
    ? ProductTimes(of: scores, under: model, on: images.test, using: generator) : nil
  emitScores(
    scores, of: model, arguments: arguments, trainELBO: trainer.history.last?.trainELBO,
    pixels: images.pixels, cost: cost, products: products)
}

/// What training and scoring took.
private struct Cost {
  let seconds, peakMiB: Double
}

/// The last line. Bits per dimension are those of photographs, whose densities have them.
private func emitScores(
  _ scores: TestScores, of model: LatentGraphModel<Float>, arguments: Arguments,
  trainELBO: Double?, pixels: Int, cost: Cost, products: ProductTimes?
) {
  func bits(_ logDensity: Double) -> Double? {
    arguments[Options.dataset].pixelKind == .continuous
      ? bitsPerDimension(logDensity: logDensity, dimension: pixels) : nil
  }
  let kind = arguments[Options.model]
  emit([
    "model": kind.rawValue, "dataset": arguments[Options.dataset].rawValue,
    "epochs": arguments[Options.epochs], "seed": arguments[Options.seed],
    "train_elbo": trainELBO, "test_elbo": scores.elbo, "test_kl": scores.kl,
    "log_likelihood": scores.logLikelihood, "samples": scores.samples,
    "test_images": scores.images, "seconds": cost.seconds,
    "threads": Threads.limit, "blas": blasCoreName(), "peak_mib": cost.peakMiB,
    "objective": arguments[Options.objective].rawValue,
    "estimator": kind.learnsStructure ? arguments[Options.estimator].rawValue : nil,
    "nodes": model.graph.nodes.count, "node_dim": model.graph.nodes[0].dimension,
    "edge_probabilities": model.edgeProbabilities,
    "bits_per_dimension": bits(scores.logLikelihood),
    "bits_per_dimension_elbo": bits(scores.elbo),
    "score_seconds": scores.logLikelihoodSeconds, "products_seconds": products?.seconds,
    "products_share": products?.share, "blas_products_seconds": products?.blasSeconds,
  ])
}
