// Tutorial 5: images whose pixels are a grid.
//
// Usually the pixels of a decoder are independent given the latents: everything that the decoder
// does not explain is independent noise. Here that noise has a graph. The log-odds of the pixels
// are a Gaussian whose precision is that of a chain along the rows or of a grid, as the poster
// "Gaussian Graphical Models for Variational Autoencoders" proposes for images. The rest of the
// model, including the network, is unchanged. Given some of the pixels, such a model also fills in
// the others, by conditioning the Gaussian exactly.

import Datasets
import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Programs
import Tensors
import VariationalAutoencoders

let program = Program(
  "05-ImageGrids",
  summary:
    "Trains autoencoders whose pixels are correlated along a graph, and fills in missing pixels.",
  options: Options.all)
let arguments = program.parseOrExit()
if arguments[Options.resume], arguments[Options.runs] == nil {
  program.exitWithUsage("--resume needs --runs")
}
let (isMNIST, isQuick) = (arguments[Options.data] != nil, arguments[Options.quick])
let epochs = arguments[Options.epochs] ?? (isQuick ? 2 : isMNIST ? 8 : 60)
let samples = arguments[Options.samples, else: isQuick ? 10 : nil]
let sweeps = arguments[Options.sweeps, else: isQuick ? 6 : nil]
let seed = UInt64(arguments[Options.seed])

program.runOrExit {
  try prepareFolder(arguments[Options.figures])

  print(
    """
    Pixels in (0, 1), (byte + u)/levels with u uniform. Their log-odds are N(μ(z), P⁻¹), where P has a
    graph. 16 latent variables; the network is the same for all graphs.

    """)

  // MARK: The data

  // The noise u of the training images is drawn anew in each epoch. That of the test images stays
  // the same, so that all models are scored on the same numbers.
  let images = try arguments[Options.data].map { try MNIST.load(from: $0) } ?? Digits.load()
  let training = ImageBatches<Float>(images.training, .dequantized(.dynamic))
  let test = ImageBatches<Float>(images.test, .dequantized(.static(seed: seed &+ 1)))
  let scoredImages = min(isQuick ? 50 : 2_000, test.count)

  // The graphs of the pixels. The rest of the program is the same for all of them.
  let (height, width) = (test.images.height, test.images.width)
  let graphs: [(name: String, graph: GraphStructure)] = [
    ("independent", .diagonal(height * width)), ("chain", .chain(height * width)),
    ("extended-grid", .extendedGrid(height: height, width: width)),
    ("grid", .grid(height: height, width: width)),
  ]
  var results: [Result] = []
  for (name, graph) in graphs {
    let start = ContinuousClock.now
    let label = name.padding(toLength: 13, withPad: " ", startingAt: 0)

    // MARK: The model

    // All random numbers come from a generator that is passed in: the same seed gives the same run.
    var generator = Philox(seed: seed)
    let model = GaussianGraphVAE<Float>(
      pixels: training.dimension, structure: .diagonal(16), hidden: isMNIST ? 500 : 200,
      pixelKind: .logitNormal(graph, arguments[Options.precision]), using: &generator)

    // MARK: Train

    // With --runs, each run is saved in its own folder after each epoch, and --resume continues it
    // after its last complete epoch.
    let folder = arguments[Options.runs].map {
      URL(fileURLWithPath: $0).appendingPathComponent(name)
    }
    let trainer = Trainer(
      model, strategy: VariationalInference(), optimizer: Adam(learningRate: 1e-3),
      settings: TrainingSettings(
        batchSize: 64, seed: seed, folder: folder, stopsOnInterrupt: true))
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
    results.append(
      Result(
        name: name, graph: graph, model: model, bound: bound, logLikelihood: logLikelihood,
        bitsPerDimension: bitsPerDimension(
          logDensity: logLikelihood, dimension: test.dimension,
          levels: Int(test.images.maximum) + 1),
        seconds: (.now - start) / .seconds(1)))
  }

  var table = TextTable([
    .text("pixels"), .number("edges"), .number("ELBO (nats)"), .number("KL (nats)"),
    .number("log p(x) (nats)"), .number("bits per dimension"), .number("seconds"),
  ])
  for result in results {
    table.add(
      result.name, "\(result.graph.offDiagonalCount)",
      decimal(result.bound.evidenceLowerBound, places: 2),
      decimal(result.bound.klDivergence, places: 2),
      decimal(result.logLikelihood, places: 2),
      decimal(result.bitsPerDimension, places: 4), decimal(result.seconds, places: 1))
  }
  print(
    """

    Test images: the evidence lower bound, the KL of the posterior from the prior, and the
    log-likelihood by \(samples) importance samples for each of \
    \(scoredImages) images, also
    in bits per dimension: fewer are better.

    \(table)

    Pictures:
    """)
  for picture in try drawPictures(
    of: results, test: test, sweeps: sweeps, seed: seed, folder: arguments[Options.figures])
  {
    print("  \(picture.path): \(picture.subject)")
  }
}
