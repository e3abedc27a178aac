import Datasets
import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Programs
import Tensors
import VariationalAutoencoders

/// Trains the poster's model on binarized images and scores it: a line of JSON each epoch, and a
/// last one with the likelihood.

enum Posterior: String, CaseIterable { case diagonal, chain, extendedGrid = "extended-grid", dense }
enum Images: String, CaseIterable { case digits, mnist }

let kind = Option("model", default: Posterior.diagonal, help: "graph of the posterior")
let dataset = Option("dataset", default: Images.digits, help: "images")
let data = Option.optionalPath(
  "data", help: "folder of MNIST, or one that holds mnist/; LATENTGRAPHS_DATA says where by default"
)
let epochs = Option("epochs", default: 30, in: .range(0...100_000), help: "epochs of training")
let seed = Option(
  "seed", default: 0, in: .range(0...Int.max), help: "what all randomness comes from")
let samples = Option(
  "samples", default: 500, in: .range(1...1_000_000), help: "draws an image for the likelihood")
let testImages = Option.optional(
  "test-images", in: .range(1...1_000_000), help: "test images for the likelihood; all by default")
let batch = Option("batch", default: 64, in: .range(1...65_536), help: "images a step")
let rate = Option("learning-rate", default: 1e-3, in: .above(0), help: "of Adam")
let latents = Option(
  "latents", default: 16, in: .range(1...4096), help: "latent variables; a square for extended-grid"
)
let hidden = Option(
  "hidden", default: 500, in: .range(1...65_536), help: "units of each hidden layer")
let binarization = Option(
  "binarize", default: "dynamic", oneOf: ["dynamic", "static", "threshold"],
  help: "how training pixels become bits")
let run = Option.optionalPath("run", help: "folder for the checkpoint and the metrics")
let resume = Option.flag("resume", help: "continue the run in the folder of --run")

let program = Program(
  "benchmark-likelihood",
  summary: "Trains a Gaussian-graph VAE on binarized images and scores it; prints lines of JSON.",
  options: [
    kind, dataset, data, epochs, seed, samples, testImages, batch, rate, latents, hidden,
    binarization, run, resume,
  ])
let arguments = program.parseOrExit()
if arguments[resume], arguments[run] == nil { program.exitWithUsage("--resume needs --run") }

let structure: GraphStructure
switch arguments[kind] {
case .diagonal: structure = .diagonal(arguments[latents])
case .chain: structure = .chain(arguments[latents])
case .dense: structure = .dense(arguments[latents])
case .extendedGrid:
  let side = Int(Double(arguments[latents]).squareRoot().rounded())
  if side * side != arguments[latents] {
    program.exitWithUsage("--latents must be a square for an extended grid")
  }
  structure = .extendedGrid(height: side, width: side)
}

struct JSONReporter: TrainingReporter {
  let console = ConsoleReporter()

  func stepEnded(_ progress: TrainingProgress) { console.stepEnded(progress) }

  func epochEnded(_ metrics: EpochMetrics, of epochs: Int, secondsLeft: Double) {
    clearProgress()
    emit([
      "epoch": metrics.epoch, "train_elbo": metrics.trainELBO, "train_kl": metrics.trainKL,
      "test_elbo": metrics.testELBO, "test_kl": metrics.testKL, "seconds": metrics.seconds,
    ])
  }
}

program.runOrExit {
  let start = Date()
  let split =
    switch arguments[dataset] {
    case .digits: Digits.load()
    case .mnist: try MNIST.load(from: arguments[data])
    }
  let seedValue = UInt64(arguments[seed])
  let rule: Binarization =
    switch arguments[binarization] {
    case "dynamic": .dynamic
    case "static": .static(seed: seedValue)
    default: .threshold
    }
  // The test images keep their bits from epoch to epoch, so that only the model differs.
  let test = ImageBatches<Float>(
    split.test, rule == .dynamic ? .static(seed: seedValue &+ 1) : rule)
  var generator = Philox(seed: seedValue)
  let model = GaussianGraphVAE<Float>(
    pixels: split.training.pixelsPerImage, structure: structure, hidden: arguments[hidden],
    using: &generator)
  let trainer = Trainer(
    model, strategy: VariationalInference(), optimizer: Adam(learningRate: arguments[rate]),
    settings: TrainingSettings(
      batchSize: arguments[batch], seed: seedValue,
      folder: arguments[run].map { URL(fileURLWithPath: $0) }, stopsOnInterrupt: true))
  try beginRun(
    checkpoint: trainer.checkpoint, resumes: arguments[resume], epochs: arguments[epochs]
  ) {
    try trainer.resume()
    return trainer.history.count
  }
  try trainer.fit(
    ImageBatches<Float>(split.training, rule), test: test, epochs: arguments[epochs],
    reporter: JSONReporter())

  let count = min(arguments[testImages] ?? test.count, test.count)
  let bound = evidenceLowerBound(of: test, under: model, using: &generator)
  let likelihood = meanLogLikelihood(
    of: test, under: model, samples: arguments[samples], observations: count, using: &generator)
  emit([
    "model": arguments[kind].rawValue, "dataset": arguments[dataset].rawValue,
    "epochs": arguments[epochs], "seed": arguments[seed],
    "train_elbo": trainer.history.last?.trainELBO, "test_elbo": bound.evidenceLowerBound,
    "test_kl": bound.klDivergence, "log_likelihood": likelihood, "samples": arguments[samples],
    "test_images": count, "seconds": Date().timeIntervalSince(start),
    "threads": Threads.limit, "blas": blasCoreName(), "peak_mib": peakMemoryMiB(),
  ])
}
