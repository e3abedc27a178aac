import Datasets
import Experiments
import Foundation
import NeuralNetworks
import Programs

/// What the exhibits have in common: the runs, where results go, and the words around the tables.
struct Report {
  let exhibit: Exhibit
  let arguments: Arguments
  let laboratory: Laboratory

  var dataset: ImageSet { laboratory.dataset }
  var epochs: Int { arguments[Options.epochs] }
  var seeds: Int { arguments[Options.seeds] ?? exhibit.defaultSeeds }

  /// The runs of some models from all seeds: one after the other of each seed, so that an early end
  /// leaves something of every model.
  func runs(_ models: [(kind: LatentGraphKind, nodes: Int, dimension: Int)]) -> [TrainingRun] {
    (0..<seeds).flatMap { seed in
      models.map {
        TrainingRun(kind: $0.kind, nodes: $0.nodes, dimension: $0.dimension, seed: seed)
      }
    }
  }

  /// Trains all runs; after each of them `publish` gets what there is so far.
  func record(
    _ runs: [TrainingRun], scoredAt milestones: [Int], publish: ([RunRecord]) throws -> Void
  ) throws {
    try laboratory.checkFolders(of: runs)
    var records: [RunRecord] = []
    for (index, run) in runs.enumerated() {
      records.append(
        try laboratory.record(
          run, scoredAt: milestones, epochs: epochs, progress: "[\(index + 1)/\(runs.count)]"))
      try publish(records)
    }
  }

  /// Where a result of the exhibit goes. Models of other sizes than the paper's have a place of their
  /// own, so that none takes another's.
  func place(_ ending: String) -> URL {
    laboratory.folder.appendingPathComponent(
      "\(exhibit.rawValue)-\(dataset.rawValue)\(sizes).\(ending)")
  }

  /// The sizes of the models, as the names of the runs have them; nothing where they are the paper's.
  private var sizes: String {
    if exhibit == .figure4 {
      let latents = arguments[Options.latents].replacing(",", with: "-")
      let mostNodes = arguments[Options.mostNodes]
      return latents == "20-40-80" && mostNodes == 20 ? "" : "-\(latents)-in-\(mostNodes)"
    }
    let (nodes, dimension) = (arguments[Options.nodes], arguments[Options.nodeDimension])
    return nodes == 5 && dimension == 16 ? "" : "-\(nodes)x\(dimension)"
  }

  /// Writes the exhibit's page.
  func write(_ page: String) throws {
    try writeAtomically(to: place("md")) { try $0.write(Array((page + "\n").utf8)) }
  }

  /// The command that makes the page, but for the folders.
  var command: String {
    var parts = [
      "benchmark-graph-vae", exhibit.flags, "--dataset \(dataset.rawValue)",
      "--epochs \(epochs)", "--seeds \(seeds)",
    ]
    if exhibit != .figure3 {
      parts += ["--samples \(laboratory.samples)", "--test-images \(laboratory.testImages)"]
    }
    if exhibit == .figure4 {
      parts += [
        "--latents \(arguments[Options.latents])",
        "--most-nodes \(arguments[Options.mostNodes])",
      ]
    } else {
      parts += [
        "--nodes \(arguments[Options.nodes])", "--node-dim \(arguments[Options.nodeDimension])",
      ]
    }
    if let every = arguments[Options.every] { parts.append("--every \(every)") }
    if arguments[Options.ablation] { parts.append("--ablation") }
    return "`" + parts.joined(separator: " ") + "`"
  }

  /// How the models were trained.
  var protocolText: String {
    let pixels =
      dataset.observation == .bernoulli
      ? "bits drawn anew at each visit" : "pixels dequantized anew at each visit"
    return "\(laboratory.images.split.name), \(pixels); batches of 64, Adam at 1e-3 times 0.25 "
      + "every 200 epochs (so we read \"decreased by 0.25\"), gates by Gumbel-softmax at a "
      + "temperature of 0.99^epoch, the decoder on all nodes; "
      + (epochs == 1 ? "1 epoch." : "\(epochs) epochs.")
  }

  /// How the models were scored.
  var scoreText: String {
    "Log-likelihood by \(laboratory.samples) importance samples of "
      + "\(laboratory.testImages) test images, KL and ELBO on all of them, by the most probable "
      + "structure; in \(unit)."
  }

  /// What a table's numbers are, of the seeds that there are so far.
  func spread(_ records: [RunRecord]) -> String {
    let done = Set(records.map(\.run.seed)).count
    return done > 1 ? "Mean and standard deviation over \(done) seeds." : "One seed."
  }

  /// What the scores are counted in.
  var unit: String {
    dataset.observation == .bernoulli
      ? "nats an image" : "bits per dimension, the logarithms negative"
  }

  /// A log-density of an image in the unit of the table.
  func logDensity(_ nats: Double) -> Double {
    dataset.observation == .bernoulli
      ? nats : -bitsPerDimension(logDensity: nats, dimension: laboratory.images.pixels)
  }

  /// A divergence in the unit of the table, which has no part in the scale of the pixels.
  func divergence(_ nats: Double) -> Double {
    dataset.observation == .bernoulli
      ? nats : nats / (Double(laboratory.images.pixels) * Foundation.log(2))
  }
}
