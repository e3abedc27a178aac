import LatentGraphs
import NeuralNetworks
import Tensors
import Testing

private func net() -> BayesNet<Float> {
  var generator = Philox(seed: 81)
  return .neuralPrior(.chain(nodes: 2, dimension: 3), hidden: 4, using: &generator)
}

extension GraphTests {
  @Suite("A caller's mistake with a net stops with its values") struct NetMistakes {
    @Test("conditionals that do not fit the graph")
    func conditionals() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = BayesNet<Float>(
            .chain(nodes: 2, dimension: 3), conditionals: [StandardNormal(3)])
        }, "1 conditionals for 2 nodes")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          let net = BayesNet<Float>(.single(dimension: 3), conditionals: [StandardNormal(2)])
          _ = net.trace(at: [.zeros([4, 3])])
        }, "the node z1, of 3 variables", "of 2")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          var generator = Philox(seed: 1)
          let root = NeuralGaussian<Float>(parents: 2, dimension: 3, using: &generator)
          _ = BayesNet(.single(dimension: 3), conditionals: [root]).trace(at: [.zeros([4, 3])])
        }, "a neural Gaussian conditional stands at a node without parents")
    }

    @Test("noise, values and gates that do not fit")
    func shapes() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = try? net().sample(noise: [.zeros([2, 3])])
        }, "noise for 1 of 2 nodes")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = try? net().sample(noise: [.zeros([2, 3]), .zeros([1, 3])])
        }, "[2, 3]", "[1, 3]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = net().trace(at: [.zeros([1, 3]), .zeros([2, 3])], gates: .ones([1]))
        }, "[1, 3]", "[2, 3]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = net().trace(at: [.zeros([2, 3]), .zeros([2, 3])], gates: .ones([3]))
        }, "gates of shape [3] for 1 edges")
    }

    @Test("a KL of nets whose nodes have the same dimensions but other names, or another order")
    func otherNodes() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          let graphs = try [["a", "b"], ["b", "a"]].map { names in
            try LatentGraph(names.map { .init($0, dimension: 2) })
          }
          let nets = graphs.map { BayesNet<Double>($0) { _, _ in StandardNormal(2) } }
          var generator = Philox(seed: 1)
          let drawn = nets[0].sample([3], using: &generator)
          _ = klDivergences(drawn, nets[1].trace(at: drawn.values))
        }, "a KL of nets with nodes", "[\"a\", \"b\"]", "[\"b\", \"a\"]")
    }

    @Test("a posterior without evidence, a node that is fixed and known, a name that is none")
    func others() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          var generator = Philox(seed: 1)
          let net = BayesNet<Float>.fusingPosterior(
            .single(dimension: 2), features: 3, hidden: 4, using: &generator)
          _ = net.sample([2], using: &generator)
        }, "a fusion by precision got no evidence")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = try? net().sample(
            noise: [.zeros([2, 3]), .zeros([2, 3])], intervening: ["z2": .zeros([3])],
            conditioning: ["z2": .zeros([3])])
        }, "an intervention and a condition on the same nodes", "z2")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = net().trace(at: [.zeros([2, 3]), .zeros([2, 3])])["z9"]
        }, "z9")
    }
  }
}
