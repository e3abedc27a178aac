import Experiments
import Programs

/// The options of the program.
enum Options {
  static let table = Option.optional(
    "table", oneOf: ["1"], help: "log-likelihood, KL and ELBO of the four models")
  static let figure = Option.optional(
    "figure", oneOf: ["3", "4", "5"],
    help: "gate means over epochs; factorizations of the latents; spread over seeds")
  static let dataset = Option("dataset", default: ImageSet.mnist, help: "images")
  static let data = Option.optionalPath(
    "data",
    help: "folder of the images, or of one with their name; LATENTGRAPHS_DATA by default")
  static let epochs = Option(
    "epochs", default: 20, in: .range(1...100_000), help: "epochs of training; the paper: 2000")
  static let seeds = Option.optional(
    "seeds", in: .range(1...100),
    help: "runs of each model; 5 by default, as in the paper, and 1 for figures 3 and 4")
  static let samples = Option(
    "samples", default: 500, in: .range(1...1_000_000),
    help: "draws an image for the log-likelihood; the paper: 5000")
  static let testImages = Option.optional(
    "test-images", in: .range(1...1_000_000),
    help: "test images for the likelihood, of a fixed shuffle; all by default"
  )
  static let nodes = Option(
    "nodes", default: 5, in: .range(1...64), help: "nodes of the latent graphs")
  static let nodeDimension = Option(
    "node-dim", default: 16, in: .range(1...4096), help: "dimensions of a node")
  static let latents = Option(
    "latents", default: "20,40,80", placeholder: "M,…",
    help: "numbers of latents that figure 4 factorizes")
  static let mostNodes = Option(
    "most-nodes", default: 20, in: .range(1...64), help: "the most nodes of a model of figure 4")
  static let every = Option.optional(
    "every", in: .range(1...100_000),
    help: "epochs between the points of figure 5; a fifth of all by default; the paper: 300")
  static let ablation = Option.flag(
    "ablation", help: "a row more in table 1: the encoder fully connected (section 4.3)")
  static let run = Option(
    "run", default: "runs/graph-vae", placeholder: "DIR",
    help: "folder for the results, and a folder in it for each training run")
  static let resume = Option.flag(
    "resume", help: "go on where an earlier command was, with the runs that are there")

  static let all: [any AnyOption] = [
    table, figure, dataset, data, epochs, seeds, samples, testImages, nodes, nodeDimension,
    latents, mostNodes, every, ablation, run, resume,
  ]

  /// What is asked for; `nil` unless it is one thing.
  static func exhibit(_ arguments: Arguments) -> Exhibit? {
    switch (arguments[table], arguments[figure]) {
    case ("1", nil): .table1
    case (nil, "3"): .figure3
    case (nil, "4"): .figure4
    case (nil, "5"): .figure5
    default: nil
    }
  }

  /// The numbers of `--latents`; `nil` where they are none from 1 to 4096.
  static func latentNumbers(_ arguments: Arguments) -> [Int]? {
    let parts = arguments[latents].split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }.filter { (1...4096).contains($0) }
    return numbers.count == parts.count && Set(numbers).count == numbers.count ? numbers : nil
  }

  /// Why values that are right one by one are not together; `nil` where they are.
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
      return "--latents must be different whole numbers from 1 to 4096 with commas between them, "
        + "not '\(arguments[latents])'"
    }
    return shortage(of: exhibit, arguments)
  }

  /// Why the largest model of an exhibit cannot be trained here; `nil` where it can. Figure 4 has at
  /// most 4,096 latents.
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
