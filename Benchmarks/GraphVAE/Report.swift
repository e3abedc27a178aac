import Datasets
import Experiments
import Foundation
import NeuralNetworks
import Programs

/// The common parts of the exhibits: the runs, the paths of results, and the text around the
/// tables.
struct Report {
  let exhibit: Exhibit
  let arguments: Arguments
  let laboratory: Laboratory

  var dataset: ImageSet { laboratory.dataset }
  var epochs: Int { arguments[Options.epochs] }
  var seeds: Int { arguments[Options.seeds] ?? exhibit.defaultSeeds }

  /// The runs of some models with all seeds, ordered by seed, so that an interrupted command has
  /// results for every model.
  func runs(_ models: [(kind: LatentGraphKind, nodes: Int, dimension: Int)]) -> [TrainingRun] {
    (0..<seeds).flatMap { seed in
      models.map {
        TrainingRun(kind: $0.kind, nodes: $0.nodes, dimension: $0.dimension, seed: seed)
      }
    }
  }

  /// Trains all runs; `publish` is called after each of them with the results so far.
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

  /// The path of a result of the exhibit. Results of models with other sizes than the paper's have
  /// separate names, so that they do not overwrite each other.
  func place(_ ending: String) -> URL {
    laboratory.folder.appendingPathComponent(
      "\(exhibit.rawValue)-\(dataset.rawValue)\(sizes).\(ending)")
  }

  /// The sizes of the models as a part of the name; empty for the paper's sizes.
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

  /// The command that writes the page, without the folders.
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

  /// A description of the training.
  var protocolText: String {
    let pixels =
      dataset.observation == .bernoulli
      ? "bits sampled anew in each epoch" : "pixels dequantized anew in each epoch"
    return "\(laboratory.images.split.name), \(pixels); batches of 64, Adam at 1e-3 times 0.25 "
      + "every 200 epochs (our interpretation of \"decreased by 0.25\"), gates by Gumbel-softmax at a "
      + "temperature of 0.99^epoch, a decoder of all nodes; "
      + (epochs == 1 ? "1 epoch." : "\(epochs) epochs.")
  }

  /// A description of the scoring.
  var scoreText: String {
    "Log-likelihood by \(laboratory.samples) importance samples for each of "
      + "\(laboratory.testImages) test images, KL and ELBO over all of them, with the most probable "
      + "structure; in \(unit)."
  }

  /// A description of the numbers in a table, for the seeds that are done.
  func spread(_ records: [RunRecord]) -> String {
    let done = Set(records.map(\.run.seed)).count
    return done > 1 ? "Mean and standard deviation over \(done) seeds." : "One seed."
  }

  /// The unit of the scores.
  var unit: String {
    dataset.observation == .bernoulli
      ? "nats an image" : "bits per dimension, the logarithms negative"
  }

  /// A log-density of an image in the unit of the table.
  func logDensity(_ nats: Double) -> Double {
    dataset.observation == .bernoulli
      ? nats : -bitsPerDimension(logDensity: nats, dimension: laboratory.images.pixels)
  }

  /// A divergence in the unit of the table; the scale of the pixels does not affect it.
  func divergence(_ nats: Double) -> Double {
    dataset.observation == .bernoulli
      ? nats : nats / (Double(laboratory.images.pixels) * Foundation.log(2))
  }
}
