import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Tensors
import VariationalAutoencoders

/// A small run that is resumed from mutated checkpoints and trained for one more epoch if possible.
final class FuzzedRun {
  private let folder: URL
  private let data: TensorRows<Float>

  init(in folder: URL) throws {
    self.folder = folder
    var generator = Philox(seed: 1)
    data = try TensorRows(.bernoulli(.full(0.5, [6, 3]), using: &generator))
  }

  private func trainer() -> Trainer<GaussianGraphVAE<Float>, VariationalInference> {
    var generator = Philox(seed: 2)
    return Trainer(
      GaussianGraphVAE(pixels: 3, structure: .chain(2), hidden: 2, using: &generator),
      strategy: VariationalInference(),
      settings: TrainingSettings(batchSize: 2, seed: 3, folder: folder))
  }

  private var checkpoint: URL { folder.appendingPathComponent("checkpoint.safetensors") }

  /// The checkpoint of a run, and variants whose notes have extreme values.
  func checkpoints() throws -> [[UInt8]] {
    try trainer().fit(data, epochs: 2)
    let sound = try SafetensorsFile(contentsOf: checkpoint)
    var files = [try sound.encoded()]
    let numbers = [
      "-1", "0", "1", "2", "3", "999999", "9223372036854775807", "-9223372036854775808",
    ]
    for note in ["epoch", "step", "observations", "optimizer.step", "batch_size"] {
      for number in numbers {
        var file = sound
        file.metadata[note] = number
        files.append(try file.encoded())
      }
    }
    for value in [0, Double.nan, .infinity, -1, 1e300] {
      for count in ["0", "2", "-1", "9223372036854775807"] {
        let bits = String(value.bitPattern, radix: 16)
        var file = sound
        file.metadata["running"] = "\(bits) \(bits) \(bits) \(count)"
        files.append(try file.encoded())
      }
    }
    return files
  }

  /// Resumes from a checkpoint with these bytes, and trains until the end of the next epoch.
  func resume(from bytes: [UInt8]) throws {
    let output = try OutputFile(opening: checkpoint.path)
    try output.write(bytes)
    try output.close()
    let trainer = trainer()
    guard try trainer.resume() else { return }
    try trainer.fit(data, epochs: trainer.epochsDone + 1)
  }
}
