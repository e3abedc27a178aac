// Tutorial 6: exact inference.
//
// Every query to a Gaussian has an exact answer; the question is its cost. This program queries two
// models that are sparse in different ways:
//
// - A time series with gaps, whose states form a block chain. Given the measurements, the marginals
//   are those of a Kalman smoother, in time linear in the length. The likelihood is differentiable,
//   so that the parameters can be learned from it.
// - A directed net, compiled to a sparse precision.

import Figures
import Foundation
import LatentGraphs
import NeuralNetworks
import Programs
import Tensors

let figures = Option(
  "figures", default: "figures", placeholder: "DIR", help: "the folder for the two pictures")
let quick = Option.flag("quick", help: "use a shorter series and fewer steps, for a quick test")
let program = Program(
  "06-ExactInference",
  summary:
    "Smooths a time series with gaps exactly, learns its parameters from the likelihood, and "
    + "queries a directed net.",
  options: [figures, quick])
let arguments = program.parseOrExit()

program.runOrExit {
  try prepareFolder(arguments[figures])
  let folder = URL(fileURLWithPath: arguments[figures])
  var generator = Philox(seed: 3)

  // MARK: A time series with gaps

  // An oscillation with period 24, measured with noise at 400 times, with two gaps.
  let truth = Oscillator(period: 24, persistence: 0.985, noise: 0.15, measurementNoise: 0.6)
  let steps = arguments[quick] ? 120 : 400
  let gaps = arguments[quick] ? [60..<80] : [110..<150, 260..<330]
  let recording = try Recording(of: truth, steps: steps, gaps: gaps, using: &generator)
  let missing = gaps.reduce(0) { $0 + $1.count }
  print("A series of \(steps) times, of which \(missing) are missing.")

  // MARK: Learn it

  // The exact log-likelihood of the measurements, with the missing times integrated out, is
  // differentiable: no sampling or bound is needed. Training starts from wrong parameters.
  let learned = Oscillator(period: 17, persistence: 0.9, noise: 0.5, measurementNoise: 0.3)
  var table = TextTable(
    [.text("parameters")] + Oscillator.columns + [.number("log-likelihood (nats)")])
  func row(_ name: String, _ oscillator: Oscillator) throws -> [String] {
    let value = try oscillator.model().logLikelihood(of: recording.observations)
    return [name] + oscillator.cells + [decimal(value.scalar, places: 2)]
  }
  table.add(try row("at the start", learned))
  let optimizerState = OptimizerState(of: learned, by: Adam(learningRate: 0.03))
  let count = arguments[quick] ? 60 : 300
  let clock = ContinuousClock()
  let time = try clock.measure {
    for step in 0..<count {
      let likelihood = try learned.model().logLikelihood(of: recording.observations)
      optimizerState.minimize(-likelihood, rateFactor: step < count / 2 ? 1 : 0.3)
      if (step + 1) % 50 == 0 {
        print("  step \(step + 1): \(decimal(likelihood.scalar, places: 2)) nats")
      }
    }
  }
  table.add(try row("learned", learned))
  table.add(try row("true", truth))
  print("\n\(count) steps of Adam on the exact likelihood, \(milliseconds(time)):\n\n\(table)\n")

  // MARK: Smooth it

  // The states given all measurements, before and after each time: means and covariances of each
  // time and of each two neighbouring times, in one pass.
  let smoothed = try learned.model().smoothed(recording.observations)
  let plot = SmoothedPlot(recording, smoothed)
  print(plot.report)

  // The posterior is a Gaussian graphical model like any other and can be sampled.
  let posterior = try learned.model().posterior(given: recording.observations)
  let paths = posterior.sample(3, using: &generator).reshaped(to: [3, steps, 2])
  let series = folder.appendingPathComponent("time-series.svg")
  try plot.figure(paths: paths).write(to: series)

  // MARK: Queries to a directed net

  let garden = try Garden()
  let structure = "\(type(of: garden.model.precision))".prefix { $0 != "<" }
  print(
    """

    A garden: \(garden.names.joined(separator: ", ")). Compiled, its \(garden.names.count) variables \
    have \(garden.model.precision.graph.edges.count) edges; the
    cheapest structure for them is a \(structure).

    Mean ± standard deviation of each node, given the values of some:

    \(try garden.table([
      ("the sensor reads 1.5", ["sensor": 1.5]),
      ("… and it was irrigated", ["sensor": 1.5, "irrigation": 1.5]),
      ("growth is poor", ["growth": -1.5]),
      ("… though the sun shone", ["growth": -1.5, "sun": 1.0]),
    ]))

    A wet sensor makes rain more likely, until irrigation explains it away: causes that are independent
    become dependent once their effect is observed.
    """)
  let surprise = try garden.model.logDensity(of: Evidence(garden.evidence(["sensor": 1.5])))
  let expected = try garden.model.logDensity(of: Evidence(garden.evidence(["sensor": 0])))
  print(
    "log p(sensor = 1.5) is \(decimal(surprise.scalar, places: 3)) nats, at its mode "
      + "\(decimal(expected.scalar, places: 3)).")

  // The inverse of compilation: a net over the same variables, with edges in the order of
  // elimination.
  let reversed = try BayesNet(garden.model, names: garden.names)
  print("The same Gaussian with other edges: \(reversed.graph.edgeNames.joined(separator: ", ")).")

  let picture = folder.appendingPathComponent("garden.svg")
  try garden.figure.write(to: picture)
  print("\nPictures: \(series.path)\n          \(picture.path)")
}
