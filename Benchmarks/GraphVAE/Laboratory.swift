import Experiments
import Foundation
import Inference
import NeuralNetworks
import Programs
import Tensors

/// Trains and scores the runs of an exhibit, each in its own folder, with the protocol of the
/// paper: batches of 64, Adam at 1e-3 times 0.25 every 200 epochs, gates by Gumbel-softmax with
/// temperature 0.99^epoch (He et al., 2019, appendix B.2).
struct Laboratory {
  let dataset: ImageSet
  let images: ExperimentImages
  let folder: URL
  let resumes: Bool
  let samples: Int
  let testImages: Int

  /// - Throws: `DatasetError`, `FolderError`.
  init(_ arguments: Arguments) throws {
    dataset = arguments[Options.dataset]
    // The bits of the test images are the same for all seeds, so that only the models differ.
    images = try ExperimentImages(dataset, from: arguments[Options.data], testSeed: 1)
    folder = URL(fileURLWithPath: arguments[Options.run])
    resumes = arguments[Options.resume]
    samples = arguments[Options.samples]
    testImages = min(arguments[Options.testImages] ?? images.test.count, images.test.count)
    try prepareFolder(folder.path)
  }

  /// Stops before any training if one of the runs would overwrite an earlier run.
  func checkFolders(of runs: [TrainingRun]) throws {
    guard !resumes else { return }
    for run in runs {
      let checkpoint = folder(of: run).appendingPathComponent("checkpoint.safetensors")
      if FileManager.default.fileExists(atPath: checkpoint.path) {
        throw FolderError.occupied(path: checkpoint.path)
      }
    }
  }

  /// Trains a run to each of these epochs in turn, and scores it there.
  ///
  /// Completed epochs and scores are not repeated; an epoch that was passed without scoring has no
  /// scores.
  func record(
    _ run: TrainingRun, scoredAt milestones: [Int], epochs: Int, progress: String
  ) throws -> RunRecord {
    var generator = Philox(seed: UInt64(run.seed))
    let model = run.kind.make(
      pixels: images.pixels, nodes: run.nodes, dimension: run.dimension,
      pixelKind: images.pixelKind, using: &generator)
    let trainer = Trainer(
      model, strategy: StructureLearning(within: VariationalInference()),
      optimizer: Adam(learningRate: 1e-3),
      settings: TrainingSettings(
        batchSize: 64, seed: UInt64(run.seed),
        schedule: RateSchedule.paper.schedule(epochs: epochs),
        folder: folder(of: run), stopsOnInterrupt: true))
    let isResumed = resumes ? try trainer.resume() : false
    if trainer.epochsDone > epochs {
      throw FolderError.finished(
        path: folder(of: run).path, done: trainer.epochsDone, epochs: epochs)
    }
    var file = try ScoreFile(folder: folder(of: run), isResumed: isResumed)
    var scores: [Int: TestScores] = [:]
    for epoch in Set(milestones + [epochs]).sorted() {
      try trainer.fit(
        images.training, test: images.test, epochs: epoch,
        reporter: ConsoleReporter(label: "\(progress)  \(run.label)"))
      guard milestones.contains(epoch) else { continue }
      if let known = file.scores(epoch: epoch, samples: samples, images: testImages) {
        scores[epoch] = known
      } else if trainer.epochsDone == epoch {
        let new = score(model, run: run, epoch: epoch)
        try file.add(new, epoch: epoch)
        scores[epoch] = new
      }
    }
    return RunRecord(
      run: run, epochs: epochs, history: trainer.history,
      edgeProbabilities: model.edgeProbabilities ?? [], scores: scores)
  }

  private func folder(of run: TrainingRun) -> URL {
    folder.appendingPathComponent(run.folderName(dataset))
  }

  private func score(_ model: LatentGraphModel<Float>, run: TrainingRun, epoch: Int) -> TestScores {
    var generator = Philox(seed: UInt64(run.seed)).split(UInt64(epoch))
    return TestScores(
      of: model, on: images.test, samples: samples, images: testImages, label: run.label,
      using: &generator)
  }
}
