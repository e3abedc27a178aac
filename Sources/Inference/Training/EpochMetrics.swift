import Foundation

/// The results of an epoch, in nats per observation.
public struct EpochMetrics: Sendable, Equatable {
  /// The epoch, from 1.
  public var epoch: Int
  /// The mean evidence lower bound over the training batches, computed during the epoch.
  public var trainELBO: Double
  /// The mean divergence of the posteriors from the prior, computed during the epoch.
  public var trainKL: Double
  /// The metrics of the trained parameters on held-out sets, if the epoch was evaluated.
  public var heldOut = HeldOutMetrics()
  /// The metrics of the moving average of the parameters, if there is one.
  public var averaged: HeldOutMetrics?
  /// The duration of the epoch in seconds, including its evaluation.
  public var seconds: Double
  /// The probabilities of the edges after the epoch, if the structure is learned.
  public var edgeProbabilities: [Double]?

  /// The mean evidence lower bound on the test set, if it was evaluated.
  public var testELBO: Double? { heldOut.testELBO }
  /// The mean divergence on the test set.
  public var testKL: Double? { heldOut.testKL }

  /// The metrics of the moving average if there is one, otherwise those of the trained parameters.
  public var evaluated: HeldOutMetrics { averaged ?? heldOut }
}

/// Mean bounds and divergences on sets that are not used for training, in nats per observation;
/// `nil` if there is no such set.
public struct HeldOutMetrics: Sendable, Codable, Equatable {
  /// The evidence lower bound on the test set.
  public var testELBO: Double?
  /// The divergence of the posteriors from the prior on the test set.
  public var testKL: Double?
  /// The evidence lower bound on the validation set, which determines the best epoch.
  public var validationELBO: Double?
  /// The divergence on the validation set.
  public var validationKL: Double?

  private enum CodingKeys: String, CodingKey {
    case testELBO = "test_elbo"
    case testKL = "test_kl"
    case validationELBO = "validation_elbo"
    case validationKL = "validation_kl"
  }
}

extension EpochMetrics: Codable {
  private enum CodingKeys: String, CodingKey {
    case epoch
    case trainELBO = "train_elbo"
    case trainKL = "train_kl"
    case averaged
    case seconds
    case edgeProbabilities = "edge_probabilities"
  }

  /// Reads the format of `encode(to:)`.
  public init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      epoch: try members.decode(Int.self, forKey: .epoch),
      trainELBO: try members.decode(Double.self, forKey: .trainELBO),
      trainKL: try members.decode(Double.self, forKey: .trainKL),
      heldOut: try HeldOutMetrics(from: decoder),
      averaged: try members.decodeIfPresent(HeldOutMetrics.self, forKey: .averaged),
      seconds: try members.decode(Double.self, forKey: .seconds),
      edgeProbabilities: try members.decodeIfPresent([Double].self, forKey: .edgeProbabilities))
  }

  /// Writes the metrics as one object. The metrics of the trained parameters are members of this
  /// object, and those of the average are in a nested object `averaged`.
  public func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(epoch, forKey: .epoch)
    try members.encode(trainELBO, forKey: .trainELBO)
    try members.encode(trainKL, forKey: .trainKL)
    try heldOut.encode(to: encoder)
    try members.encodeIfPresent(averaged, forKey: .averaged)
    try members.encode(seconds, forKey: .seconds)
    try members.encodeIfPresent(edgeProbabilities, forKey: .edgeProbabilities)
  }

  /// The metrics as a line of JSON, with the keys in alphabetical order.
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
  /// The metrics in a line of JSON; `nil` if the line does not contain metrics.
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

/// The sums over the current epoch, which are stored in a checkpoint within the epoch.
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

  /// The bits of the sums as text, so that they are restored exactly.
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
