import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing
import VariationalAutoencoders

/// Checkpoints of an earlier version, one for each model with narrow layers, are read and give the
/// same scores as then.
///
/// For a model without a checkpoint, one is written if the environment variable
/// `LATENTGRAPHS_WRITE_CHECKPOINTS` is set. An existing checkpoint is never replaced.
@Suite("Checkpoints of earlier versions")
struct OldCheckpointTests {
  enum Kind: String, CaseIterable {
    case vae, ladderVAE = "ladder-vae", fullyConnectedVAE = "fc-vae", graphVAE = "graph-vae"
    case chain, extendedGrid = "extended-grid", grid, dense
    case logitNormal = "logit-normal"
  }

  static let pixels = 6

  static func model(_ kind: Kind) -> LatentGraphModel<Float> {
    var generator = Philox(seed: 3)
    func layered(_ graph: LatentGraph, learnsStructure: Bool = false) -> LatentGraphModel<Float> {
      LatentGraphModel(
        encoder: MLP([pixels, 4, 3], hasBatchNorm: true, using: &generator),
        recognition: .fusingPosterior(graph, features: 3, hidden: 3, using: &generator),
        prior: .neuralPrior(graph, hidden: 3, using: &generator),
        likelihood: BernoulliObservation(
          MLP([graph.dimension, 3, pixels], hasBatchNorm: true, using: &generator)),
        learnsStructure: learnsStructure)
    }
    func poster(
      _ structure: GraphStructure, pixelKind: PixelKind = .binary
    ) -> LatentGraphModel<Float> {
      GaussianGraphVAE(
        pixels: pixels, structure: structure, hidden: 3, pixelKind: pixelKind, using: &generator
      ).model
    }
    return switch kind {
    case .vae: layered(.single(dimension: 4))
    case .ladderVAE: layered(.chain(nodes: 2, dimension: 2))
    case .fullyConnectedVAE: layered(.fullyConnected(nodes: 3, dimension: 2))
    case .graphVAE: layered(.fullyConnected(nodes: 3, dimension: 2), learnsStructure: true)
    case .chain: poster(.chain(4))
    case .extendedGrid: poster(.extendedGrid(height: 2, width: 2))
    case .grid: poster(.grid(height: 2, width: 2))
    case .dense: poster(.dense(3))
    case .logitNormal: poster(.diagonal(2), pixelKind: .logitNormal(.grid(height: 2, width: 3)))
    }
  }

  static func score(_ model: LatentGraphModel<Float>) -> Double {
    var generator = Philox(seed: 5)
    let x = Tensor<Float>.bernoulli(.full(0.4, [16, pixels]), using: &generator)
    let rows = (try? TensorRows(x))!
    return evidenceLowerBound(of: rows, under: model, using: &generator).evidenceLowerBound
  }

  private static var folder: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("OldCheckpoints")
  }

  @Test(
    "A checkpoint of an earlier version is read and gives the same score", arguments: Kind.allCases)
  func isRead(kind: Kind) throws {
    let file = Self.folder.appendingPathComponent("\(kind.rawValue).safetensors")
    if ProcessInfo.processInfo.environment["LATENTGRAPHS_WRITE_CHECKPOINTS"] != nil,
      !FileManager.default.fileExists(atPath: file.path)
    {
      try write(kind, to: file)
    }
    let model = Self.model(kind)
    let notes = try Checkpoint.read(into: model, from: file)
    let expected = try #require(notes["score"].flatMap(Double.init))
    // Other processors may round differently.
    #expect(abs(Self.score(model) - expected) <= 1e-4)
  }

  @Test("Arrays that had another name in earlier versions are read, and others are refused")
  func formerNames() throws {
    func model(_ logStandardDeviation: Float) throws -> LinearGaussianModel<Float> {
      let graph = try LatentGraph([
        .init("a", dimension: 1), .init("b", dimension: 1, parents: ["a"]),
      ])
      return try LinearGaussianModel(
        BayesNet(graph) { _, parents in
          LinearGaussian(
            weight: parents == 0 ? nil : .ones([1, 1]), bias: .zeros([1]),
            logStandardDeviation: Tensor([logStandardDeviation]))
        }, observed: ["b"])
    }
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("linear.safetensors")
      try Checkpoint.write(try model(0.5), to: file)
      let written = try SafetensorsFile(contentsOf: file)
      func rename(to name: String) throws {
        var old = SafetensorsFile(metadata: written.metadata)
        for (path, array) in written.entries {
          old[path.replacingOccurrences(of: "logStandardDeviation", with: name)] = array
        }
        try old.write(to: file)
      }
      try rename(to: "logDeviation")
      let read = try model(0)
      try Checkpoint.read(into: read, from: file)
      for (name, parameter) in read.namedParameters() where name.hasSuffix("Deviation") {
        #expect(parameter.value.scalars == [0.5])
      }
      try rename(to: "logSpread")
      #expect(throws: CheckpointError.self) { try Checkpoint.read(into: read, from: file) }
    }
  }

  /// Trains for a few steps, so that statistics and gates differ from those of a new model.
  private func write(_ kind: Kind, to file: URL) throws {
    let model = Self.model(kind)
    let optimizerState = OptimizerState(of: model, by: Adam(learningRate: 0.02))
    let strategy = StructureLearning(within: VariationalInference())
    var generator = Philox(seed: 4)
    for _ in 0..<20 {
      let x = Tensor<Float>.bernoulli(.full(0.4, [16, Self.pixels]), using: &generator)
      let objective = strategy.objective(
        of: x, under: model, mode: .training, time: 0, using: &generator)
      optimizerState.minimize(objective.loss)
    }
    try FileManager.default.createDirectory(
      at: Self.folder, withIntermediateDirectories: true)
    try Checkpoint.write(
      model, notes: ["score": "\(Self.score(model))", "version": "before 0.2"], to: file)
  }
}
