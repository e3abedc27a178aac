import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

extension GraphTests {
  @Suite("Gates on the edges of a net") struct GatedParents {
    private func parents(_ batch: Shape) -> [Tensor<Double>] {
      var generator = Philox(seed: 51)
      return [1, 4, 17].map { .normal(batch + [$0], using: &generator) }
    }

    @Test(
      "Gated parents are the parents multiplied by their gates and concatenated",
      arguments: [[], [5], [2, 3]] as [Shape])
    func values(_ batch: Shape) {
      let parents = parents(batch)
      let gates = Tensor<Double>([9, 0.5, 0, -2, 9])
      let products = zip([0.5, 0, -2], parents).map { $0 * $1 }
      expectClose(
        gatedParents(parents, gates: gates, range: 1..<4),
        Tensor.concatenated(products, axis: -1).scalars, within: 0)
      expectClose(
        gatedParents(parents, gates: nil, range: 1..<4),
        Tensor.concatenated(parents, axis: -1).scalars, within: 0)
    }

    @Test(
      "Gradients of gated parents flow to the parents and to the right gates",
      arguments: [[], [5], [2, 3]] as [Shape])
    func gradient(_ batch: Shape) {
      let parents = parents(batch)
      let inputs = parents + [Tensor<Double>([9, 0.5, 0, -2, 9])]
      expectGradients(at: inputs, step: 0x1p-10, within: 1e-9, elementwiseUpTo: .max) {
        gatedParents(Array($0.dropLast()), gates: $0.last!, range: 1..<4)
      }
      // Here two nodes take their gates from the same vector.
      expectGradients(at: inputs, step: 0x1p-10, within: 1e-9, elementwiseUpTo: .max) {
        .concatenated(
          [
            gatedParents([$0[0], $0[1]], gates: $0[3], range: 0..<2),
            gatedParents([$0[1], $0[2]], gates: $0[3], range: 3..<5),
          ], axis: -1)
      }
    }

    /// A net whose last node has two parents, as a prior or as a posterior.
    private func net(_ kind: String) -> BayesNet<Double> {
      var generator = Philox(seed: 52)
      let graph = LatentGraph.fullyConnected(nodes: 3, dimension: 2)
      let net: BayesNet<Double> =
        kind == "prior"
        ? .neuralPrior(graph, hidden: 5, using: &generator)
        : .fusingPosterior(graph, features: 4, hidden: 5, using: &generator)
      randomizeParameters(of: net, deviation: 0.5, seed: 53)
      return net
    }

    private func messages(_ net: BayesNet<Double>) -> [Tensor<Double>?] {
      var generator = Philox(seed: 54)
      return net.messages(
        from: .normal([3, 4], using: &generator), mode: .evaluation)
    }

    private func moments(_ distribution: (any Distribution<Double>)?) -> [Double] {
      (distribution as? Normal<Double>)?.moments.scalars ?? []
    }

    @Test(
      "A closed gate acts as a parent of zeros, and open gates change nothing",
      arguments: ["prior", "posterior"])
    func closed(_ kind: String) {
      var generator = Philox(seed: 55)
      let net = net(kind)
      let messages = kind == "prior" ? [] : messages(net)
      let values = (0..<3).map { _ in Tensor<Double>.normal([4, 3, 2], using: &generator) }
      // The edges are z3 → z2, z3 → z1 and z2 → z1.
      let closed = net.trace(at: values, messages: messages, gates: Tensor([1, 0, 1]))
      let zeroed = net.conditionals[2].distribution(
        given: .concatenated([.zeros([4, 3, 2]), values[1]], axis: -1),
        message: messages.isEmpty ? nil : messages[2], mode: .evaluation)
      #expect(moments(closed.conditionals[2]) == moments(zeroed))
      #expect(moments(closed.conditionals[2]).count == 48)
      let open = net.trace(at: values, messages: messages, gates: .ones([3]))
      let ungated = net.trace(at: values, messages: messages)
      #expect(open.logDensity.scalars == ungated.logDensity.scalars)
      #expect(open.logDensity.scalars != closed.logDensity.scalars)
    }

    @Test("A node whose gates are all closed has the same distribution in all rows")
    func allClosed() {
      var generator = Philox(seed: 56)
      let values = (0..<3).map { _ in Tensor<Double>.normal([4, 2], using: &generator) }
      let trace = net("prior").trace(at: values, gates: .zeros([3]))
      for node in 1..<3 {
        let rows = (trace.conditionals[node] as! Normal<Double>).moments.vectors
        #expect(rows.allSatisfy { $0 == rows[0] } && rows[0] != [0, 0, 0, 0])
      }
    }

    @Test(
      "The gradient with respect to the gates agrees with central differences",
      arguments: ["prior", "posterior"], [Mode.evaluation, .training])
    func gateGradient(_ kind: String, _ mode: Mode) {
      var generator = Philox(seed: 57)
      let net = net(kind)
      let messages = kind == "prior" ? [] : messages(net)
      let noise = net.noise([2, 3], using: &generator)
      let gates = Tensor<Double>([0.3, 0.8, 0.55])
      expectGradients(at: [gates] + noise, step: 1e-4, within: 1e-6) { inputs in
        let trace = try! net.sample(
          noise: Array(inputs.dropFirst()), messages: messages, gates: inputs[0], mode: mode)
        return trace.logDensity.sum() + weightedSum([trace.latents])
      }
    }
  }
}
