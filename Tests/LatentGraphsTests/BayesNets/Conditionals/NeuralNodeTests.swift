import Foundation
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

/// A custom node: its logarithm is normal with a mean that depends on its parents.
private struct LogNormalNode: Conditional {
  typealias Scalar = Double

  let slope: Parameter<Double>

  func distribution(
    given parents: Tensor<Double>?, message: Tensor<Double>?, mode: Mode
  ) -> any Distribution<Double> {
    let sum = parents!.sum(axis: -1, keepingAxis: true)
    return ExpNormal(
      logarithm: Normal(mean: slope.value * sum, logStandardDeviation: Tensor([-0.5])))
  }
}

private struct ExpNormal: ReparameterizedDistribution {
  let logarithm: Normal<Double>
  var batchShape: Shape { logarithm.batchShape }
  var dimension: Int { logarithm.dimension }
  var support: Support<Double> { .positive }
  var mean: Tensor<Double> { (logarithm.mean + 0.5 * logarithm.variance).exp() }
  var variance: Tensor<Double> { logarithm.variance.expm1() * mean.squared() }
  var entropy: Tensor<Double> { logarithm.entropy + logarithm.mean.sum(axis: -1) }
  func logDensity(of value: Tensor<Double>) -> Tensor<Double> {
    logarithm.logDensity(of: value.log()) - value.log().sum(axis: -1)
  }
  func sample(noise: Tensor<Double>) -> Tensor<Double> { logarithm.sample(noise: noise).exp() }
}

extension GraphTests {
  @Suite("Nodes of other kinds in a net") struct NeuralNodes {
    static let structures: [GraphStructure] = [
      .diagonal(6), .chain(6), .extendedGrid(height: 2, width: 3), .dense(6),
    ]

    /// A net with the edges style → stroke, style → place and stroke → place. The node stroke is a
    /// graphical model.
    private func net(_ structure: GraphStructure, hidden: Int = 5) throws -> BayesNet<Double> {
      let graph = try LatentGraph([
        .init("place", dimension: 2, parents: ["stroke", "style"]),
        .init("style", dimension: 3),
        .init("stroke", dimension: structure.dimension, parents: ["style"]),
      ])
      var generator = Philox(seed: 61)
      let net = BayesNet<Double>(
        graph,
        conditionals: [
          NeuralGaussian(parents: 9, dimension: 2, hidden: 5, using: &generator),
          StandardNormal(3),
          NeuralGaussianGraph(parents: 3, structure: structure, hidden: hidden, using: &generator),
        ])
      randomizeParameters(of: net, deviation: 0.4, seed: 62)
      return net
    }

    @Test(
      "A node that is a graphical model has the density of the dense Gaussian",
      arguments: structures)
    func density(_ structure: GraphStructure) throws {
      var generator = Philox(seed: 63)
      let drawn = try net(structure).sample([2, 2], using: &generator)
      let model = try #require(drawn.conditionals[2] as? GaussianGraphicalModel<Double>)
      #expect(model.batchShape == [2, 2])
      let k = structure.dimension
      let precisions = model.precision.matrix.scalars
      let exact = model.mean.vectors.enumerated().map { row, mean in
        let rows = (0..<k).map { i in
          Array(precisions[(row * k + i) * k..<(row * k + i + 1) * k])
        }
        let (_, logDeterminant) = Matrix(rows).inverted()
        let residual = zip(drawn["stroke"].vectors[row], mean).map { $0 - $1 }
        return 0.5
          * (logDeterminant - Double(k) * log(2 * .pi) - dot(residual, Matrix(rows) * residual))
      }
      expectClose(drawn.logDensities[2]!, exact, within: 1e-12)
      let sum = drawn.logDensities.reduce(Tensor<Double>.zeros([2, 2])) { $0 + $1! }
      expectClose(drawn.logDensity, sum.scalars, within: 1e-14)
    }

    @Test(
      "The gradients of all parameters of a net with a graphical model agree with differences",
      arguments: structures, [0, 5])
    func gradient(_ structure: GraphStructure, hidden: Int) throws {
      let (net, other) = (try net(structure, hidden: hidden), try net(.chain(6)))
      var generator = Philox(seed: 64)
      let noise = net.noise([4], using: &generator)
      #expect(net.namedParameters().count == 7 + (hidden > 0 ? 4 : 2))
      expectGradients(of: net) {
        let drawn = try! net.sample(noise: noise, mode: .training)
        let divergences = klDivergences(drawn, other.trace(at: drawn.values, mode: .training))
        return weightedSum([drawn.latents, drawn.logDensity] + divergences) * 0.1
      }
    }

    @Test(
      "In a posterior, a root depends on the messages, and a child on the messages and its parents")
    func messages() throws {
      var generator = Philox(seed: 65)
      let graph = LatentGraph.chain(nodes: 2, dimension: 4)
      let net = BayesNet<Double>(graph) { _, parents in
        NeuralGaussianGraph(
          parents: parents, features: 3, structure: .chain(4), hidden: 5, using: &generator)
      }
      randomizeParameters(of: net, deviation: 0.4, seed: 66)
      let features = Tensor<Double>.normal([3, 3], using: &generator)
      let messages = net.messages(from: features, mode: .evaluation)
      let noise = net.noise([2, 3], using: &generator)
      let drawn = try net.sample(noise: noise, messages: messages)
      #expect(drawn.conditionals.map { $0!.batchShape } == [[3], [2, 3]])
      expectRows(of: net, features: features, noise: noise, drawn: drawn)
    }

    @Test("A batch of draws equals the draws made one by one")
    func batched() throws {
      var generator = Philox(seed: 67)
      let graph = LatentGraph.fullyConnected(nodes: 3, dimension: 2)
      let net = BayesNet<Double>.fusingPosterior(graph, features: 3, hidden: 5, using: &generator)
      randomizeParameters(of: net, deviation: 0.4, seed: 68)
      let features = Tensor<Double>.normal([3, 3], using: &generator)
      let noise = net.noise([2, 3], using: &generator)
      let drawn = try net.sample(
        noise: noise, messages: net.messages(from: features, mode: .evaluation))
      expectRows(of: net, features: features, noise: noise, drawn: drawn)
    }

    private func expectRows(
      of net: BayesNet<Double>, features: Tensor<Double>, noise: [Tensor<Double>],
      drawn: Trace<Double>
    ) {
      for draw in 0..<2 {
        for row in 0..<3 {
          let alone = try! net.sample(
            noise: noise.map { $0.slice(at: draw).slice(row..<row + 1) },
            messages: net.messages(from: features.slice(row..<row + 1), mode: .evaluation))
          expectClose(
            alone.latents, drawn.latents.slice(at: draw).slice(row..<row + 1).scalars,
            within: 1e-13)
          expectClose(alone.logDensity, [drawn.logDensity[draw, row]], within: 1e-13)
        }
      }
    }

    @Test("A custom node is sampled, scored and trained like any other")
    func own() throws {
      let graph = try LatentGraph([
        .init("rate", dimension: 1, parents: ["cause"]), .init("cause", dimension: 2),
      ])
      let own = LogNormalNode(slope: Parameter(Tensor([0.7])))
      let net = BayesNet<Double>(graph, conditionals: [own, StandardNormal(2)])
      #expect(net.namedParameters().map(\.name) == ["conditionals.0.slope"])
      var generator = Philox(seed: 69)
      let drawn = net.sample([5], using: &generator)
      let exact = zip(drawn["rate"].vectors, drawn["cause"].vectors).map { rate, cause in
        let (mean, deviation) = (0.7 * (cause[0] + cause[1]), exp(-0.5))
        let z = (log(rate[0]) - mean) / deviation
        let density = -0.5 * z * z - log(deviation * rate[0]) - 0.5 * log(2 * .pi)
        return density - 0.5 * dot(cause, cause) - log(2 * .pi)
      }
      expectClose(drawn.logDensity, exact, within: 1e-12)
      let noise = net.noise([3], using: &generator)
      expectGradients(of: net) {
        try! net.sample(noise: noise).logDensity.sum()
      }
    }

    @Test("The sampled KL divergence of a custom kind is right, although its exact one is nil")
    func ownDivergence() throws {
      let graph = try LatentGraph([
        .init("cause", dimension: 2), .init("rate", dimension: 1, parents: ["cause"]),
      ])
      let nets = [0.7, 0.2].map { slope in
        BayesNet<Double>(
          graph,
          conditionals: [StandardNormal(2), LogNormalNode(slope: Parameter(Tensor([slope])))])
      }
      // The divergence is that of the logarithms, ½(0.5·s)²/e⁻¹. Its mean over s ~ N(0, 2) is e/4.
      var generator = Philox(seed: 70)
      let drawn = nets[0].sample([50_000], using: &generator)
      let sampled = sampledDivergences(drawn, nets[1].trace(at: drawn.values))[1]
      expectCalibrated(slack: 1.03) { $0.compareMean(of: sampled, exp(1) / 4) }
      let node = drawn.conditionals[1]!
      #expect(node.exactKLDivergence(from: node) == nil)
    }
  }
}
