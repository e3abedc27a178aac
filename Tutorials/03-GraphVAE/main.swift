// Tutorial 3: latent variables with a graph that is learned.
//
// A variational autoencoder describes an image by latent variables. Here they are grouped in nodes
// z5, …, z1, and a node may depend on the nodes before it: p(z) = Π p(zₙ | parents of zₙ). With all
// edges this is a fully connected model, with the edges of a chain a Ladder VAE, and with a single
// node the classic VAE. The Graph VAE of He et al. (2019) learns the edges: each has a gate that
// multiplies the parent's input to the child, and the probability that the gate is open is trained
// together with the parameters, in the prior and in the posterior at once.
//
// This program trains the four models, compares them, and draws how the edges are learned.

import Datasets
import Foundation
import Inference
import NeuralNetworks
import Programs
import Tensors

let program = Program(
  "03-GraphVAE",
  summary:
    "Trains a VAE, a Ladder VAE, a fully connected VAE, and a Graph VAE that learns its edges.",
  options: Options.all)
let arguments = program.parseOrExit()
if arguments[Options.resume], arguments[Options.runs] == nil {
  program.exitWithUsage("--resume needs --runs")
}
let (isMNIST, isQuick) = (arguments[Options.data] != nil, arguments[Options.quick])
let epochs = arguments[Options.epochs] ?? (isQuick ? 2 : isMNIST ? 20 : 300)
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
  let nodes = arguments[Options.nodes]
  let dimension = arguments[Options.nodeDimension] ?? (isMNIST ? 16 : 4)
  print(
    """
    \(training.count) training images and \(test.count) test images (\(images.name)) of \
    \(test.images.height)×\(test.images.width) pixels, binarized anew in each epoch.
    \(nodes) nodes of \(dimension) latent variables; the VAE has all \
    \(nodes * dimension) in one node.

    """)

  var results: [Result] = []
  for kind in Kind.allCases {
    let start = ContinuousClock.now
    let label = kind.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0)

    // MARK: The model

    // All random numbers come from a generator that is passed in: the same seed gives the same run.
    var generator = Philox(seed: seed)
    let model = makeModel(
      kind, nodes: nodes, dimension: dimension, pixels: training.dimension,
      widths: isMNIST ? .paper : .small, using: &generator)

    // MARK: Train

    // One strategy for all models: without gates to learn, structure learning is the strategy
    // within it. The gates are sampled by the Gumbel-softmax, whose temperature decreases by 1% an
    // epoch.
    let strategy = StructureLearning(.gumbelSoftmax(), within: VariationalInference())
    // With --runs, each run is saved in its own folder after each epoch, and --resume continues it
    // after its last complete epoch.
    let folder = arguments[Options.runs].map {
      URL(fileURLWithPath: $0).appendingPathComponent(
        kind.rawValue.lowercased().replacing(" ", with: "-"))
    }
    let trainer = Trainer(
      model, strategy: strategy, optimizer: Adam(learningRate: isMNIST ? 1e-3 : 2e-3),
      settings: TrainingSettings(
        batchSize: isMNIST ? 64 : 32, seed: seed, folder: folder, stopsOnInterrupt: true))
    try beginRun(
      checkpoint: trainer.checkpoint, resumes: arguments[Options.resume], epochs: epochs
    ) {
      try trainer.resume()
      return trainer.epochsDone
    }
    try trainer.fit(training, test: test, epochs: epochs, reporter: ConsoleReporter(label: label))

    // MARK: Evaluate

    // The model is scored with its most probable structure: gates of 0 and 1.
    let progress = WorkProgress(label: label) { "log-likelihood of \($0) of \($1) images" }
    let bound = evidenceLowerBound(of: test, under: model, draws: 10, using: &generator)
    let logLikelihood = meanLogLikelihood(
      of: test, under: model, draws: samples, observations: scoredImages, using: &generator,
      progress: progress.report)
    results.append(
      Result(
        kind: kind, model: model, history: trainer.history, bound: bound,
        logLikelihood: logLikelihood, seconds: (.now - start) / .seconds(1)))
  }

  var table = TextTable([
    .text("model"), .number("edges"), .number("ELBO (nats)"), .number("KL (nats)"),
    .number("log p(x) (nats)"), .number("seconds"),
  ])
  for result in results {
    let kept = StructureReport(result.model)?.mostProbable.count { $0 }
    let edges = result.model.graph.edges.count
    table.add(
      result.kind.rawValue, kept.map { "\($0) of \(edges)" } ?? "\(edges)",
      decimal(result.bound.evidenceLowerBound, places: 2),
      decimal(result.bound.klDivergence, places: 2),
      decimal(result.logLikelihood, places: 2),
      decimal(result.seconds, places: 1))
  }
  print(
    """

    Test images: the evidence lower bound, the KL of the posterior from the prior, and the
    log-likelihood by \(samples) importance samples for each of \(scoredImages) images.

    \(table)

    """)
  if isMNIST {
    print(
      """
      Table 1 of He et al., after 2,000 epochs: log p(x) −87.30, −84.98, −82.80, −82.58;
      ELBO −95.61, −92.80, −88.49, −88.35 nats.

      """)
  }

  printStructure(of: results.last!)

  print("Pictures:")
  for picture in try drawPictures(
    of: results, test: test, seed: seed, folder: arguments[Options.figures])
  {
    print("  \(picture.path): \(picture.subject)")
  }
}

/// Prints the probabilities of the Graph VAE's edges, in descending order.
func printStructure(of result: Result) {
  guard let report = StructureReport(result.model) else { return }
  let edges = zip(result.model.graph.edgeNames, report.probabilities)
    .sorted { $0.1 > $1.1 }.map { "\($0) \(decimal($1, places: 2))" }
  let lines = stride(from: 0, to: edges.count, by: 5).map {
    "  " + edges[$0..<min($0 + 5, edges.count)].joined(separator: "   ")
  }
  let most = Double(report.probabilities.count) * Foundation.log(2)
  print(
    """
    The edges of the Graph VAE and their probabilities:
    \(lines.joined(separator: "\n"))
    The entropy of the structure is \(decimal(report.entropy, places: 2)) nats; it was \
    \(decimal(most, places: 2)) initially, and is 0 when every edge is decided.

    """)
}
