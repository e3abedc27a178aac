import Datasets
import Foundation
import Inference
import LatentGraphs
import Measurements
import Programs
import Tensors

/// Samples observations from known linear-Gaussian latent graphs, learns the edges, and counts the
/// graphs that are recovered. Prints a line of JSON for each seed, and one for all.

enum Estimator: String, CaseIterable {
  case gumbelSoftmax = "gumbel-softmax", straightThrough = "straight-through"
  case scoreFunction = "score-function", exhaustive
}
enum Prior: String, CaseIterable { case bic, none }
enum Posterior: String, CaseIterable { case full, gated }

let estimator = Option(
  "estimator", default: Estimator.straightThrough, help: "gradient estimator of the gates")
let temperature = Option(
  "temperature", default: 0.5, in: .positiveFloat,
  help: "temperature of the relaxed gates; constant")
let gateSamples = Option(
  "gate-samples", default: 4, in: .range(2...1024),
  help: "structures in a training step, for score-function")
let prior = Option(
  "edge-prior", default: Prior.bic,
  help: "prior of the edges: ½ log N nats for each weight, or none")
let posterior = Option(
  "posterior", default: Posterior.full,
  help: "edges of the posterior: all, or with the prior's gates")
let seeds = Option("seeds", default: 10, in: .range(1...100_000), help: "number of graphs")
let firstSeed = Option(
  "first-seed", default: 0, in: .range(0...1 << 40), help: "seed of the first graph")
let nodes = Option(
  "nodes", default: 4, in: .range(2...12), help: "scalar nodes, in a known order")
let observations = Option(
  "observations", default: 2000, in: .range(10...10_000_000), help: "samples from each graph")
let epochs = Option("epochs", default: 1000, in: .range(1...100_000), help: "epochs of training")
let rate = Option(
  "learning-rate", default: 0.05, in: .positiveFloat, help: "initial learning rate of Adam")
let quick = Option.flag("quick", help: "one graph of 3 nodes, 10 epochs, unless given")

let program = Program(
  "benchmark-structure-recovery",
  summary: "Counts the known latent graphs that structure learning recovers; prints lines of JSON.",
  options: [
    estimator, temperature, gateSamples, prior, posterior, seeds, firstSeed, nodes, observations,
    epochs, rate, quick,
  ])
let arguments = program.parseOrExit()

let isQuick = arguments[quick]
let nodeCount = arguments[nodes, else: isQuick ? 3 : nil]
if arguments[estimator] == .exhaustive, nodeCount > 5 {
  program.exitWithUsage(
    "--estimator exhaustive supports at most 10 edges; \(nodeCount) nodes have more")
}
let isRelaxed = [.gumbelSoftmax, .straightThrough].contains(arguments[estimator])
if arguments.isGiven(temperature), !isRelaxed {
  program.exitWithUsage(
    "--temperature is for relaxed gates, not for --estimator \(arguments[estimator].rawValue)")
}
if arguments.isGiven(gateSamples), arguments[estimator] != .scoreFunction {
  program.exitWithUsage("--gate-samples is for --estimator score-function")
}

let gates: GateEstimator =
  switch arguments[estimator] {
  case .gumbelSoftmax: .gumbelSoftmax(temperature: arguments[temperature], annealing: .constant)
  case .straightThrough:
    .straightThrough(temperature: arguments[temperature], annealing: .constant)
  case .scoreFunction: .scoreFunction(draws: arguments[gateSamples])
  case .exhaustive: .exhaustive
  }

program.runOrExit {
  let count = arguments[seeds, else: isQuick ? 1 : nil]
  var (found, right, edges, visible) = (0, 0, 0, 0)
  for seed in 0..<count {
    let start = ContinuousClock.now
    let recovery = Recovery(
      nodes: nodeCount, observations: arguments[observations],
      seed: UInt64(arguments[firstSeed] + seed))
    let result = try recovery.learned(
      by: gates,
      prior: arguments[prior] == .bic
        ? .bic(for: recovery.graph, observations: recovery.data.count) : nil,
      sharesGates: arguments[posterior] == .gated,
      epochs: arguments[epochs, else: isQuick ? 10 : nil],
      rate: arguments[rate])
    let (truth, learned) = (recovery.trueEdges, result.report.mostProbable)
    let names = recovery.graph.edgeNames
    let fromLatents = recovery.edgesFromVisibleLatents
    found += truth == learned ? 1 : 0
    visible += truth == fromLatents ? 1 : 0
    right += zip(truth, learned).count { $0 == $1 }
    edges += truth.count
    emit([
      "seed": arguments[firstSeed] + seed, "found": truth == learned,
      "true_edges": names.indices.filter { truth[$0] }.map { names[$0] },
      "missed": names.indices.filter { truth[$0] && !learned[$0] }.map { names[$0] },
      "superfluous": names.indices.filter { !truth[$0] && learned[$0] }.map { names[$0] },
      "edge_probabilities": result.report.probabilities, "entropy": result.report.entropy,
      "elbo": result.bound, "true_log_density": -(try recovery.truth.entropy),
      "found_from_visible_latents": truth == fromLatents,
      "seconds": (.now - start) / .seconds(1),
    ])
  }
  emit([
    "estimator": arguments[estimator].rawValue, "edge_prior": arguments[prior].rawValue,
    "posterior": arguments[posterior].rawValue, "observations": arguments[observations],
    "graphs": count, "graphs_found": found, "edges": edges, "edges_right": right,
    "graphs_found_from_visible_latents": visible,
  ])
}
