import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

private func net() -> BayesNet<Float> {
  var generator = Philox(seed: 81)
  return .neuralPrior(.chain(nodes: 2, dimension: 3), hidden: 4, using: &generator)
}

extension GraphTests {
  @Suite("Mistakes of the caller with nets") struct NetMistakes {
    private static let mistakes: [Mistake] = [
      // Conditionals that do not fit the graph stop the program with their sizes.
      .init("1 conditionals for 2 nodes") {
        _ = BayesNet<Float>(
          .chain(nodes: 2, dimension: 3), conditionals: [StandardNormal(3)])
      },
      .init("the node z1, of 3 variables", "of 2") {
        let net = BayesNet<Float>(.single(dimension: 3), conditionals: [StandardNormal(2)])
        _ = net.trace(at: [.zeros([4, 3])])
      },
      .init("a neural Gaussian conditional was given to a node without parents") {
        var generator = Philox(seed: 1)
        let root = NeuralGaussian<Float>(parents: 2, dimension: 3, using: &generator)
        _ = BayesNet(.single(dimension: 3), conditionals: [root]).trace(at: [.zeros([4, 3])])
      },
      // The density of a node with a deviation of 0 or infinity stops with the node's name.
      .init("the node root has a deviation of 0") {
        _ = try NetMistakes.copy(-Double.infinity, 0)
          .trace(at: [.zeros([2, 1]), .zeros([2, 1])]).logDensity
      },
      .init("the node copy has a deviation of 0") {
        _ = try NetMistakes.copy(0, -Float.infinity)
          .trace(at: [.zeros([2, 1]), .ones([2, 1])]).logDensities
      },
      .init("the node copy has a deviation of infinity") {
        _ = try NetMistakes.copy(0, Float.infinity)
          .trace(at: [.zeros([2, 1]), .ones([2, 1])]).logDensity
      },
      .init("the node copy has a deviation of 0") {
        var generator = Philox(seed: 6)
        let drawn = try NetMistakes.copy(0, -Double.infinity).sample([3], using: &generator)
        _ = klDivergences(drawn, try NetMistakes.copy(0, 0).trace(at: drawn.values))
      },
      .init("the node root has a deviation of 0") {
        var generator = Philox(seed: 6)
        let drawn = try NetMistakes.copy(Double(0), 0).sample([3], using: &generator)
        let values = drawn.values
        _ = klDivergences(drawn, try NetMistakes.copy(-Double.infinity, 0).trace(at: values))
      },
      .init("the node copy has a deviation of 0") {
        var generator = Philox(seed: 6)
        let drawn = try NetMistakes.copy(Double(0), 0).sample([3], using: &generator)
        let values = drawn.values
        _ = sampledDivergences(drawn, try NetMistakes.copy(0, -Double.infinity).trace(at: values))
      },
      // Noise, values or gates that do not fit the net stop the program with their shapes.
      .init("noise was given for 1 of 2 nodes") {
        _ = try? net().sample(noise: [.zeros([2, 3])])
      },
      .init("[2, 3]", "[1, 3]") {
        _ = try? net().sample(noise: [.zeros([2, 3]), .zeros([1, 3])])
      },
      .init("[1, 3]", "[2, 3]") {
        _ = net().trace(at: [.zeros([1, 3]), .zeros([2, 3])], gates: .ones([1]))
      },
      .init("gates of shape [3] for 1 edges") {
        _ = net().trace(at: [.zeros([2, 3]), .zeros([2, 3])], gates: .ones([3]))
      },
      // A KL divergence of nets stops if the names or the order of the nodes differ.
      .init("a KL of nets with nodes", "[\"a\", \"b\"]", "[\"b\", \"a\"]") {
        let graphs = try [["a", "b"], ["b", "a"]].map { names in
          try LatentGraph(names.map { .init($0, dimension: 2) })
        }
        let nets = graphs.map { BayesNet<Double>($0) { _, _ in StandardNormal(2) } }
        var generator = Philox(seed: 1)
        let drawn = nets[0].sample([3], using: &generator)
        _ = klDivergences(drawn, nets[1].trace(at: drawn.values))
      },
      // A missing message, a node both fixed and conditioned, and an unknown name stop the program.
      .init("a conditional with a bottom-up head got no message") {
        var generator = Philox(seed: 1)
        let net = BayesNet<Float>.fusingPosterior(
          .single(dimension: 2), features: 3, hidden: 4, using: &generator)
        _ = net.sample([2], using: &generator)
      },
      .init("are both intervened on and conditioned on", "z2") {
        _ = try? net().sample(
          noise: [.zeros([2, 3]), .zeros([2, 3])], intervening: ["z2": .zeros([3])],
          conditioning: ["z2": .zeros([3])])
      },
      .init("z9") {
        _ = net().trace(at: [.zeros([2, 3]), .zeros([2, 3])])["z9"]
      },
    ]

    @Test(
      "A mistake with nets stops the program with a message that shows the values",
      arguments: mistakes.indices)
    func stops(index: Int) async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        [index] in
        try GraphTests.NetMistakes.mistakes[index].commit()
      }
      expectMessage(result, Self.mistakes[index])
    }

    /// A net of a root and a noisy copy of it, with the given logarithms of their standard
    /// deviations.
    private static func copy<Scalar: TensorScalar>(
      _ root: Scalar, _ copy: Scalar
    ) throws -> BayesNet<Scalar> {
      let graph = try LatentGraph([
        .init("root", dimension: 1), .init("copy", dimension: 1, parents: ["root"]),
      ])
      return BayesNet(
        graph,
        conditionals: [
          LinearGaussian(weight: nil, bias: .zeros([1]), logStandardDeviation: Tensor([root])),
          LinearGaussian(
            weight: .ones([1, 1]), bias: .zeros([1]), logStandardDeviation: Tensor([copy])),
        ])
    }

    @Test(
      "A node with a standard deviation of 0 is drawn at its mean, and compiling the net refuses it"
    )
    func drawnDeterministic() throws {
      func check<Scalar: TensorScalar>(_: Scalar.Type) throws {
        var generator = Philox(seed: 5)
        let net = try Self.copy(0, -Scalar.infinity)
        let drawn = net.sample([4], using: &generator)
        #expect(drawn.values[0].scalars == drawn.values[1].scalars)
      }
      try check(Double.self)
      try check(Float.self)
      #expect(throws: LatentGraphError.deviation(node: "copy", deviation: 0)) {
        try Self.copy(0, -Double.infinity).compiled()
      }
      #expect(throws: LatentGraphError.deviation(node: "root", deviation: 0)) {
        try Self.copy(-Float.infinity, 0).compiled()
      }
      let small = try Self.copy(Double(0), -700).trace(at: [.zeros([2, 1]), .zeros([2, 1])])
      #expect(abs(small.logDensity.scalars[0] - (700 - 1.8378770664093453)) < 1e-12)
    }
  }
}
