import Programs

/// The options of the command line.
enum Options {
  static let data = Option.optionalPath(
    "data", help: "folder that contains mnist/: train on MNIST instead of the embedded digits")
  static let epochs = Option.optional(
    "epochs", in: .range(1...100_000),
    help: "epochs of training (default: 300 on digits, 20 on MNIST)")
  static let nodes = Option(
    "nodes", default: 5, in: .range(2...20), help: "nodes of the latent graphs")
  static let nodeDimension = Option.optional(
    "node-dim", in: .range(1...256),
    help: "dimensions of a node (default: 4 on digits, 16 on MNIST)")
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
    data, epochs, nodes, nodeDimension, samples, seed, figures, runs, resume, quick,
  ]
}
