import Programs

/// The options of the command line.
enum Options {
  static let data = Option.optionalPath(
    "data", help: "folder that contains mnist/: train on MNIST instead of the embedded digits")
  static let epochs = Option.optional(
    "epochs", in: .range(1...100_000),
    help: "epochs of training (default: 100 on digits, 10 on MNIST)")
  static let order = Option(
    "order", default: 0.5, in: .range(0..<1.0),
    help: "α of the Rényi bound, at least 0 and below 1")
  static let draws = Option("draws", default: 5, in: .range(1...1000), help: "K of the Rényi bound")
  static let samples = Option(
    "samples", default: 500, in: .range(1...1_000_000),
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
    data, epochs, order, draws, samples, seed, figures, runs, resume, quick,
  ]
}
