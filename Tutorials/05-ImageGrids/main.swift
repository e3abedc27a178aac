// Tutorial 5: images whose pixels are a grid.
//
// A decoder usually makes every pixel independent of the others, given the latents: what it does not
// explain is noise, pixel by pixel. Here what is left over has a graph. The log-odds of the pixels are
// a Gaussian whose precision is that of a chain along the rows or of a grid, as the poster "Gaussian
// Graphical Models for Variational Autoencoders" proposes for images; the rest of the model, and the
// network, are the same. Such a model says more than how likely an image is: given some of the pixels it
// fills in the others, by conditioning the Gaussian, exactly.

import Experiments
import Foundation
import Inference
import Programs

let data = Option.optionalPath(
  "data", help: "folder that holds mnist/: train on MNIST in place of the embedded digits")
let epochs = Option.optional(
  "epochs", in: .range(1...100_000), help: "epochs of training; 60 on digits, 8 on MNIST")
let precision = Option(
  "precision", default: ObservationPrecision.scaled,
  help: "what of the precision is an image's own: nothing, the scales, or the edges too")
let samples = Option(
  "samples", default: 200, in: .range(1...1_000_000),
  help: "draws an image for the log-likelihood")
let sweeps = Option(
  "sweeps", default: 200, in: .range(2...1_000_000), help: "of the Markov chain that fills in")
let seed = Option(
  "seed", default: 0, in: .range(0...Int.max), help: "what all randomness comes from")
let figures = Option(
  "figures", default: "figures", placeholder: "DIR", help: "where the pictures go")
let runs = Option.optionalPath(
  "runs", help: "folder for checkpoints and metrics, one folder a model in it")
let resume = Option.flag("resume", help: "continue the runs in the folder of --runs")
let quick = Option.flag("quick", help: "two epochs and few draws, to see that it works")

let program = Program(
  "05-ImageGrids",
  summary: "Trains autoencoders whose pixels correlate along a graph, and fills in missing pixels.",
  options: [data, epochs, precision, samples, sweeps, seed, figures, runs, resume, quick])
let arguments = program.parseOrExit()
if arguments[resume], arguments[runs] == nil { program.exitWithUsage("--resume needs --runs") }

program.runOrExit {
  try prepareFolder(arguments[figures])
  let isMNIST = arguments[data] != nil
  let plan = Plan(
    set: isMNIST ? .mnist : .digits, root: arguments[data], precision: arguments[precision],
    epochs: arguments[quick] ? 2 : arguments[epochs] ?? (isMNIST ? 8 : 60),
    samples: arguments[quick] ? 10 : arguments[samples],
    likelihoodImages: arguments[quick] ? 50 : isMNIST ? 2000 : nil,
    sweeps: arguments[quick] ? 6 : arguments[sweeps],
    hidden: isMNIST ? 500 : 200, seed: UInt64(arguments[seed]), runs: arguments[runs],
    resumes: arguments[resume])

  print(
    """
    Pixels in (0, 1), (byte + u)/levels with u uniform. Their log-odds are N(μ(z), P⁻¹), where P has a
    graph. 16 latent variables; the network is the same for all graphs.

    """)

  // One line for each graph: the rest of the program is the same.
  var results: [Result] = []
  for structure in PixelStructure.allCases { results.append(try plan.train(structure)) }

  var table = TextTable([
    .text("pixels"), .number("edges"), .number("ELBO (nats)"), .number("KL (nats)"),
    .number("log p(x) (nats)"), .number("bits per dimension"), .number("seconds"),
  ])
  for result in results {
    table.add(
      result.structure.rawValue, "\(result.graph.offDiagonalCount)",
      decimal(result.scores.elbo, places: 2), decimal(result.scores.kl, places: 2),
      decimal(result.scores.logLikelihood, places: 2),
      decimal(result.bitsPerDimension, places: 4), decimal(result.seconds, places: 1))
  }
  print(
    """

    Test images: the evidence lower bound, the KL of the posterior from the prior, the log-likelihood
    by \(plan.samples) importance samples of \(results[0].scores.images) images, and what that is in
    bits a pixel with all its levels of grey: fewer are better.

    \(table)

    Pictures:
    """)
  for picture in try drawPictures(of: results, plan: plan, folder: arguments[figures]) {
    print("  \(picture.path): \(picture.subject)")
  }
}
