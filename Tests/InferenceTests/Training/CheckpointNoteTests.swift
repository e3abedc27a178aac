import Foundation
import Inference
import NeuralNetworks
import TestSupport
import Testing

/// Notes that no run writes. Each is refused with its name, and the model does not change.
@Suite("Notes in checkpoints")
struct CheckpointNoteTests {
  /// Trains on fifty observations in batches of eight, which are seven batches.
  private func trainer(_ folder: URL) -> Trainer<FactorAnalysis, VariationalInference> {
    Trainer(
      FactorAnalysis(latents: 2, pixels: 4, seed: 9), strategy: VariationalInference(),
      settings: TrainingSettings(batchSize: 8, seed: 3, folder: folder))
  }

  private static func running(
    _ elbo: Double = 0, _ kl: Double = 0, _ seconds: Double = 0, count: String = "0"
  ) -> String {
    let bits = [elbo, kl, seconds].map { String($0.bitPattern, radix: 16) }
    return bits.joined(separator: " ") + " " + count
  }

  private static let large = ["-1", "-5", "9223372036854775807", "9223372036854775806"]

  static let damages: [(note: String, value: String)] =
    ["epoch", "step", "observations", "optimizer.step"].flatMap { note in
      (large + ["", "1.5", "nan", "1e3", " 1", "9223372036854775808", "٣"]).map { (note, $0) }
    } + [
      ("epoch", "2147483648"), ("step", "999999"), ("step", "7"), ("observations", "1099511627777"),
      ("running", ""), ("running", "0 0 0"), ("running", "x y z 0"),
      ("running", running(.nan)), ("running", running(0, .nan)), ("running", running(0, 0, .nan)),
      ("running", running(0, 0, -1)), ("running", running(0, 0, .infinity)),
      ("running", running(0, 0, 1e300)), ("running", running(count: "8")),
      ("running", running(count: "-9223372036854775808")),
      ("running", running(count: "9223372036854775807")),
    ]

  @Test(
    "A note with a value that no run writes is refused with its name", arguments: damages.indices)
  func refuses(index: Int) throws {
    let (note, value) = Self.damages[index]
    let data = linearGaussianData(FactorAnalysis(latents: 2, pixels: 4), count: 50, seed: 1)
    try withTemporaryFolder { folder in
      let first = trainer(folder)
      try first.fit(data, epochs: 1)
      let url = try #require(first.checkpoint)
      var file = try SafetensorsFile(contentsOf: url)
      #expect(file.metadata[note] != nil)
      file.metadata[note] = value
      try file.write(to: url)
      let resumed = trainer(folder)
      let before = resumed.model.weight.value.scalars
      let error = #expect(throws: CheckpointError.self) { try resumed.resume() }
      switch error?.problem {
      case .unreadable(note, value), .implausible(note, value, _): break
      default: Issue.record("\(String(describing: error))")
      }
      #expect(error?.description.contains("its note \(note) is '\(value)'") == true)
      #expect(resumed.model.weight.value.scalars == before)
      #expect(resumed.epochsDone == 0 && resumed.optimizerState.step == 0)
    }
  }

  @Test("A step within an epoch that does not match the running sums is refused")
  func stepWithoutSums() throws {
    let data = linearGaussianData(FactorAnalysis(latents: 2, pixels: 4), count: 50, seed: 1)
    try withTemporaryFolder { folder in
      let first = trainer(folder)
      try first.fit(data, epochs: 1)
      let url = try #require(first.checkpoint)
      var file = try SafetensorsFile(contentsOf: url)
      file.metadata["step"] = "3"
      try file.write(to: url)
      let error = #expect(throws: CheckpointError.self) { try trainer(folder).resume() }
      #expect(error?.description.contains("of 24 observations after 3 steps") == true)
    }
  }

  @Test(
    "A missing note causes an error that names it", arguments: ["epoch", "step", "observations"])
  func missing(note: String) throws {
    let data = linearGaussianData(FactorAnalysis(latents: 2, pixels: 4), count: 50, seed: 1)
    try withTemporaryFolder { folder in
      let first = trainer(folder)
      try first.fit(data, epochs: 1)
      let url = try #require(first.checkpoint)
      var file = try SafetensorsFile(contentsOf: url)
      file.metadata[note] = nil
      try file.write(to: url)
      let error = #expect(throws: CheckpointError.self) { try trainer(folder).resume() }
      #expect(error?.problem == .missing(note))
    }
  }

  @Test("A checkpoint written before the first epoch can be read")
  func beforeTraining() throws {
    try withTemporaryFolder { folder in
      try trainer(folder).save()
      #expect(try trainer(folder).resume())
    }
  }
}
