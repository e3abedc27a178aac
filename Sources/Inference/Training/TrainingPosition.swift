import NeuralNetworks

/// The epoch with the highest evidence lower bound on a validation set.
public struct BestEpoch: Sendable, Equatable {
  /// The epoch, from 1.
  public let epoch: Int
  /// Its mean bound, in nats per observation.
  public let validationELBO: Double
}

/// The position of a run, which its checkpoint contains in addition to the tensors.
struct TrainingPosition: Equatable {
  private(set) var epochsDone = 0
  /// The number of completed steps of the current epoch.
  var stepsDone = 0
  /// The sums over the current epoch.
  var running = RunningMetrics()
  /// The number of observations of an epoch.
  var observations = 0
  /// The description of the data; `nil` if it was not stored, by an older version.
  var data: String?
  /// The best epoch so far.
  var best: BestEpoch?
  /// The number of observations of the validation set for the best epoch; `nil` if it was not
  /// stored, by an older version.
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

  /// The position in the notes of a checkpoint. The notes are checked, so that a damaged note
  /// cannot move a run to an impossible position.
  /// - Throws: `CheckpointError` if a note is missing, cannot be read, or is impossible for a run
  ///   with batches of this size.
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

  /// The first note that is impossible for a run with batches of this size, and a description of
  /// the possible values.
  private func implausibleNote(batchSize: Int) -> (note: String, expected: String)? {
    if epochsDone > Int(Int32.max) { return ("epoch", "at most \(Int32.max)") }
    if observations > 1 << 40 { return ("observations", "at most \(1 << 40)") }
    let batches = EpochOrder.batchCount(count: observations, batchSize: batchSize)
    if stepsDone >= max(batches, 1) {
      return (
        "step", "below the \(batches) steps of an epoch of \(observations) observations"
      )
    }
    // All batches of an epoch except the last have the full size.
    if running.observations != stepsDone * batchSize {
      return ("running", "of \(stepsDone * batchSize) observations after \(stepsDone) steps")
    }
    if running.elbo.isNaN || running.kl.isNaN || !(0...1e12).contains(running.seconds) {
      return ("running", "sums that are not NaN, and a time from 0 to 1e12 seconds")
    }
    if let best, best.epoch > epochsDone || best.validationELBO.isNaN {
      return ("best", "an epoch up to \(epochsDone), with a bound that is not NaN")
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
