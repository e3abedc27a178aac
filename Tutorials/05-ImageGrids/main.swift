// Tutorial 5: images whose pixels are a grid.
//
// Usually the pixels of a decoder are independent given the latents: everything that the decoder
// does not explain is independent noise. Here that noise has a graph. The log-odds of the pixels
// are a Gaussian whose precision is that of a chain along the rows or of a grid, as the poster
// "Gaussian Graphical Models for Variational Autoencoders" proposes for images. The rest of the
// model, including the network, is unchanged. Given some of the pixels, such a model also fills in
// the others, by conditioning the Gaussian exactly.

import Experiments
import Foundation
import Inference
import Programs

let precision = Option(
  "precision", default: ObservationPrecision.scaled,
  help:
    "what is separate for each image: nothing, the scales, or scales and edges of the precision"
)
let sweeps = Option(
  "sweeps", default: 200, in: .range(2...1_000_000),
  help: "sweeps of the Markov chain that fills in missing pixels")
let common = TutorialOptions(epochs: (digits: 60, mnist: 8), samples: 200)
let program = Program(
  "05-ImageGrids",
  summary:
    "Trains autoencoders whose pixels are correlated along a graph, and fills in missing pixels.",
  options: common.with(precision, sweeps))
let arguments = program.parseOrExit()
let settings = common.settings(arguments, of: program)

program.runOrExit {
  try prepareFolder(settings.figures)
  let plan = Plan(
    settings: settings, precision: arguments[precision],
    sweeps: arguments[sweeps, else: settings.isQuick ? 6 : nil],
    hidden: settings.isMNIST ? 500 : 200)

  print(
    """
    Pixels in (0, 1), (byte + u)/levels with u uniform. Their log-odds are N(μ(z), P⁻¹), where P has a
    graph. 16 latent variables; the network is the same for all graphs.

    """)

  // The graphs. The rest of the program is the same for all of them.
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

    Test images: the evidence lower bound, the KL of the posterior from the prior, and the
    log-likelihood by \(settings.samples) importance samples for each of \
    \(results[0].scores.images) images, also
    in bits per dimension: fewer are better.

    \(table)

    Pictures:
    """)
  for picture in try drawPictures(of: results, plan: plan, folder: settings.figures) {
    print("  \(picture.path): \(picture.subject)")
  }
}
