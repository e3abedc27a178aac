// Tutorial 4: your own latent graph, and your own strategy.
//
// A model has three parts: a prior p(z) and a posterior q(z|x), which are Bayes nets on one graph,
// and a likelihood p(x|z). StrokeModel.swift defines them in about a page: a graph of three named
// nodes, one of which is itself a chain of variables. A strategy defines how a model is trained;
// RenyiInference.swift defines one that the library does not have. Neither requires a change of the
// library: the trainer, structure learning, evaluation and figures work with both.

import Experiments
import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Programs
import Tensors

let order = Option(
  "order", default: 0.5, in: .range(0..<1.0), help: "α of the Rényi bound, at least 0 and below 1")
let draws = Option("draws", default: 5, in: .range(1...1000), help: "K of the Rényi bound")
let common = TutorialOptions(epochs: (digits: 100, mnist: 10), samples: 500)
let program = Program(
  "04-YourOwnGraph",
  summary:
    "Defines a latent graph with a chain inside a node, and trains it with a custom strategy.",
  options: common.with(order, draws))
let arguments = program.parseOrExit()
let settings = common.settings(arguments, of: program)

program.runOrExit {
  try prepareFolder(settings.figures)
  let images = try settings.images()

  /// Trains the model with a strategy, and scores it with the learned structure.
  func train(
    _ name: String, folder: String, by strategy: some InferenceStrategy
  ) throws -> Result {
    let start = ContinuousClock.now
    var generator = Philox(seed: settings.seed)
    let model = try makeStrokeModel(pixels: images.pixels, using: &generator)
    // Structure learning can wrap any strategy, including this one.
    let trainer = Trainer(
      model, strategy: StructureLearning(.gumbelSoftmax(), within: strategy),
      optimizer: Adam(learningRate: 2e-3),
      settings: settings.training(folder, batchSize: 32))
    let scores = try settings.train(
      trainer, on: images, label: name.padding(toLength: 12, withPad: " ", startingAt: 0),
      using: &generator)
    return Result(
      name: name, model: model, scores: scores, seconds: (.now - start) / .seconds(1))
  }

  let renyi = RenyiInference(order: arguments[order], samples: arguments[draws])
  let results = [
    try train("ELBO", folder: "elbo", by: VariationalInference()),
    try train("Rényi α=\(arguments[order])", folder: "renyi-\(arguments[order])", by: renyi),
  ]

  var table = TextTable(
    [.text("trained by"), .number("ELBO (nats)"), .number("KL (nats)"), .number("log p(x) (nats)")]
      + results[0].model.graph.edgeNames.map { .number($0) } + [.number("seconds")])
  for result in results {
    table.add(
      [
        result.name, decimal(result.scores.elbo, places: 2),
        decimal(result.scores.kl, places: 2), decimal(result.scores.logLikelihood, places: 2),
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
  var generator = Philox(seed: settings.seed)
  let pictures = try drawPictures(
    of: results[1], test: images.test, folder: settings.figures, using: &generator)
  for picture in pictures { print("  \(picture.path): \(picture.subject)") }
}
