// Tutorial 2: posteriors that are graphs.
//
// A variational autoencoder describes each image by latent variables z; its encoder computes the
// parameters of a Gaussian q(z|x). Usually these variables are independent given x. Here the
// encoder also computes a sparse factor L of the precision P = L Lᵀ, so that the variables of the
// posterior depend on each other along a chain or a grid. Sampling and the exact KL divergence
// remain linear, or almost linear, in the number of variables. This is the model of the poster
// "Gaussian Graphical Models for Variational Autoencoders"; the program reproduces its Table 1.

import Experiments
import Foundation
import Inference
import LatentGraphs
import Programs
import Tensors

let common = TutorialOptions(epochs: (digits: 60, mnist: 30), samples: 1000)
let program = Program(
  "02-GraphPosteriors",
  summary: "Trains autoencoders whose posteriors are independent, a chain and an extended grid.",
  options: common.with())
let arguments = program.parseOrExit()
let settings = common.settings(arguments, of: program)

program.runOrExit {
  try prepareFolder(settings.figures)
  let plan = Plan(
    settings: settings, images: try settings.images(), hidden: settings.isMNIST ? 500 : 200)
  let split = plan.images.split

  print(
    """
    \(split.training.count) training images and \(split.test.count) test images (\(split.name)) of \
    \(split.training.height)×\(split.training.width) pixels, binarized anew in each epoch.
    16 latent variables; the encoder computes their means and the factor L of their precision.

    """)

  // The three graphs over 16 variables. The rest of the program is the same for all of them.
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
      decimal(result.scores.elbo, places: 2), decimal(result.scores.kl, places: 2),
      decimal(result.scores.logLikelihood, places: 2),
      decimal(result.seconds, places: 1))
  }
  print(
    """

    Test images: the evidence lower bound, the KL of the posterior from the prior, and the
    log-likelihood by \(settings.samples) importance samples for each of \(results[0].scores.images) images.

    \(table)
    """)
  if settings.isMNIST {
    print("The poster's Table 1: log p(x) −89.2, −89.1, −88.8; bound −93.4, −93.4, −93.0 nats.\n")
  }

  print("Pictures (those of images: the data, reconstructions, two rows of draws from the prior):")
  for picture in try drawPictures(of: results, plan: plan, folder: settings.figures) {
    print("  \(picture)")
  }
}
