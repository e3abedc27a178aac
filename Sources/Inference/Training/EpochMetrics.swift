import Foundation

/// What an epoch brought, in nats an observation.
public struct EpochMetrics: Sendable, Codable, Equatable {
  /// The epoch, from 1.
  public var epoch: Int
  /// The mean evidence lower bound over the training batches, as they were met.
  public var trainELBO: Double
  /// The mean divergence of the posteriors from the prior, likewise.
  public var trainKL: Double
  /// The mean evidence lower bound on the test set, where one was given.
  public var testELBO: Double?
  /// The mean divergence on the test set.
  public var testKL: Double?
  /// How long the epoch took, in seconds, its evaluation included.
  public var seconds: Double
  /// The probabilities of the edges after the epoch, where the structure is learned.
  public var edgeProbabilities: [Double]?

  private enum CodingKeys: String, CodingKey {
    case epoch
    case trainELBO = "train_elbo"
    case trainKL = "train_kl"
    case testELBO = "test_elbo"
    case testKL = "test_kl"
    case seconds
    case edgeProbabilities = "edge_probabilities"
  }

  /// The metrics as a line of JSON, keys in alphabetical order.
  public var jsonLine: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let line = try? encoder.encode(self)
    return String(decoding: line!, as: UTF8.self)  // numbers and optionals of them always encode
  }
}

extension EpochMetrics {
  /// The metrics that a line of JSON holds; `nil` where it holds none.
  init?(jsonLine: some Sequence<UInt8>) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let metrics = try? decoder.decode(Self.self, from: Data(jsonLine)) else {
      return nil
    }
    self = metrics
  }
}

/// The sums of the epoch that runs, which a checkpoint within the epoch carries over.
struct RunningMetrics: Equatable {
  var elbo = 0.0
  var kl = 0.0
  var observations = 0
  var seconds = 0.0

  mutating func add<Scalar>(_ objective: Objective<Scalar>) {
    elbo += Double(objective.evidenceLowerBound.sum().scalar)
    kl += Double(objective.klDivergence.sum().scalar)
    observations += objective.evidenceLowerBound.count
  }

  var meanELBO: Double { elbo / Double(max(observations, 1)) }
  var meanKL: Double { kl / Double(max(observations, 1)) }

  /// The exact bits of the sums as text, and back.
  var note: String {
    [elbo, kl, seconds].map { String($0.bitPattern, radix: 16) }.joined(separator: " ")
      + " \(observations)"
  }

  init() {}

  init?(note: String) {
    let words = note.split(separator: " ")
    guard words.count == 4, let observations = Int(words[3]) else { return nil }
    let sums = words[..<3].compactMap { UInt64($0, radix: 16).map(Double.init(bitPattern:)) }
    guard sums.count == 3 else { return nil }
    (elbo, kl, seconds) = (sums[0], sums[1], sums[2])
    self.observations = observations
  }
}
