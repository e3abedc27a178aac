import Experiments
import Programs

/// The options of the program.
enum Options {
  static let table = Option.optional(
    "table", oneOf: ["1"], help: "log-likelihood, KL and ELBO of the four models")
  static let figure = Option.optional(
    "figure", oneOf: ["3", "4", "5"],
    help: "gate means over epochs; factorizations of the latents; spread over seeds")
  static let dataset = Option("dataset", default: ImageSet.mnist, help: "data set of images")
  static let data = Option.optionalPath(
    "data",
    help: "folder of the images, or one that contains it (default: LATENTGRAPHS_DATA)")
  static let epochs = Option(
    "epochs", default: 20, in: .range(1...100_000), help: "epochs of training; the paper: 2000")
  static let seeds = Option.optional(
    "seeds", in: .range(1...100),
    help: "runs of each model (default: 5, as in the paper; 1 for figures 3 and 4)")
  static let samples = Option(
    "samples", default: 500, in: .range(1...1_000_000),
    help: "samples for the log-likelihood of an image; the paper: 5000")
  static let testImages = Option.optional(
    "test-images", in: .range(1...1_000_000),
    help: "test images for the likelihood, from a fixed shuffle (default: all)"
  )
  static let nodes = Option(
    "nodes", default: 5, in: .range(1...64), help: "nodes of the latent graphs")
  static let nodeDimension = Option(
    "node-dim", default: 16, in: .range(1...4096), help: "dimensions of a node")
  static let latents = Option(
    "latents", default: "20,40,80", placeholder: "M,…",
    help: "numbers of latents that figure 4 factorizes")
  static let mostNodes = Option(
    "most-nodes", default: 20, in: .range(1...64), help: "largest number of nodes in figure 4")
  static let every = Option.optional(
    "every", in: .range(1...100_000),
    help: "epochs between the points of figure 5 (default: a fifth of all; the paper: 300)")
  static let ablation = Option.flag(
    "ablation", help: "add a row to table 1: a fully connected encoder (section 4.3)")
  static let run = Option(
    "run", default: "runs/graph-vae", placeholder: "DIR",
    help: "folder for the results, with a subfolder for each training run")
  static let resume = Option.flag(
    "resume", help: "continue an earlier command with its runs")

  static let all: [any AnyOption] = [
    table, figure, dataset, data, epochs, seeds, samples, testImages, nodes, nodeDimension,
    latents, mostNodes, every, ablation, run, resume,
  ]

  /// The requested exhibit; `nil` unless exactly one is requested.
  static func exhibit(_ arguments: Arguments) -> Exhibit? {
    switch (arguments[table], arguments[figure]) {
    case ("1", nil): .table1
    case (nil, "3"): .figure3
    case (nil, "4"): .figure4
    case (nil, "5"): .figure5
    default: nil
    }
  }

  /// The numbers in `--latents`; `nil` if one is invalid or not in 1...4096.
  static func latentNumbers(_ arguments: Arguments) -> [Int]? {
    let parts = arguments[latents].split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }.filter { (1...4096).contains($0) }
    return numbers.count == parts.count && Set(numbers).count == numbers.count ? numbers : nil
  }

  /// The reason why values that are valid individually are inconsistent; `nil` if they are
  /// consistent.
  static func misuse(_ arguments: Arguments) -> String? {
    guard let exhibit = exhibit(arguments) else { return "one of --table 1 and --figure is needed" }
    let scopes: [(option: any AnyOption, exhibits: [Exhibit])] = [
      (nodes, [.table1, .figure3, .figure5]), (nodeDimension, [.table1, .figure3, .figure5]),
      (samples, [.table1, .figure4, .figure5]), (testImages, [.table1, .figure4, .figure5]),
      (latents, [.figure4]), (mostNodes, [.figure4]), (every, [.figure5]), (ablation, [.table1]),
    ]
    for scope in scopes where arguments.isGiven(scope.option) {
      if !scope.exhibits.contains(exhibit) {
        return "--\(scope.option.name) is for "
          + scope.exhibits.map(\.flags).joined(separator: ", ") + ", not for \(exhibit.flags)"
      }
    }
    if exhibit == .figure3, arguments[nodes] == 1 {
      return "--figure 3 needs --nodes of at least 2: a single node has no edges"
    }
    if arguments.isGiven(data), arguments[dataset] == .digits {
      return "--data is for images other than the embedded digits"
    }
    if latentNumbers(arguments) == nil {
      return "--latents must be different integers from 1 to 4096, separated by commas, "
        + "not '\(arguments[latents])'"
    }
    return shortage(of: exhibit, arguments)
  }

  /// The reason why the largest model of an exhibit cannot be trained on this system; `nil` if it
  /// can. Figure 4 has at most 4,096 latents.
  private static func shortage(of exhibit: Exhibit, _ arguments: Arguments) -> String? {
    let (nodes, dimension) =
      exhibit == .figure4
      ? (1, latentNumbers(arguments)?.max() ?? 1)
      : (arguments[nodes], arguments[nodeDimension])
    return LatentGraphKind.graphVAE.trainingMemory(
      pixels: arguments[dataset].pixels, nodes: nodes, dimension: dimension
    ).shortage(batch: 64)
  }
}
