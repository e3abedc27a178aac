// Tutorial 2: posteriors that are graphs.
//
// A variational autoencoder describes each image by latent variables z, and its encoder gives a
// Gaussian q(z|x) over them. The usual choice is independent variables. Here the encoder also gives
// a sparse factor L of the precision P = L Lᵀ, so that the variables of the posterior depend on each
// other along a chain or on a grid. Sampling and the exact KL stay linear in the number of
// variables, or nearly so. This is the model of the poster "Gaussian Graphical Models for
// Variational Autoencoders", and the program repeats its Table 1.

import Datasets
import Foundation
import Inference
import LatentGraphs
import Programs
import Tensors

let data = Option.optionalPath(
  "data", help: "folder that holds mnist/: train on MNIST in place of the embedded digits")
let epochs = Option.optional(
  "epochs", in: .range(1...100_000), help: "epochs of training; 60 on digits, 30 on MNIST")
let samples = Option(
  "samples", default: 1000, in: .range(1...1_000_000),
  help: "draws an image for the log-likelihood")
let seed = Option(
  "seed", default: 0, in: .range(0...Int.max), help: "what all randomness comes from")
let figures = Option(
  "figures", default: "figures", placeholder: "DIR", help: "where the pictures go")
let runs = Option.optionalPath(
  "runs", help: "folder for checkpoints and metrics, one folder a model in it")
let resume = Option.flag("resume", help: "continue the runs in the folder of --runs")
let quick = Option.flag("quick", help: "two epochs and few draws, to see that it works")

let program = Program(
  "02-GraphPosteriors",
  summary: "Trains autoencoders whose posteriors are independent, a chain and an extended grid.",
  options: [data, epochs, samples, seed, figures, runs, resume, quick])
let arguments = program.parseOrExit()
if arguments[resume], arguments[runs] == nil { program.exitWithUsage("--resume needs --runs") }

program.runOrExit {
  try prepareFolder(arguments[figures])
  let isMNIST = arguments[data] != nil
  let split = isMNIST ? try MNIST.load(from: arguments[data]) : Digits.load()
  let plan = Plan(
    split: split,
    epochs: arguments[quick] ? 2 : arguments[epochs] ?? (isMNIST ? 30 : 60),
    samples: arguments[quick] ? 10 : arguments[samples],
    likelihoodImages: arguments[quick] ? 100 : isMNIST ? 2000 : split.test.count,
    hidden: isMNIST ? 500 : 200,
    seed: UInt64(arguments[seed]), runs: arguments[runs], resumes: arguments[resume])

  print(
    """
    \(split.training.count) training images and \(split.test.count) test images (\(split.name)) of \
    \(split.training.height)×\(split.training.width) pixels, binarized anew at each visit.
    16 latent variables; the encoder gives their means and the factor L of their precision.

    """)

  // The three graphs over 16 variables. Each is one line: the rest of the program is the same.
  let structures: [GraphStructure] = [
    .diagonal(16), .chain(16), .extendedGrid(height: 4, width: 4),
  ]
  var results: [Result] = []
  for structure in structures { results.append(try plan.train(structure)) }

  var table = TextTable([
    .text("posterior"), .number("numbers in L"), .number("ELBO (nats)"), .number("KL (nats)"),
    .number("log p(x) (nats)"), .number("seconds"),
  ])
  for result in results {
    table.add(
      "\(result.structure)", "\(result.structure.factorCount)",
      decimal(result.bound.evidenceLowerBound, places: 2),
      decimal(result.bound.klDivergence, places: 2), decimal(result.logLikelihood, places: 2),
      decimal(result.seconds, places: 1))
  }
  print(
    """

    Test images: the evidence lower bound, the KL of the posterior from the prior, and the
    log-likelihood by \(plan.samples) importance samples of \(plan.likelihoodImages) images.

    \(table)
    """)
  if isMNIST {
    print("The poster's Table 1: log p(x) −89.2, −89.1, −88.8; bound −93.4, −93.4, −93.0 nats.\n")
  }

  print("Pictures (those of images: the data, reconstructions, two rows of draws from the prior):")
  for picture in try drawPictures(of: results, plan: plan, folder: arguments[figures]) {
    print("  \(picture)")
  }
}
