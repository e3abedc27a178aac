// Tutorial 4: your own latent graph, and your own strategy.
//
// A model has three parts: a prior p(z) and a posterior q(z|x), which are Bayes nets on one graph,
// and a likelihood p(x|z). StrokeModel.swift defines them in about a page: a graph of three named
// nodes, one of which is itself a chain of variables. A strategy defines how a model is trained;
// RenyiInference.swift defines one that the library does not have. Neither requires a change of the
// library: the trainer, structure learning, evaluation and figures work with both.

import Datasets
import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Programs
import Tensors

let program = Program(
  "04-YourOwnGraph",
  summary:
    "Defines a latent graph with a chain inside a node, and trains it with a custom strategy.",
  options: Options.all)
let arguments = program.parseOrExit()
if arguments[Options.resume], arguments[Options.runs] == nil {
  program.exitWithUsage("--resume needs --runs")
}
let (isMNIST, isQuick) = (arguments[Options.data] != nil, arguments[Options.quick])
let epochs = arguments[Options.epochs] ?? (isQuick ? 2 : isMNIST ? 10 : 100)
let samples = arguments[Options.samples, else: isQuick ? 10 : nil]
let seed = UInt64(arguments[Options.seed])

program.runOrExit {
  try prepareFolder(arguments[Options.figures])

  // MARK: The data

  // The pixels of the training images become bits anew in each epoch. Those of the test images stay
  // the same, so that all models are scored on the same bits.
  let images = try arguments[Options.data].map { try MNIST.load(from: $0) } ?? Digits.load()
  let training = ImageBatches<Float>(images.training, .dynamic)
  let test = ImageBatches<Float>(images.test, .static(seed: seed &+ 1))
  let scoredImages = min(isQuick ? 50 : 2_000, test.count)

  /// Trains the model with a strategy, and scores it with the learned structure.
  func train(
    _ name: String, folder: String, by strategy: some InferenceStrategy
  ) throws -> Result {
    let start = ContinuousClock.now
    let label = name.padding(toLength: 12, withPad: " ", startingAt: 0)

    // MARK: The model

    // All random numbers come from a generator that is passed in: the same seed gives the same run.
    var generator = Philox(seed: seed)
    let model = try makeStrokeModel(pixels: training.dimension, using: &generator)

    // MARK: Train

    // With --runs, each run is saved in its own folder after each epoch, and --resume continues it
    // after its last complete epoch.
    let folder = arguments[Options.runs].map {
      URL(fileURLWithPath: $0).appendingPathComponent(folder)
    }
    // Structure learning can wrap any strategy, including this one.
    let trainer = Trainer(
      model, strategy: StructureLearning(.gumbelSoftmax(), within: strategy),
      optimizer: Adam(learningRate: 2e-3),
      settings: TrainingSettings(
        batchSize: 32, seed: seed, folder: folder, stopsOnInterrupt: true))
    try beginRun(
      checkpoint: trainer.checkpoint, resumes: arguments[Options.resume], epochs: epochs
    ) {
      try trainer.resume()
      return trainer.epochsDone
    }
    try trainer.fit(training, test: test, epochs: epochs, reporter: ConsoleReporter(label: label))

    // MARK: Evaluate

    let progress = WorkProgress(label: label) { "log-likelihood of \($0) of \($1) images" }
    let bound = evidenceLowerBound(of: test, under: model, draws: 10, using: &generator)
    let logLikelihood = meanLogLikelihood(
      of: test, under: model, draws: samples, observations: scoredImages, using: &generator,
      progress: progress.report)
    return Result(
      name: name, model: model, bound: bound, logLikelihood: logLikelihood,
      seconds: (.now - start) / .seconds(1))
  }

  let order = arguments[Options.order]
  let renyi = RenyiInference(order: order, draws: arguments[Options.draws])
  let results = [
    try train("ELBO", folder: "elbo", by: VariationalInference()),
    try train("Rényi α=\(order)", folder: "renyi-\(order)", by: renyi),
  ]

  var table = TextTable(
    [.text("trained by"), .number("ELBO (nats)"), .number("KL (nats)"), .number("log p(x) (nats)")]
      + results[0].model.graph.edgeNames.map { .number($0) } + [.number("seconds")])
  for result in results {
    table.add(
      [
        result.name, decimal(result.bound.evidenceLowerBound, places: 2),
        decimal(result.bound.klDivergence, places: 2), decimal(result.logLikelihood, places: 2),
      ] + (result.model.edgeProbabilities ?? []).map { decimal($0, places: 2) }
        + [decimal(result.seconds, places: 1)])
  }
  print(
    """

    Test images: the evidence lower bound and its KL, the log-likelihood by importance samples, and
    the probabilities of the edges.

    \(table)

    Pictures:
    """)
  var generator = Philox(seed: seed)
  let pictures = try drawPictures(
    of: results[1], test: test, folder: arguments[Options.figures], using: &generator)
  for picture in pictures { print("  \(picture.path): \(picture.subject)") }
}
