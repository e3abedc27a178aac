import NeuralNetworks

/// The epoch with the highest evidence lower bound on a validation set.
public struct BestEpoch: Sendable, Equatable {
  /// The epoch, from 1.
  public let epoch: Int
  /// Its mean bound, in nats an observation.
  public let validationELBO: Double
}

/// Where a run is: what its checkpoint carries beside the tensors.
struct TrainingPosition: Equatable {
  private(set) var epochsDone = 0
  /// The steps of the next epoch that are done.
  var stepsDone = 0
  /// The sums of that epoch.
  var running = RunningMetrics()
  /// The number of observations of an epoch.
  var observations = 0
  /// How they are made; `nil` where a checkpoint of an older version does not state it.
  var data: String?
  /// The best epoch so far.
  var best: BestEpoch?
  /// The number of observations that it was chosen by; `nil` where a checkpoint of an older version
  /// does not state it.
  var bestObservations: Int?

  mutating func endEpoch() {
    epochsDone += 1
    stepsDone = 0
    running = RunningMetrics()
  }
}

extension TrainingPosition {
  /// The position as the notes of a checkpoint.
  var notes: [String: String] {
    var notes = [
      "epoch": "\(epochsDone)", "step": "\(stepsDone)", "observations": "\(observations)",
      "running": running.note,
    ]
    notes["data"] = data
    if let best {
      notes["best"] = "\(best.epoch) \(String(best.validationELBO.bitPattern, radix: 16))"
      notes["best_observations"] = bestObservations.map { "\($0)" }
    }
    return notes
  }

  /// The position that the notes of a checkpoint state, checked so that no damaged note moves a run to
  /// a place where it has not been.
  /// - Throws: `CheckpointError`, where a note is missing, does not read as what it should be, or is
  ///   one that no run with batches of this size has.
  init(
    notes: NamedValues<String>, batchSize: Int, path: String
  ) throws(CheckpointError) {
    func sums<Value>(
      _ name: String, _ read: (String) -> Value?
    ) throws(CheckpointError) -> Value {
      guard let value = notes[name].flatMap(read) else {
        throw CheckpointError(
          path: path, problem: .unreadable(note: name, value: notes[name] ?? ""))
      }
      return value
    }
    epochsDone = try Checkpoint.number(of: "epoch", in: notes, path: path)
    stepsDone = try Checkpoint.number(of: "step", in: notes, path: path)
    observations = try Checkpoint.number(of: "observations", in: notes, path: path)
    running = try sums("running", RunningMetrics.init(note:))
    data = notes["data"]
    if notes["best"] != nil { best = try sums("best", Self.best) }
    if notes["best_observations"] != nil {
      bestObservations = try Checkpoint.number(of: "best_observations", in: notes, path: path)
    }
    if let (note, expected) = implausibleNote(batchSize: batchSize) {
      throw CheckpointError(
        path: path,
        problem: .implausible(note: note, value: notes[note] ?? "", expected: expected))
    }
  }

  /// The first note that no run with batches of this size has, and what it must be.
  private func implausibleNote(batchSize: Int) -> (note: String, expected: String)? {
    if epochsDone > Int(Int32.max) { return ("epoch", "at most \(Int32.max)") }
    if observations > 1 << 40 { return ("observations", "at most \(1 << 40)") }
    let batches = EpochOrder.batchCount(count: observations, batchSize: batchSize)
    if stepsDone >= max(batches, 1) {
      return (
        "step", "below the \(batches) steps of an epoch of \(observations) observations"
      )
    }
    // All batches but the last of an epoch are full.
    if running.observations != stepsDone * batchSize {
      return ("running", "of \(stepsDone * batchSize) observations after \(stepsDone) steps")
    }
    if running.elbo.isNaN || running.kl.isNaN || !(0...1e12).contains(running.seconds) {
      return ("running", "sums that are not NaN, and a time from 0 to 1e12 seconds")
    }
    if let best, best.epoch > epochsDone || best.validationELBO.isNaN {
      return ("best", "an epoch up to the \(epochsDone) that are done, with a bound")
    }
    return nil
  }

  private static func best(_ note: String) -> BestEpoch? {
    let words = note.split(separator: " ")
    guard words.count == 2, let epoch = Int(words[0]), epoch > 0,
      let bits = UInt64(words[1], radix: 16)
    else { return nil }
    return BestEpoch(epoch: epoch, validationELBO: Double(bitPattern: bits))
  }
}
