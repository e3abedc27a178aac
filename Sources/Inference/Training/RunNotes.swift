import NeuralNetworks

/// How far a run is, from the notes of its checkpoint: checked, so that no damaged note moves the run
/// to a place where it has not been.
struct RunNotes {
  /// The epochs that are done.
  let epoch: Int
  /// The steps of the next epoch that are done.
  let step: Int
  /// The observations that an epoch goes through.
  let observations: Int
  /// The sums over these steps.
  let running: RunningMetrics

  /// - Throws: `CheckpointError` where a note is missing, is no number, or is one that no run with
  ///   batches of this size has.
  init(
    _ notes: NamedValues<String>, batchSize: Int, path: String
  ) throws(CheckpointError) {
    func refuse(_ note: String, _ expected: String) -> CheckpointError {
      CheckpointError(
        path: path,
        problem: .implausible(note: note, value: notes[note] ?? "", expected: expected))
    }
    epoch = try Checkpoint.number(of: "epoch", in: notes, path: path)
    step = try Checkpoint.number(of: "step", in: notes, path: path)
    observations = try Checkpoint.number(of: "observations", in: notes, path: path)
    guard let sums = notes["running"].flatMap(RunningMetrics.init(note:)) else {
      throw CheckpointError(
        path: path, problem: .unreadable(note: "running", value: notes["running"] ?? ""))
    }
    running = sums
    if epoch > Int(Int32.max) { throw refuse("epoch", "at most \(Int32.max)") }
    if observations > 1 << 40 { throw refuse("observations", "at most \(1 << 40)") }
    let batches = EpochOrder.batchCount(count: observations, batchSize: batchSize)
    if step >= max(batches, 1) {
      throw refuse("step", "below the \(batches) steps of an epoch of \(observations) observations")
    }
    // All batches but the last of an epoch are full.
    if sums.observations != step * batchSize {
      throw refuse("running", "of \(step * batchSize) observations after \(step) steps")
    }
    if sums.elbo.isNaN || sums.kl.isNaN || !(0...1e12).contains(sums.seconds) {
      throw refuse("running", "sums that are not NaN, and a time from 0 to 1e12 seconds")
    }
  }
}
