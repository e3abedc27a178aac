import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

/// A conditional that hides its heads, so that a pass must use its distribution.
private struct Opaque: Conditional {
  typealias Scalar = Double
  let base: any Conditional<Double>

  func message(from features: Tensor<Double>, mode: Mode) -> Tensor<Double>? {
    base.message(from: features, mode: mode)
  }

  func distribution(
    given parents: Tensor<Double>?, message: Tensor<Double>?, mode: Mode
  ) -> any Distribution<Double> {
    base.distribution(given: parents, message: message, mode: mode)
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

/// Two nets with the same graph, and the way in which they are evaluated.
private struct PassCase: CustomTestStringConvertible {
  enum Gates: CaseIterable { case none, shared, ofOther }
  enum Own: CaseIterable {
    /// The posterior of the Graph VAE.
    case fusing
    /// Normals that depend on the parents only, as in a prior; the roots are standard normal.
    case predicting
    /// One head shared by two nodes, and a node that does not depend on its parents.
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

  /// The nodes are not in the order of sampling, and a root is among them. Of the nodes "d" and
  /// "c", which may share a head, the first is a child of the second.
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

/// The results of a pass.
private struct Outcome {
  typealias Nets = (own: BayesNet<Double>, other: BayesNet<Double>)

  var parts: [(name: String, value: Tensor<Double>)]

  /// All numbers to be compared, by name: the parts, the gradients of a weighted sum of the parts
  /// with respect to everything that gradients may flow to, and the running statistics.
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
    let messages = nets.own.messages(from: features, mode: example.mode)
    let outcome = try outcome(nets, messages, gates, noise)
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
      + (given.own.namedBuffers() + given.other.namedBuffers()).map {
        ($0.name, $0.buffer.value.scalars)
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
  /// Nodes that are normals given by heads are evaluated in one operation. Opaque nodes are
  /// evaluated one by one by `distribution(given:message:mode:)` and serve as the reference.
  @Suite("Passes through one net and through two nets") struct NetPasses {
    /// Which node is opaque: none, or one of them, which splits the operation into two.
    static let hidden: [Int?] = [nil, 0, 1, 2, 3, 4]

    @Test(
      "A pass through two nets gives the values, gradients and statistics of the separate nodes",
      arguments: PassCase.all, hidden)
    fileprivate func twoNets(_ example: PassCase, _ hidden: Int?) throws {
      func outcome(
        _ nets: Outcome.Nets, _ messages: [Tensor<Double>?], _ gates: Tensor<Double>,
        _ noise: [Tensor<Double>]
      ) -> Outcome {
        let values = try! NetPass(
          [
            .init(
              net: nets.own, messages: messages, gates: example.gates == .shared ? gates : nil),
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
      "A pass through one net with interventions gives the results of the separate nodes",
      arguments: PassCase.all, hidden)
    fileprivate func oneNet(_ example: PassCase, _ hidden: Int?) throws {
      func outcome(
        _ nets: Outcome.Nets, _ messages: [Tensor<Double>?], _ gates: Tensor<Double>,
        _ noise: [Tensor<Double>]
      ) throws -> Outcome {
        let gates = example.gates == .none ? nil : gates
        let drawn = try nets.own.sample(
          noise: noise, messages: messages, gates: gates, intervening: ["b": noise[3].exp()],
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

    @Test("An infinite divergence that is not used does not make gradients NaN")
    func infiniteDivergence() throws {
      let example = PassCase(own: .fusing, gates: .none, draws: 1, mode: .training)
      let (nets, inputs) = (try example.nets(), try example.inputs())
      // The prior of this child is so narrow that the divergence overflows.
      let prior = try #require(nets.other.conditionals[3] as? NeuralGaussian<Double>)
      prior.topDown.moments.bias!.assign(.full(-2e3, [10]))
      var generator = Philox(seed: 37)
      let sample = nets.own.sample(
        [1, 4], scoredBy: nets.other,
        messages: nets.own.messages(from: inputs.features, mode: .training), gates: nil,
        otherGates: nil, mode: .training, using: &generator)
      // The divergences are computed but are not part of the loss.
      #expect(sample.divergences.scalars.contains(.infinity))
      let slopes = gradients(
        of: sample.latents.sum(),
        withRespectTo: nets.own.namedParameters().map(\.parameter.value))
      #expect(slopes.allSatisfy { $0.isFinite })
    }
  }
}
