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
    }
    return notes
  }

  /// The position that the notes of a checkpoint state.
  /// - Throws: `CheckpointError`, where a note is missing or does not read as what it should be.
  init(notes: [String: String], path: String) throws(CheckpointError) {
    func value<Value>(
      _ name: String, _ read: (String) -> Value?
    ) throws(CheckpointError) -> Value {
      guard let text = notes[name] else {
        throw CheckpointError(path: path, problem: .missing(name))
      }
      guard let value = read(text) else {
        throw CheckpointError(path: path, problem: .unreadable(note: name, value: text))
      }
      return value
    }
    func count(_ text: String) -> Int? { Int(text).flatMap { $0 >= 0 ? $0 : nil } }
    epochsDone = try value("epoch", count)
    stepsDone = try value("step", count)
    observations = try value("observations", count)
    running = try value("running", RunningMetrics.init(note:))
    data = notes["data"]
    if notes["best"] != nil { best = try value("best", Self.best) }
  }

  private static func best(_ note: String) -> BestEpoch? {
    let words = note.split(separator: " ")
    guard words.count == 2, let epoch = Int(words[0]), epoch > 0,
      let bits = UInt64(words[1], radix: 16)
    else { return nil }
    return BestEpoch(epoch: epoch, validationELBO: Double(bitPattern: bits))
  }
}
