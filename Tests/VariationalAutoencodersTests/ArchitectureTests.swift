import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing
import VariationalAutoencoders

/// A checkpoint can be read only into the model that wrote it, even if its arrays would fit another
/// model.
@Suite("Checkpoints of other models")
struct ArchitectureTests {
  private func problem<Model: Module<Float>, Other: Module<Float>>(
    of model: Model, into other: Other
  ) throws -> CheckpointError.Problem? {
    let folder = try TemporaryFolder()
    let file = folder.url.appendingPathComponent("model.safetensors")
    try Checkpoint.write(model, to: file)
    try Checkpoint.read(into: model, from: file)
    let before = other.namedParameters().map(\.parameter.value.scalars)
    let error = #expect(throws: CheckpointError.self) {
      try Checkpoint.read(into: other, from: file)
    }
    #expect(other.namedParameters().map(\.parameter.value.scalars) == before)
    return error?.problem
  }

  private static func net(_ nodes: [LatentGraph.Node], decodes: [Int]? = nil)
    throws -> LatentGraphModel<Float>
  {
    var generator = Philox(seed: 1)
    let graph = try LatentGraph(nodes)
    let latents = (decodes ?? Array(graph.nodes.indices)).reduce(0) {
      $0 + graph.nodes[$1].dimension
    }
    return LatentGraphModel(
      encoder: MLP([6, 5], using: &generator),
      recognition: .fusingPosterior(graph, features: 5, using: &generator),
      prior: .neuralPrior(graph, using: &generator),
      likelihood: BernoulliObservation(MLP([latents, 6], using: &generator)),
      decodedNodes: decodes)
  }

  @Test("A checkpoint of a Graph VAE is refused by a fully connected VAE, and vice versa")
  func learnedAndFixedEdges() throws {
    var generator = Philox(seed: 1)
    let graph = GraphVAE<Float>(pixels: 6, nodes: 2, dimension: 2, using: &generator)
    let full = FullyConnectedVAE<Float>(pixels: 6, nodes: 2, dimension: 2, using: &generator)
    #expect(try problem(of: graph, into: full) == .surplus("parameters.model.edgeLogits"))
    #expect(try problem(of: full, into: graph) == .missing("parameters.model.edgeLogits"))
    let other = GraphVAE<Float>(
      pixels: 6, nodes: 2, dimension: 2, sharesGates: false, using: &generator)
    guard case .otherArchitecture(let expected, let found) = try problem(of: graph, into: other)
    else {
      return #expect(Bool(false), "The checkpoint was not refused because of its architecture.")
    }
    #expect(found.contains("one set of gates") && expected.contains("gates of the prior alone"))
  }

  @Test("A checkpoint is refused if parents, names or decoded nodes of the graph differ")
  func graphs() throws {
    let root = LatentGraph.Node("a", dimension: 2)
    let second = LatentGraph.Node("b", dimension: 2)
    let model = try Self.net([root, second, .init("c", dimension: 2, parents: ["a", "b"])])
    for (other, text) in [
      (
        try Self.net([root, second, .init("c", dimension: 2, parents: ["b", "a"])]),
        "c[2] <- b a"
      ),
      (
        try Self.net([
          root, .init("B", dimension: 2), .init("c", dimension: 2, parents: ["a", "B"]),
        ]),
        "B[2]"
      ),
    ] {
      guard case .otherArchitecture(let expected, let found) = try problem(of: model, into: other)
      else {
        return #expect(Bool(false), "The checkpoint was not refused because of its architecture.")
      }
      #expect(expected.contains(text) && found.contains("c[2] <- a b"))
    }
    let first = try Self.net([root, second], decodes: [0])
    let last = try Self.net([root, second], decodes: [1])
    guard case .otherArchitecture = try problem(of: first, into: last) else {
      return #expect(Bool(false), "The checkpoint was not refused because of its architecture.")
    }
  }

  @Test("A checkpoint of one posterior structure is refused by a model with another")
  func structures() throws {
    func model(_ structure: GraphStructure) -> GaussianGraphVAE<Float> {
      var generator = Philox(seed: 1)
      return GaussianGraphVAE(pixels: 6, structure: structure, hidden: 4, using: &generator)
    }
    let grid = try problem(
      of: model(.grid(height: 2, width: 3)), into: model(.extendedGrid(height: 2, width: 3)))
    guard case .otherArchitecture(let expected, let found) = grid else {
      return #expect(Bool(false), "The checkpoint was not refused because of its architecture.")
    }
    #expect(found.hasSuffix("grid(2 x 3)") && expected.hasSuffix("extended-grid(2 x 3)"))
    let turned = try problem(
      of: model(.grid(height: 2, width: 3)), into: model(.grid(height: 3, width: 2)))
    guard case .otherArchitecture = turned else {
      return #expect(Bool(false), "The checkpoint was not refused because of its architecture.")
    }
  }

  @Test("A checkpoint is refused by nodes and observations of another kind with the same arrays")
  func kinds() throws {
    struct Sine: Conditional {
      typealias Scalar = Float
      let amplitude = Parameter(Tensor<Float>([1, 1]))
      func distribution(
        given parents: Tensor<Float>?, message: Tensor<Float>?, mode: Mode
      ) -> any Distribution<Float> {
        Normal(mean: amplitude.value.sin(), logVariance: .zeros([2]))
      }
    }
    struct Cosine: Conditional {
      typealias Scalar = Float
      let amplitude = Parameter(Tensor<Float>([1, 1]))
      func distribution(
        given parents: Tensor<Float>?, message: Tensor<Float>?, mode: Mode
      ) -> any Distribution<Float> {
        Normal(mean: amplitude.value.cos(), logVariance: .zeros([2]))
      }
    }
    func model(
      _ prior: any Conditional<Float>, fractions: Bool = false
    ) throws -> LatentGraphModel<Float> {
      var generator = Philox(seed: 1)
      let graph = try LatentGraph([.init("z", dimension: 2)])
      return LatentGraphModel(
        encoder: MLP([6, 5], activatesLast: true, using: &generator),
        recognition: .fusingPosterior(graph, features: 5, using: &generator),
        prior: BayesNet(graph, conditionals: [prior]),
        likelihood: BernoulliObservation(
          MLP([2, 6], using: &generator), acceptsFractions: fractions))
    }
    #expect(
      try problem(of: model(Sine()), into: model(Cosine()))
        == .otherArchitecture(
          expected: "prior.conditionals.0.conditional(Cosine)",
          found: "prior.conditionals.0.conditional(Sine)"))
    #expect(
      try problem(of: model(Sine(), fractions: true), into: model(Sine()))
        == .otherArchitecture(
          expected: "likelihood.observation(BernoulliObservation)",
          found: "likelihood.observation(BernoulliObservation) of fractions"))
  }

  @Test("A checkpoint of a linear-Gaussian model is refused by one with other observed nodes")
  func observedNodes() throws {
    func model(_ observed: [String]) throws -> LinearGaussianModel<Float> {
      let graph = try LatentGraph([
        .init("a", dimension: 1), .init("b", dimension: 1, parents: ["a"]),
        .init("c", dimension: 1, parents: ["b"]),
      ])
      return try LinearGaussianModel(
        BayesNet(
          graph,
          conditionals: graph.nodes.map { node in
            LinearGaussian(
              weight: node.parents.isEmpty ? nil : .ones([1, 1]), bias: .zeros([1]),
              logStandardDeviation: .zeros([1]))
          }), observed: observed)
    }
    #expect(
      try problem(of: model(["b", "c"]), into: model(["c"]))
        == .otherArchitecture(
          expected: "linear-gaussian-model(observes 2)",
          found: "linear-gaussian-model(observes 1 2)"))
  }

  @Test("A checkpoint of a network with other activations is refused")
  func activations() throws {
    func network(_ activation: Activation, activatesLast: Bool = false) -> MLP<Float> {
      var generator = Philox(seed: 1)
      return MLP(
        [3, 2, 2], activation: activation, activatesLast: activatesLast, using: &generator)
    }
    for other in [network(.relu), network(.elu, activatesLast: true)] {
      guard case .otherArchitecture = try problem(of: network(.elu), into: other) else {
        return #expect(Bool(false), "The checkpoint was not refused because of its architecture.")
      }
    }
  }
}
