import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

@Suite("Reports of the learned structure")
struct StructureReportTests {
  private func model(logits: [Double]) -> LatentGraphModel<Double> {
    let model = smallLatentGraph(nodes: 3)
    model.edgeLogits!.assign(Tensor(logits))
    return model
  }

  @Test("Probabilities, entropy and most probable structure agree with a hand computation")
  func report() throws {
    let report = try #require(StructureReport(model(logits: [log(3), -log(4), 0])))
    for (a, b) in zip(report.probabilities, [0.75, 0.2, 0.5]) { #expect(abs(a - b) < 1e-12) }
    #expect(report.mostProbable == [true, false, true])
    #expect(abs(report.probabilityOfMostProbable - 0.75 * 0.8 * 0.5) < 1e-12)
    let entropy = -[0.75, 0.25, 0.2, 0.8, 0.5, 0.5].reduce(0) { $0 + $1 * log($1) }
    #expect(abs(report.entropy - entropy) < 1e-12)
  }

  @Test("A decided structure has entropy 0, without NaN")
  func decided() throws {
    let report = try #require(StructureReport(model(logits: [800, -800, 800])))
    #expect(report.entropy == 0)
    #expect(report.probabilityOfMostProbable == 1)
  }

  @Test("A probability that rounds to ½ counts as an edge exactly if the model has the edge")
  func tie() throws {
    let model = model(logits: [-1e-300, 1e-300, 0])
    let report = try #require(StructureReport(model))
    #expect(report.mostProbable.map { $0 ? 1 : 0 } == model.gates!.scalars)
    #expect(report.mostProbable == [false, true, true])
  }

  @Test("A model with a given structure has no report, and freezing does not change it")
  func given() {
    let model = smallLatentGraph(nodes: 3, learnsStructure: false)
    #expect(StructureReport(model) == nil)
    #expect(model.frozenStructure().gates == nil)
  }

  @Test("A frozen structure stays fixed if the log-odds change, and is not learned")
  func frozen() {
    let model = model(logits: [1, -1, 2])
    let frozen = model.frozenStructure()
    model.edgeLogits!.assign(Tensor([-3, 3, -3]))
    #expect(frozen.gates!.scalars == [1, 0, 1] && frozen.edgeLogits == nil)
    #expect(model.gates!.scalars == [0, 1, 0])
    func loss<Model: LatentVariableModel<Double>>(_ model: Model) -> Double {
      var generator = Philox(seed: 1)
      return StructureLearning(within: VariationalInference()).objective(
        of: smallImages(3), under: model, mode: .training, time: 0, using: &generator
      ).loss.scalar
    }
    // All other parameters are those of the model.
    var generator = Philox(seed: 1)
    let given = VariationalInference().objective(
      of: smallImages(3), under: model.gated(by: Tensor([1, 0, 1])), mode: .training, time: 0,
      using: &generator
    ).loss.scalar
    #expect(loss(frozen) == given)
    #expect(frozen.parameterCount == model.parameterCount - 3)
  }

  @Test(
    "Edge probabilities are reported in each epoch, and a resumed run learns them bit for bit",
    arguments: [
      GateEstimator.gumbelSoftmax(), .straightThrough(), .scoreFunction(), .exhaustive,
    ])
  func resumes(estimator: GateEstimator) throws {
    let data = try TensorRows(smallImages(30))
    func trainer(_ folder: URL?) -> Trainer<
      LatentGraphModel<Double>, StructureLearning<VariationalInference>
    > {
      let model = smallLatentGraph(nodes: 3)
      return Trainer(
        model,
        strategy: StructureLearning(
          estimator, within: VariationalInference(),
          edgePrior: .bic(for: model.graph, observations: 30)),
        settings: TrainingSettings(batchSize: 8, seed: 2, folder: folder))
    }
    try withTemporaryFolder { folder in
      let whole = trainer(nil)
      try whole.fit(data, epochs: 4)
      try trainer(folder).fit(data, epochs: 2)
      let resumed = trainer(folder)
      #expect(try resumed.resume())
      try resumed.fit(data, epochs: 4)
      let edges = whole.history.map(\.edgeProbabilities)
      #expect(edges.allSatisfy { $0?.count == 3 })
      #expect(edges[0] != edges[3])
      #expect(resumed.history.map(\.edgeProbabilities) == edges)
      #expect(
        resumed.model.edgeLogits!.value.scalars == whole.model.edgeLogits!.value.scalars)
      #expect(
        resumed.model.namedParameters().map(\.parameter.value.scalars)
          == whole.model.namedParameters().map(\.parameter.value.scalars))
      let log = try String(
        contentsOf: folder.appendingPathComponent("metrics.jsonl"), encoding: .utf8)
      #expect(log.split(separator: "\n").allSatisfy { $0.contains("\"edge_probabilities\":[") })
    }
  }
}
