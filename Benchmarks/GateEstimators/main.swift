import Foundation
import Inference
import LatentGraphs
import Measurements
import NeuralNetworks
import Programs
import Tensors

/// Measures the bias and the variance of the gradient estimators for gates, relative to the exact
/// gradient over all structures. Prints lines of JSON and, on request, writes
/// `Documentation/gate-estimators.md`.

let draws = Option(
  "draws", default: 4_000, in: .range(2...10_000_000), help: "samples of each estimator")
let epochs = Option(
  "epochs", default: 50, in: .range(0...100_000),
  help: "epochs of training before the gradient is computed")
let heads = Option("heads", default: Heads.batchNorm, help: "conditionals of the nodes")
let seed = Option(
  "seed", default: 0, in: .range(0...Int.max), help: "seed of the model and the samples")
let markdown = Option.optionalPath("markdown", help: "file to which the table is written")
let quick = Option.flag("quick", help: "100 samples after one epoch, unless given")

let program = Program(
  "benchmark-gate-estimators",
  summary: "Measures the bias and variance of gradient estimators for gates; prints lines of "
    + "JSON.",
  options: [draws, epochs, heads, seed, markdown, quick])
let arguments = program.parseOrExit()

let temperatures = [2, 1, 0.5, 0.25, 0.1]
let estimators: [(name: String, setting: String, passes: Int, estimator: GateEstimator)] =
  [2, 4, 8].map { ("score function", "\($0) samples", $0, .scoreFunction(draws: $0)) }
  + temperatures.map {
    (
      "Gumbel-softmax", "τ = \($0)", 1,
      .gumbelSoftmax(temperature: $0, annealing: .constant)
    )
  }
  + temperatures.map {
    (
      "straight-through", "τ = \($0)", 1,
      .straightThrough(temperature: $0, annealing: .constant)
    )
  }

program.runOrExit {
  if let path = arguments[markdown] {
    let url = URL(fileURLWithPath: path)
    try prepareFolder(url.deletingLastPathComponent().path)
    if url.hasDirectoryPath { throw FileError(path: path, operation: "write", code: EISDIR) }
  }
  let isQuick = arguments[quick]
  let count = arguments[draws, else: isQuick ? 100 : nil]
  let study = try GradientStudy(
    heads: arguments[heads], trainingEpochs: arguments[epochs, else: isQuick ? 1 : nil],
    seed: UInt64(arguments[seed]))
  emit(["estimator": "exhaustive", "gradient": study.exact])
  var rows: [String] = []
  for (index, (name, setting, passes, estimator)) in estimators.enumerated() {
    var generator = Philox(seed: UInt64(arguments[seed])).split(index)
    let quality = EstimatorQuality(of: estimator, in: study, draws: count, using: &generator)
    emit([
      "estimator": name, "setting": setting, "passes": passes, "draws": count,
      "bias": quality.bias, "mean_error": quality.meanError, "deviation": quality.deviation,
      "rms_error": quality.rootMeanSquare, "cosine": quality.cosine,
      "largest_z": quality.largestZ,
    ])
    rows.append(row(name, setting, passes, quality))
  }
  if let path = arguments[markdown] {
    let text = page(rows, draws: count, heads: arguments[heads])
    try writeAtomically(to: URL(fileURLWithPath: path)) { try $0.write(Array(text.utf8)) }
  }
}
