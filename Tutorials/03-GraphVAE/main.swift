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

import Experiments
import Foundation
import Inference
import Programs
import Tensors

let nodes = Option(
  "nodes", default: 5, in: .range(2...20), help: "nodes of the latent graphs")
let nodeDimension = Option.optional(
  "node-dim", in: .range(1...256), help: "dimensions of a node (default: 4 on digits, 16 on MNIST)")
let common = TutorialOptions(epochs: (digits: 300, mnist: 20), samples: 500)
let program = Program(
  "03-GraphVAE",
  summary:
    "Trains a VAE, a Ladder VAE, a fully connected VAE, and a Graph VAE that learns its edges.",
  options: common.with(nodes, nodeDimension))
let arguments = program.parseOrExit()
let settings = common.settings(arguments, of: program)

program.runOrExit {
  try prepareFolder(settings.figures)
  let isMNIST = settings.isMNIST
  let plan = Plan(
    settings: settings, images: try settings.images(),
    batchSize: isMNIST ? 64 : 32, learningRate: isMNIST ? 1e-3 : 2e-3,
    nodes: arguments[nodes], dimension: arguments[nodeDimension] ?? (isMNIST ? 16 : 4),
    widths: isMNIST ? .paper : .small)
  let split = plan.images.split

  print(
    """
    \(split.training.count) training images and \(split.test.count) test images (\(split.name)) of \
    \(split.training.height)×\(split.training.width) pixels, binarized anew in each epoch.
    \(plan.nodes) nodes of \(plan.dimension) latent variables; the VAE has all \
    \(plan.nodes * plan.dimension) in one node.

    """)

  var results: [Result] = []
  for kind in Kind.allCases { results.append(try plan.train(kind)) }

  var table = TextTable([
    .text("model"), .number("edges"), .number("ELBO (nats)"), .number("KL (nats)"),
    .number("log p(x) (nats)"), .number("seconds"),
  ])
  for result in results {
    let kept = StructureReport(result.model)?.mostProbable.count { $0 }
    let edges = result.model.graph.edges.count
    table.add(
      result.kind.rawValue, kept.map { "\($0) of \(edges)" } ?? "\(edges)",
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
  if isMNIST {
    print(
      """
      Table 1 of He et al., after 2,000 epochs: log p(x) −87.30, −84.98, −82.80, −82.58;
      ELBO −95.61, −92.80, −88.49, −88.35 nats.

      """)
  }

  printStructure(of: results.last!)

  print("Pictures:")
  for picture in try drawPictures(of: results, plan: plan, folder: settings.figures) {
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
