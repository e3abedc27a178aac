// Tutorial 2: posteriors that are graphs.
//
// A variational autoencoder describes each image by latent variables z; its encoder computes the
// parameters of a Gaussian q(z|x). Usually these variables are independent given x. Here the
// encoder also computes a sparse factor L of the precision P = L Lᵀ, so that the variables of the
// posterior depend on each other along a chain or a grid. Sampling and the exact KL divergence
// remain linear, or almost linear, in the number of variables. This is the model of the poster
// "Gaussian Graphical Models for Variational Autoencoders"; the program reproduces its Table 1.

import Datasets
import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Programs
import Tensors
import VariationalAutoencoders

let program = Program(
  "02-GraphPosteriors",
  summary: "Trains autoencoders whose posteriors are independent, a chain and an extended grid.",
  options: Options.all)
let arguments = program.parseOrExit()
if arguments[Options.resume], arguments[Options.runs] == nil {
  program.exitWithUsage("--resume needs --runs")
}
let (isMNIST, isQuick) = (arguments[Options.data] != nil, arguments[Options.quick])
let epochs = arguments[Options.epochs] ?? (isQuick ? 2 : isMNIST ? 30 : 60)
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
  print(
    """
    \(training.count) training images and \(test.count) test images (\(images.name)) of \
    \(test.images.height)×\(test.images.width) pixels, binarized anew in each epoch.
    16 latent variables; the encoder computes their means and the factor L of their precision.

    """)

  // The three graphs over 16 variables. The rest of the program is the same for all of them.
  let structures: [GraphStructure] = [
    .diagonal(16), .chain(16), .extendedGrid(height: 4, width: 4),
  ]
  var results: [Result] = []
  for structure in structures {
    let start = ContinuousClock.now
    let label = "\(structure)".padding(toLength: 13, withPad: " ", startingAt: 0)

    // MARK: The model

    // All random numbers come from a generator that is passed in: the same seed gives the same run.
    var generator = Philox(seed: seed)
    let model = GaussianGraphVAE<Float>(
      pixels: training.dimension, structure: structure, hidden: isMNIST ? 500 : 200,
      using: &generator)

    // MARK: Train

    // With --runs, each run is saved in its own folder after each epoch, and --resume continues it
    // after its last complete epoch.
    let folder = arguments[Options.runs].map {
      URL(fileURLWithPath: $0).appendingPathComponent("\(structure)")
    }
    let trainer = Trainer(
      model, strategy: VariationalInference(), optimizer: Adam(learningRate: 1e-3),
      settings: TrainingSettings(
        batchSize: 64, seed: seed, folder: folder, stopsOnInterrupt: true))
    let tracker = PosteriorTracker(
      model, image: test.batch([0], using: &generator), label: label)
    try beginRun(
      checkpoint: trainer.checkpoint, resumes: arguments[Options.resume], epochs: epochs
    ) {
      try trainer.resume()
      return trainer.epochsDone
    }
    try trainer.fit(training, test: test, epochs: epochs, reporter: tracker)

    // MARK: Evaluate

    let progress = WorkProgress(label: label) { "log-likelihood of \($0) of \($1) images" }
    let bound = evidenceLowerBound(of: test, under: model, draws: 10, using: &generator)
    let logLikelihood = meanLogLikelihood(
      of: test, under: model, draws: samples, observations: scoredImages, using: &generator,
      progress: progress.report)
    results.append(
      Result(
        structure: structure, model: model, history: trainer.history, bound: bound,
        logLikelihood: logLikelihood, means: tracker.means, seconds: (.now - start) / .seconds(1)))
  }

  var table = TextTable([
    .text("posterior"), .number("numbers in L"), .number("ELBO (nats)"), .number("KL (nats)"),
    .number("log p(x) (nats)"), .number("seconds"),
  ])
  for result in results {
    table.add(
      "\(result.structure)", "\(result.structure.elementCount)",
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
    print("The poster's Table 1: log p(x) −89.2, −89.1, −88.8; bound −93.4, −93.4, −93.0 nats.\n")
  }

  print("Pictures (those of images: the data, reconstructions, two rows of draws from the prior):")
  for picture in try drawPictures(
    of: results, test: test, seed: seed, folder: arguments[Options.figures])
  {
    print("  \(picture)")
  }
}
