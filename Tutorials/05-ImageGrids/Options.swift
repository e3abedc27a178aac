import Inference
import Programs

/// The options of the command line.
enum Options {
  static let data = Option.optionalPath(
    "data", help: "folder that contains mnist/: train on MNIST instead of the embedded digits")
  static let epochs = Option.optional(
    "epochs", in: .range(1...100_000),
    help: "epochs of training (default: 60 on digits, 8 on MNIST)")
  static let precision = Option(
    "precision", default: ObservationPrecision.scaled,
    help:
      "what is separate for each image: nothing, the scales, or scales and edges of the precision")
  static let sweeps = Option(
    "sweeps", default: 200, in: .range(2...1_000_000),
    help: "sweeps of the Markov chain that fills in missing pixels")
  static let samples = Option(
    "samples", default: 200, in: .range(1...1_000_000),
    help: "samples for the log-likelihood of an image")
  static let seed = Option(
    "seed", default: 0, in: .range(0...Int.max), help: "seed of all random numbers")
  static let figures = Option(
    "figures", default: "figures", placeholder: "DIR", help: "folder for the pictures")
  static let runs = Option.optionalPath(
    "runs", help: "folder for checkpoints and metrics, with a subfolder for each model")
  static let resume = Option.flag("resume", help: "continue the runs in the folder of --runs")
  static let quick = Option.flag(
    "quick", help: "two epochs and few samples unless given, for a quick test")

  /// All of them, in the order of `--help`.
  static let all: [any AnyOption] = [
    data, epochs, precision, sweeps, samples, seed, figures, runs, resume, quick,
  ]
}
