import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

/// Tests of checkpoints, of resuming, and of the files in the folder of a run.
extension TrainerTests {
  @Test("A run resumed at the end of an epoch equals the uninterrupted run bit for bit")
  func resumesAtEpoch() throws {
    try withTemporaryFolder { folder in
      let whole = trainer()
      try whole.fit(data, test: data, epochs: 6)
      try trainer(folder: folder).fit(data, test: data, epochs: 2)
      let resumed = trainer(folder: folder)
      #expect(try resumed.resume())
      #expect(resumed.history.count == 2)
      try resumed.fit(data, test: data, epochs: 6)
      #expect(resumed.model.weight.value.scalars == whole.model.weight.value.scalars)
      #expect(resumed.history.map(\.trainELBO) == whole.history.map(\.trainELBO))
      #expect(resumed.history.map(\.testELBO) == whole.history.map(\.testELBO))
      let log = try String(
        contentsOf: folder.appendingPathComponent("metrics.jsonl"), encoding: .utf8)
      #expect(log.split(separator: "\n").count == 6)
    }
  }

  /// Thirty observations in batches of eight give four steps in each epoch.
  @Test(
    "A run with averages, DReG and structure learning resumes after SIGINT at any step",
    arguments: 1...16)
  func resumesAnywhere(step: Int) throws {
    let images = try TensorRows(smallImages(30))
    func trainer(_ folder: URL, stops: Bool = false) -> Trainer<
      LatentGraphModel<Double>, StructureLearning<ImportanceWeightedInference>
    > {
      let model = smallLatentGraph(nodes: 3)
      return Trainer(
        model,
        strategy: StructureLearning(
          .straightThrough(),
          within: ImportanceWeightedInference(draws: 3),
          edgePrior: .bic(for: model.graph, observations: 30)),
        settings: TrainingSettings(
          batchSize: 8, seed: 5, schedule: .warmUp(duration: 2, then: .cosine(duration: 3)),
          gradientNormLimit: 1, averageDecay: 0.9, folder: folder, stopsOnInterrupt: stops))
    }
    try withTemporaryFolder { folder in
      let (whole, part) = (
        folder.appendingPathComponent("whole"), folder.appendingPathComponent("part")
      )
      try trainer(whole).fit(images, validation: images, epochs: 4)
      let error = #expect(throws: TrainingError.self) {
        try trainer(part, stops: true).fit(
          images, validation: images, epochs: 4,
          reporter: Interrupter(epoch: (step - 1) / 4 + 1, step: (step - 1) % 4 + 1))
      }
      guard case .interrupted(SIGINT, _, _, _?) = error else {
        Issue.record("not interrupted but \(String(describing: error))")
        return
      }
      let resumed = trainer(part)
      #expect(try resumed.resume())
      try resumed.fit(images, validation: images, epochs: 4)
      for name in ["checkpoint.safetensors", "best.safetensors"] {
        let files = try [whole, part].map { try Data(contentsOf: $0.appendingPathComponent(name)) }
        #expect(files[0] == files[1], "\(name)")
      }
    }
  }

  @Test("A run resumed on another number of observations is refused")
  func otherCount() throws {
    try withTemporaryFolder { folder in
      try trainer(folder: folder).fit(data, epochs: 2)
      let other = linearGaussianData(
        FactorAnalysis(latents: 2, pixels: 4), count: 49, seed: 1)
      let resumed = trainer(folder: folder)
      #expect(try resumed.resume())
      let error = #expect(throws: CheckpointError.self) { try resumed.fit(other, epochs: 3) }
      #expect(error?.problem == .otherRun(setting: "observations", expected: "49", found: "50"))
      try resumed.fit(data, epochs: 3)
      // A trainer that is already training is held to the number of observations too.
      #expect(throws: CheckpointError.self) { try resumed.fit(other, epochs: 4) }
    }
  }

  @Test("A failing lock of the folder is reported as another run, missing locks or a system error")
  func locks() async throws {
    try withTemporaryFolder { folder in
      #expect(throws: TrainingError.folderInUse(folder.path)) {
        try RunFolderLock(folder) { _, _ in
          errno = EWOULDBLOCK
          return -1
        }
      }
      for code in [EIO, EINVAL, EBADF] {
        let error = #expect(throws: FileError.self) {
          try RunFolderLock(folder) { _, _ in
            errno = code
            return -1
          }
        }
        #expect(error?.code == code && error?.operation == "lock" && error?.path == folder.path)
      }
      // A call that a signal interrupts is repeated.
      var calls = 0
      _ = try RunFolderLock(folder) { _, _ in
        calls += 1
        errno = EINTR
        return calls < 3 ? -1 : 0
      }
      #expect(calls == 3)
      let missing = folder.appendingPathComponent("none")
      #expect(throws: FileError.self) { try RunFolderLock(missing) }
    }
    let unlocked = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) {
      for code in [ENOLCK, EOPNOTSUPP] {
        _ = try RunFolderLock(URL(fileURLWithPath: "/")) { _, _ in
          errno = code
          return -1
        }
      }
    }
    let message = String(decoding: unlocked?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.split(separator: "\n").filter { $0.contains("has no locks") }.count == 2)
  }

  @Test("A run that SIGINT ends within an epoch is saved and resumed bit for bit")
  func resumesWithinEpoch() throws {
    try withTemporaryFolder { folder in
      let whole = trainer()
      try whole.fit(data, epochs: 4)

      let interrupted = trainer(folder: folder, stopsOnInterrupt: true)
      let error = #expect(throws: TrainingError.self) {
        try interrupted.fit(data, epochs: 4, reporter: Interrupter(epoch: 2, step: 3))
      }
      guard case .interrupted(SIGINT, let epoch, let step, let checkpoint?) = error else {
        Issue.record("not interrupted but \(String(describing: error))")
        return
      }
      #expect((epoch, step) >= (2, 3))
      #expect(FileManager.default.fileExists(atPath: checkpoint))
      #expect(error.map { "\($0)" }?.contains("--resume") == true)

      let resumed = trainer(folder: folder)
      #expect(try resumed.resume())
      let other = linearGaussianData(
        FactorAnalysis(latents: 2, pixels: 4), count: 49, seed: 1)
      #expect(throws: CheckpointError.self) { try resumed.fit(other, epochs: 4) }
      try resumed.fit(data, epochs: 4)
      #expect(resumed.model.weight.value.scalars == whole.model.weight.value.scalars)
      #expect(resumed.history.map(\.trainELBO) == whole.history.map(\.trainELBO))
    }
  }

  @Test("SIGINT during the last step ends the run with an error, so that nothing follows it")
  func interruptedAtTheEnd() throws {
    try withTemporaryFolder { folder in
      let interrupted = trainer(folder: folder, stopsOnInterrupt: true)
      // With 50 observations in batches of 8, the seventh step is the last.
      let error = #expect(throws: TrainingError.self) {
        try interrupted.fit(data, epochs: 2, reporter: Interrupter(epoch: 2, step: 7))
      }
      #expect(error.map { "\($0)" }?.contains("interrupted after epoch 2, saved as") == true)
      let resumed = trainer(folder: folder)
      try resumed.resume()
      #expect(resumed.history.count == 2)
      #expect(resumed.model.weight.value.scalars == interrupted.model.weight.value.scalars)
    }
  }

  @Test("If the log of metrics was lost, a resumed run still knows the number of finished epochs")
  func lostMetrics() throws {
    try withTemporaryFolder { folder in
      try trainer(folder: folder).fit(data, epochs: 2)
      try FileManager.default.removeItem(at: folder.appendingPathComponent("metrics.jsonl"))
      let resumed = trainer(folder: folder)
      #expect(resumed.epochsDone == 0)
      try resumed.resume()
      #expect(resumed.epochsDone == 2 && resumed.history.isEmpty)
      try resumed.fit(data, epochs: 3)
      #expect(resumed.epochsDone == 3 && resumed.history.map(\.epoch) == [3])
    }
  }

  @Test("Damaged lines of metrics are reported, and each damaged file is kept under a new name")
  func damagedMetrics() async throws {
    let message = "metrics.jsonl: 2 lines could not be read and are removed"
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) {
      try withTemporaryFolder { folder in
        try TrainerTests().trainer(folder: folder).fit(TrainerTests().data, epochs: 2)
        let log = folder.appendingPathComponent("metrics.jsonl")
        let good = try Data(contentsOf: log)
        for (round, name) in ["damaged", "damaged-2"].enumerated() {
          // One line is not valid JSON, and one is not valid text.
          let bad = Data("{\"epoch\": \(round)\n".utf8) + good + Data([0xff, 0xfe, 0x0a])
          try bad.write(to: log)
          let resumed = TrainerTests().trainer(folder: folder)
          try resumed.resume()
          precondition(resumed.history.map(\.epoch) == [1, 2])
          let (left, kept) = (
            try Data(contentsOf: log), try Data(contentsOf: log.appendingPathExtension(name))
          )
          precondition(left == good && kept == bad)
        }
      }
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.components(separatedBy: message).count == 3, "\(text)")
    #expect(text.contains("kept as metrics.jsonl.damaged-2"))
  }

  @Test("Metrics with Windows line ends are read without a report of damage")
  func windowsLineEnds() throws {
    try withTemporaryFolder { folder in
      try trainer(folder: folder).fit(data, epochs: 3)
      let log = folder.appendingPathComponent("metrics.jsonl")
      let text = try String(contentsOf: log, encoding: .utf8)
      try (text.replacing("\n", with: "\r\n") + "\r\n").write(
        to: log, atomically: true, encoding: .utf8)
      let resumed = trainer(folder: folder)
      #expect(try resumed.resume())
      #expect(resumed.history.map(\.epoch) == [1, 2, 3])
      #expect(try String(contentsOf: log, encoding: .utf8) == text)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
          "checkpoint.safetensors", "metrics.jsonl",
        ])
    }
  }

  @Test("Metrics that are not a regular file or are too large are refused with their path")
  func impossibleMetrics() throws {
    try withTemporaryFolder { folder in
      try trainer(folder: folder).fit(data, epochs: 1)
      let log = folder.appendingPathComponent("metrics.jsonl")
      let files = FileManager.default
      func expect(_ code: Int32) {
        let error = #expect(throws: FileError.self) { try trainer(folder: folder).resume() }
        #expect(error?.code == code && error?.path == log.path)
      }
      #expect(truncate(log.path, 3 << 40) == 0)
      expect(EFBIG)
      try files.removeItem(at: log)
      try files.createDirectory(at: log, withIntermediateDirectories: true)
      expect(EISDIR)
      try files.removeItem(at: log)
      // Opening a pipe without a writer would block forever.
      #expect(mkfifo(log.path, 0o600) == 0)
      expect(EISDIR)
    }
  }

  @Test("A line of metrics beyond the checkpoint is dropped on resuming")
  func dropsUncoveredMetrics() throws {
    try withTemporaryFolder { folder in
      try trainer(folder: folder).fit(data, epochs: 2)
      let log = folder.appendingPathComponent("metrics.jsonl")
      var text = try String(contentsOf: log, encoding: .utf8)
      text += #"{"epoch":3,"seconds":1,"train_elbo":0,"train_kl":0}"# + "\n{\"epo"
      try text.write(to: log, atomically: true, encoding: .utf8)
      let resumed = trainer(folder: folder)
      try resumed.resume()
      #expect(resumed.history.map(\.epoch) == [1, 2])
      let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 2)
      // Because the last line is damaged, the previous file is kept.
      let kept = log.appendingPathExtension("damaged")
      #expect(try String(contentsOf: kept, encoding: .utf8) == text)
    }
  }

  @Test("If a checkpoint cannot be written, the run ends and the older checkpoint is unchanged")
  func unwritable() throws {
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let moved = folder.appendingPathComponent("moved")
      let trainer = trainer(folder: run)
      try trainer.fit(data, epochs: 1)
      let first = try Data(contentsOf: trainer.checkpoint!)
      try FileManager.default.moveItem(at: run, to: moved)
      try Data("a file where the folder was".utf8).write(to: run)
      #expect(throws: FileError.self) { try trainer.fit(data, epochs: 2) }
      let kept = try Data(contentsOf: moved.appendingPathComponent("checkpoint.safetensors"))
      #expect(kept == first)
    }
  }

  @Test("A second run in a folder is refused until the first has ended")
  func folderInUse() throws {
    /// Starts another run during a step of the first.
    final class Rival: TrainingReporter {
      let start: () throws -> Void
      var error: (any Error)?
      init(_ start: @escaping () throws -> Void) { self.start = start }
      func stepEnded(_ progress: TrainingProgress) {
        guard progress.step == 2 else { return }
        do { try start() } catch { self.error = error }
      }
      func epochEnded(_ metrics: EpochMetrics, of epochs: Int, secondsLeft: Double) {}
    }
    try withTemporaryFolder { folder in
      let (first, second) = (trainer(folder: folder), trainer(folder: folder))
      let rival = Rival { try second.fit(data, epochs: 1) }
      try first.fit(data, epochs: 1, reporter: rival)
      #expect(rival.error as? TrainingError == .folderInUse(folder.path))
      #expect("\(try #require(rival.error))".contains("use another folder"))
      #expect(second.epochsDone == 0)
      try second.resume()
      try second.fit(data, epochs: 2)
      #expect(second.epochsDone == 2)
    }
  }

  @Test("Of runs that begin at the same time in one folder, one trains and the others are refused")
  func race() throws {
    for _ in 0..<10 {
      try withTemporaryFolder { folder in
        let errors = Lock<[TrainingError?]>([])
        DispatchQueue.concurrentPerform(iterations: 3) { _ in
          let run = trainer(folder: folder)
          do {
            try run.fit(data, epochs: 1)
            errors.withLock { $0.append(nil) }
          } catch { errors.withLock { $0.append(error as? TrainingError) } }
        }
        let refusals = errors.withLock { $0 }.compactMap { $0 }
        let checkpoint = trainer(folder: folder).checkpoint!.path
        #expect(refusals.count == 2)
        #expect(
          refusals.allSatisfy {
            $0 == .folderInUse(folder.path) || $0 == .folderOccupied(checkpoint)
          })
      }
    }
  }

  @Test("A checkpoint that is damaged or has other settings is refused and changes nothing")
  func refusesOthers() throws {
    try withTemporaryFolder { folder in
      try trainer(folder: folder).fit(data, epochs: 1)
      let other = Trainer(
        FactorAnalysis(latents: 2, pixels: 4, seed: 9), strategy: VariationalInference(),
        settings: TrainingSettings(batchSize: 8, seed: 4, folder: folder))
      let before = other.model.weight.value.scalars
      let error = #expect(throws: CheckpointError.self) { try other.resume() }
      #expect(error.map { "\($0)" }?.contains("seed 3") == true)
      #expect(other.model.weight.value.scalars == before)

      let larger = Trainer(
        FactorAnalysis(latents: 3, pixels: 4, seed: 9), strategy: VariationalInference(),
        settings: TrainingSettings(batchSize: 8, seed: 3, folder: folder))
      #expect(throws: CheckpointError.self) { try larger.resume() }

      let checkpoint = folder.appendingPathComponent("checkpoint.safetensors")
      let bytes = try Data(contentsOf: checkpoint)
      try bytes.prefix(bytes.count - 5).write(to: checkpoint)
      let same = trainer(folder: folder)
      let start = same.model.weight.value.scalars
      #expect(throws: SafetensorsError.self) { try same.resume() }
      #expect(same.model.weight.value.scalars == start)
    }
  }

  @Test("A run that was not resumed is not overwritten by training or saving")
  func keepsAnotherRun() throws {
    try withTemporaryFolder { folder in
      let first = trainer(folder: folder)
      try first.fit(data, epochs: 1)
      let file = try #require(first.checkpoint)
      let bytes = try Data(contentsOf: file)
      let other = trainer(folder: folder)
      #expect(throws: TrainingError.folderOccupied(file.path)) { try other.fit(data, epochs: 2) }
      #expect(throws: TrainingError.folderOccupied(file.path)) { try other.save() }
      #expect(try Data(contentsOf: file) == bytes)
      // The trainer of the run itself may continue and save.
      try first.fit(data, epochs: 2)
      try first.save()
      try other.resume()
      #expect(other.epochsDone == 2)
      // The folder now belongs to the other trainer until its training ends.
      #expect(throws: TrainingError.folderInUse(folder.path)) { try first.save() }
    }
  }

  @Test("An empty folder has nothing to resume")
  func nothingToResume() throws {
    try withTemporaryFolder { folder in
      for empty in [trainer(folder: folder), trainer()] {
        let isResumed = try empty.resume()
        #expect(!isResumed)
      }
    }
  }
}
