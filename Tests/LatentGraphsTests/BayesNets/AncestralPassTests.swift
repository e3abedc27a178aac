import LatentGraphs
import NeuralNetworks
import TestSupport
import Tensors
import Testing

/// Two nets on one graph and what they are given.
private struct PassCase: CustomTestStringConvertible {
  enum Gates: CaseIterable { case none, shared, ofOther }
  enum Own: CaseIterable {
    /// The posterior of the Graph VAE.
    case fusing
    /// Normals that see the parents alone, as of a prior; the roots are standard.
    case predicting
    /// One head for two nodes, and a node that does not look at its parents.
    case sharing
  }

  let own: Own
  let gates: Gates
  let draws: Int
  var testDescription: String { "\(own), gates \(gates), \(draws) draws" }

  static var all: [PassCase] {
    Own.allCases.flatMap { own in
      Gates.allCases.flatMap { gates in
        [1, 2].map { PassCase(own: own, gates: gates, draws: $0) }
      }
    }
  }

  let batch = 4
  let features = 3

  /// The nodes are not in the order of sampling, a root stands among them, and of "d" and "c", which
  /// may share a head, the first sees the second.
  func graph() throws -> LatentGraph {
    try LatentGraph([
      .init("d", dimension: 2, parents: ["c", "b"]), .init("a", dimension: 2),
      .init("c", dimension: 2, parents: ["b", "a"]), .init("b", dimension: 5, parents: ["a"]),
      .init("e", dimension: 1),
    ])
  }

  func nets() throws -> (own: BayesNet<Double>, other: BayesNet<Double>) {
    var generator = Philox(seed: 31)
    let graph = try graph()
    let other = BayesNet<Double>.neuralPrior(graph, hidden: 6, using: &generator)
    let net: BayesNet<Double>
    switch own {
    case .fusing:
      net = .fusingPosterior(graph, features: features, hidden: 6, using: &generator)
    case .predicting:
      net = .neuralPrior(graph, hidden: 5, using: &generator)
    case .sharing:
      let shared = PrecisionWeightedFusion<Double>(
        features: features, parents: 7, dimension: 2, hidden: 6, using: &generator)
      net = BayesNet(graph) { node, parents in
        switch graph.nodes[node].name {
        case "c", "d": shared
        case "b": StandardNormal(5)
        default:
          PrecisionWeightedFusion(
            features: features, parents: parents, dimension: graph.nodes[node].dimension,
            hidden: 6, using: &generator)
        }
      }
    }
    randomizeParameters(of: net, deviation: 0.5, seed: 32)
    randomizeParameters(of: other, deviation: 0.5, seed: 33)
    return (net, other)
  }

  func inputs() throws -> (features: Tensor<Double>, gates: Tensor<Double>) {
    var generator = Philox(seed: 34)
    return (
      .normal([batch, features], using: &generator),
      .uniform([try graph().edges.count], using: &generator)
    )
  }
}

/// What a pass and its twin give: values, then gradients and running statistics.
private struct Outcome {
  var latents, divergences, logRatio: Tensor<Double>

  /// One number of everything that can be asked for.
  var loss: Tensor<Double> {
    var generator = Philox(seed: 35)
    return [latents, divergences, logRatio]
      .map { ($0 * .normal($0.shape, using: &generator)).sum() }.reduce(Tensor(0), +)
  }
}

extension GraphTests {
  @Suite("AncestralPass: a net and its scores as one operation") struct AncestralPasses {
    private func pass(
      _ example: PassCase, _ nets: (own: BayesNet<Double>, other: BayesNet<Double>),
      features: Tensor<Double>, gates: Tensor<Double>
    ) throws -> Outcome {
      var generator = Philox(seed: 36)
      let rows: Shape = [example.draws, example.batch]
      let sample = try #require(
        AncestralPass(
          nets.own, scoredBy: nets.other, noise: nets.own.noise(rows, using: &generator),
          evidence: nets.own.evidence(from: features, mode: .training),
          gates: example.gates == .none ? nil : gates, areGatesShared: example.gates == .shared)
      ).sample()
      let (q, p) = sample.traces()
      return Outcome(
        latents: sample.latents, divergences: sample.divergences(),
        logRatio: p.logDensity - q.logDensity)
    }

    /// The same by the operations of each node.
    private func twin(
      _ example: PassCase, _ nets: (own: BayesNet<Double>, other: BayesNet<Double>),
      features: Tensor<Double>, gates: Tensor<Double>
    ) throws -> Outcome {
      var generator = Philox(seed: 36)
      let rows: Shape = [example.draws, example.batch]
      let q = try nets.own.sample(
        noise: nets.own.noise(rows, using: &generator),
        evidence: nets.own.evidence(from: features, mode: .training),
        gates: example.gates == .shared ? gates : nil, mode: .training)
      let p = nets.other.trace(
        at: q.values, gates: example.gates == .none ? nil : gates, mode: .training)
      return Outcome(
        latents: q.latents,
        divergences: .stacked(klDivergences(q, p).map { $0.broadcast(to: rows) }),
        logRatio: p.logDensity - q.logDensity)
    }

    @Test(
      "values, gradients and running statistics are those of its parts", arguments: PassCase.all)
    fileprivate func agreement(_ example: PassCase) throws {
      func results(
        _ outcome: (
          PassCase, (own: BayesNet<Double>, other: BayesNet<Double>), Tensor<Double>,
          Tensor<Double>
        ) throws -> Outcome
      ) throws -> [(name: String, numbers: [Double])] {
        let nets = try example.nets()
        let inputs = try example.inputs()
        let (features, gates) = (inputs.features.tracked(), inputs.gates.tracked())
        let outcome = try outcome(example, nets, features, gates)
        let named =
          [("features", features), ("gates", gates)]
          + (nets.own.namedParameters() + nets.other.namedParameters()).map {
            ($0.name, $0.parameter.value)
          }
        let slopes = gradients(of: outcome.loss, withRespectTo: named.map(\.1))
        return [
          ("latents", outcome.latents.scalars), ("divergences", outcome.divergences.scalars),
          ("log-ratio", outcome.logRatio.scalars),
        ] + zip(named, slopes).map { ($0.0, $1.scalars) }
          + (nets.own.namedStatistics() + nets.other.namedStatistics()).map {
            ($0.name, $0.statistic.value.scalars)
          }
      }
      let (a, b) = (try results(pass), try results(twin))
      #expect(a.count == b.count && a.count > 30)
      for (a, b) in zip(a, b) {
        #expect(a.numbers.count == b.numbers.count, "\(a.name)")
        let size = b.numbers.reduce(1) { max($0, abs($1)) }
        for (x, y) in zip(a.numbers, b.numbers) where !(abs(x - y) <= 1e-12 * size) {
          Issue.record("\(a.name): \(x), \(y)")
        }
      }
    }

    @Test("without a use of the divergences an infinite one leaves no NaN behind")
    func infiniteDivergence() throws {
      let example = PassCase(own: .fusing, gates: .none, draws: 1)
      let (nets, inputs) = (try example.nets(), try example.inputs())
      // A prior of the child so narrow that the divergence from it overflows.
      let prior = try #require(nets.other.conditionals[3] as? NeuralGaussian<Double>)
      prior.topDown!.moments.bias!.assign(.full(-2e3, [10]))
      var generator = Philox(seed: 37)
      let sample = try #require(
        AncestralPass(
          nets.own, scoredBy: nets.other, noise: nets.own.noise([1, 4], using: &generator),
          evidence: nets.own.evidence(from: inputs.features, mode: .training),
          gates: nil, areGatesShared: true)
      ).sample()
      // Asked for before the gradient is taken, and not used.
      #expect(sample.divergences().scalars.contains(.infinity))
      let slopes = gradients(
        of: sample.latents.sum(),
        withRespectTo: nets.own.namedParameters().map(\.parameter.value))
      #expect(slopes.allSatisfy { $0.isFinite })
    }

    @Test("is not there for nodes that are no normals by heads, or whose evidence is missing")
    func others() throws {
      let example = PassCase(own: .fusing, gates: .none, draws: 1)
      let (own, other) = try example.nets()
      var generator = Philox(seed: 38)
      let noise = own.noise([1, 4], using: &generator)
      let evidence = own.evidence(from: try example.inputs().features, mode: .training)
      func isThere(
        _ own: BayesNet<Double>, _ other: BayesNet<Double>, _ evidence: [Tensor<Double>?]
      ) -> Bool {
        AncestralPass(
          own, scoredBy: other, noise: noise, evidence: evidence, gates: nil, areGatesShared: true)
          != nil
      }
      #expect(isThere(own, other, evidence))
      #expect(!isThere(own, other, evidence.map { _ in nil }))
      #expect(!isThere(own, own, evidence))
      let linear = BayesNet<Double>(own.graph) { node, parents in
        LinearGaussian(
          parents: parents, dimension: own.graph.nodes[node].dimension, using: &generator)
      }
      #expect(!isThere(own, linear, evidence))
    }
  }
}
