// Tutorial 4: a latent graph of one's own, and a strategy of one's own.
//
// A model is three things: a prior p(z) and a posterior q(z|x), which are Bayes nets on one graph,
// and a likelihood p(x|z). StrokeModel.swift composes them in a page: a graph of three named nodes,
// of which one is a chain of variables itself. A strategy says how the model is inferred;
// RenyiInference.swift is one that the library does not have. Neither needs a change of the library:
// the trainer, structure learning, the evaluation and the pictures take both as they are.

import Datasets
import Figures
import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Programs
import Tensors

let epochs = Option("epochs", default: 100, in: .range(1...100_000), help: "epochs of training")
let order = Option(
  "order", default: 0.5, in: .range(0..<1.0), help: "α of the Rényi bound, from 0 to below 1")
let draws = Option("draws", default: 5, in: .range(1...1000), help: "K of the Rényi bound")
let samples = Option(
  "samples", default: 500, in: .range(1...1_000_000),
  help: "draws an image for the log-likelihood")
let seed = Option(
  "seed", default: 0, in: .range(0...Int.max), help: "what all randomness comes from")
let figures = Option(
  "figures", default: "figures", placeholder: "DIR", help: "where the pictures go")
let quick = Option.flag("quick", help: "two epochs and few draws, to see that it works")

let program = Program(
  "04-YourOwnGraph",
  summary:
    "Composes a latent graph with a chain inside a node, and trains it by a strategy of its own.",
  options: [epochs, order, draws, samples, seed, figures, quick])
let arguments = program.parseOrExit()

program.runOrExit {
  try prepareFolder(arguments[figures])
  let digits = Digits.load()
  let test = ImageBatches<Float>(digits.test, .static(seed: 1))

  /// Trains the model by a strategy, and scores it with the structure that it has learned.
  func train(_ name: String, by strategy: some InferenceStrategy) throws -> Result {
    let start = Date()
    var generator = Philox(seed: UInt64(arguments[seed]))
    let model = try makeStrokeModel(pixels: test.dimension, using: &generator)
    // Structure learning wraps any strategy, also one that it has never seen.
    let trainer = Trainer(
      model, strategy: StructureLearning(.gumbelSoftmax(), within: strategy),
      optimizer: Adam(learningRate: 2e-3),
      settings: TrainingSettings(batchSize: 32, seed: UInt64(arguments[seed])))
    try trainer.fit(
      ImageBatches<Float>(digits.training, .dynamic), test: test,
      epochs: arguments[quick] ? 2 : arguments[epochs],
      reporter: ConsoleReporter(label: name.padding(toLength: 12, withPad: " ", startingAt: 0)))
    return Result(
      name: name, model: model,
      bound: evidenceLowerBound(of: test, under: model, draws: 10, using: &generator),
      logLikelihood: meanLogLikelihood(
        of: test, under: model, samples: arguments[quick] ? 10 : arguments[samples],
        observations: arguments[quick] ? 50 : nil, using: &generator),
      seconds: Date().timeIntervalSince(start))
  }

  let renyi = RenyiInference(order: arguments[order], samples: arguments[draws])
  let results = [
    try train("ELBO", by: VariationalInference()),
    try train("Rényi α=\(arguments[order])", by: renyi),
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
  var generator = Philox(seed: UInt64(arguments[seed]))
  let pictures = try drawPictures(
    of: results[1], test: test, folder: arguments[figures], using: &generator)
  for picture in pictures { print("  \(picture.path): \(picture.subject)") }
}
