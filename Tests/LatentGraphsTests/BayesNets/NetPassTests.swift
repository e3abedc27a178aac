import LatentGraphs
import NeuralNetworks
import TestSupport
import Tensors
import Testing

/// A conditional that says nothing of its heads, so that a pass asks it for its distribution.
private struct Opaque: Conditional {
  typealias Scalar = Double
  let base: any Conditional<Double>

  func evidence(from features: Tensor<Double>, mode: Mode) -> Tensor<Double>? {
    base.evidence(from: features, mode: mode)
  }

  func distribution(
    given parents: Tensor<Double>?, evidence: Tensor<Double>?, mode: Mode
  ) -> any ReparameterizedDistribution<Double> {
    base.distribution(given: parents, evidence: evidence, mode: mode)
  }
}

extension BayesNet<Double> {
  /// The same net with some of its nodes opaque.
  fileprivate func hiding(_ isHidden: (Int) -> Bool) -> BayesNet {
    BayesNet(
      graph,
      conditionals: conditionals.enumerated().map { isHidden($0) ? Opaque(base: $1) : $1 })
  }
}

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
  let mode: Mode
  var testDescription: String { "\(own), gates \(gates), \(draws) draws, \(mode)" }

  static var all: [PassCase] {
    Own.allCases.flatMap { own in
      Gates.allCases.flatMap { gates in
        [
          PassCase(own: own, gates: gates, draws: 1, mode: .training),
          PassCase(own: own, gates: gates, draws: 2, mode: .training),
          PassCase(own: own, gates: gates, draws: 2, mode: .evaluation),
        ]
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

/// What is drawn and scored, and everything that gradients may flow to.
private struct Outcome {
  typealias Nets = (own: BayesNet<Double>, other: BayesNet<Double>)

  var parts: [(name: String, value: Tensor<Double>)]

  /// Numbers by name: the parts, the gradients of one number made of all of them, and the running
  /// statistics.
  static func numbers(
    _ example: PassCase, hiding isHidden: (Int) -> Bool,
    _ outcome: (Nets, [Tensor<Double>?], Tensor<Double>, [Tensor<Double>]) throws -> Outcome
  ) throws -> [(name: String, numbers: [Double])] {
    let given = try example.nets()
    let nets = (own: given.own.hiding(isHidden), other: given.other.hiding(isHidden))
    let inputs = try example.inputs()
    let (features, gates) = (inputs.features.tracked(), inputs.gates.tracked())
    var generator = Philox(seed: 36)
    let noise = nets.own.noise([example.draws, example.batch], using: &generator)
      .map { $0.tracked() }
    let evidence = nets.own.evidence(from: features, mode: example.mode)
    let outcome = try outcome(nets, evidence, gates, noise)
    var weights = Philox(seed: 35)
    let loss = outcome.parts.map { ($0.value * .normal($0.value.shape, using: &weights)).sum() }
      .reduce(Tensor(0), +)
    let named =
      [("features", features), ("gates", gates)] + noise.map { ("noise", $0) }
      + (given.own.namedParameters() + given.other.namedParameters()).map {
        ($0.name, $0.parameter.value)
      }
    let slopes = gradients(of: loss, withRespectTo: named.map(\.1))
    return outcome.parts.map { ($0.name, $0.value.scalars) }
      + zip(named, slopes).map { ($0.0, $1.scalars) }
      + (given.own.namedStatistics() + given.other.namedStatistics()).map {
        ($0.name, $0.statistic.value.scalars)
      }
  }
}

private func expectSame(
  _ a: [(name: String, numbers: [Double])], _ b: [(name: String, numbers: [Double])]
) {
  #expect(a.count == b.count && a.count > 30)
  for (a, b) in zip(a, b) {
    #expect(a.numbers.count == b.numbers.count, "\(a.name)")
    let size = b.numbers.reduce(1) { max($0, abs($1)) }
    for (x, y) in zip(a.numbers, b.numbers) where !(abs(x - y) <= 1e-12 * size) {
      Issue.record("\(a.name): \(x), \(y)")
    }
  }
}

extension GraphTests {
  /// Nodes that are normals by heads go through one operation; their twins are opaque, and go through
  /// `distribution(given:evidence:mode:)` one by one.
  @Suite("One pass through a net, and through two") struct NetPasses {
    /// Which nodes are opaque: none, and each alone, so that the operation is cut into two.
    static let hidden: [Int?] = [nil, 0, 1, 2, 3, 4]

    @Test(
      "two nets: values, scores, gradients and running statistics are those of the nodes",
      arguments: PassCase.all, hidden)
    fileprivate func twoNets(_ example: PassCase, _ hidden: Int?) throws {
      func outcome(
        _ nets: Outcome.Nets, _ evidence: [Tensor<Double>?], _ gates: Tensor<Double>,
        _ noise: [Tensor<Double>]
      ) -> Outcome {
        let values = NetPass(
          [
            .init(
              net: nets.own, evidence: evidence, gates: example.gates == .shared ? gates : nil),
            .init(net: nets.other, gates: example.gates == .none ? nil : gates),
          ], values: noise.map { .noise($0) }, rows: [example.draws, example.batch],
          mode: example.mode
        ).run()
        let (q, p) = (values.trace(0), values.trace(1))
        return Outcome(parts: [
          ("latents", values.latents), ("divergences", values.divergences),
          ("log-ratio", p.logDensity - q.logDensity),
          ("values", q.latents),
        ])
      }
      expectSame(
        try Outcome.numbers(example, hiding: { $0 == hidden }, outcome),
        try Outcome.numbers(example, hiding: { _ in true }, outcome))
    }

    @Test(
      "one net: draws, given values and interventions are those of the nodes",
      arguments: PassCase.all, hidden)
    fileprivate func oneNet(_ example: PassCase, _ hidden: Int?) throws {
      func outcome(
        _ nets: Outcome.Nets, _ evidence: [Tensor<Double>?], _ gates: Tensor<Double>,
        _ noise: [Tensor<Double>]
      ) throws -> Outcome {
        let gates = example.gates == .none ? nil : gates
        let drawn = try nets.own.sample(
          noise: noise, evidence: evidence, gates: gates, intervening: ["b": noise[3].exp()],
          conditioning: ["e": noise[4].squared()], mode: example.mode)
        let scored = nets.other.trace(at: drawn.values, gates: gates, mode: example.mode)
        return Outcome(parts: [
          ("latents", drawn.latents), ("density", drawn.logDensity),
          ("scored", scored.logDensity),
        ])
      }
      expectSame(
        try Outcome.numbers(example, hiding: { $0 == hidden }, outcome),
        try Outcome.numbers(example, hiding: { _ in true }, outcome))
    }

    @Test("without a use of the divergences an infinite one leaves no NaN behind")
    func infiniteDivergence() throws {
      let example = PassCase(own: .fusing, gates: .none, draws: 1, mode: .training)
      let (nets, inputs) = (try example.nets(), try example.inputs())
      // A prior of the child so narrow that the divergence from it overflows.
      let prior = try #require(nets.other.conditionals[3] as? NeuralGaussian<Double>)
      prior.topDown!.moments.bias!.assign(.full(-2e3, [10]))
      var generator = Philox(seed: 37)
      let sample = nets.own.sample(
        [1, 4], scoredBy: nets.other,
        evidence: nets.own.evidence(from: inputs.features, mode: .training), gates: nil,
        otherGates: nil, mode: .training, using: &generator)
      // Asked for before the gradient is taken, and not used.
      #expect(sample.divergences.scalars.contains(.infinity))
      let slopes = gradients(
        of: sample.latents.sum(),
        withRespectTo: nets.own.namedParameters().map(\.parameter.value))
      #expect(slopes.allSatisfy { $0.isFinite })
    }
  }
}
