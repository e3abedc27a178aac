import Foundation
import LatentGraphs
import NeuralNetworks
import Tensors
import TestSupport
import Testing

/// A node whose distribution has no parents.
private struct Root<Scalar: TensorScalar>: Conditional {
  let law: any Distribution<Scalar>

  func distribution(
    given parents: Tensor<Scalar>?, message: Tensor<Scalar>?, mode: Mode
  ) -> any Distribution<Scalar> { law }
}

private func root<Scalar>(_ law: any Distribution<Scalar>) throws -> BayesNet<Scalar> {
  BayesNet(
    try LatentGraph([.init("root", dimension: law.dimension)]), conditionals: [Root(law: law)])
}

/// A pair of distributions whose draws are rounded to an end of the support, and their divergence by
/// mpmath: in closed form, or by quadrature.
enum BoundaryPair: String, CaseIterable, CustomTestStringConvertible, Sendable {
  case relaxedBernoulli, relaxedCategorical, sigmoid, sigmoids, exponentials, affineSigmoids
  case beta, betas, smallBetas, gammas, dirichlet, mixtures, products

  var testDescription: String { rawValue }

  func laws<Scalar: TensorScalar>(_: Scalar.Type) -> (
    any Distribution<Scalar>, any Distribution<Scalar>
  ) {
    func beta(_ a: Scalar) -> Beta<Scalar> { Beta(alpha: Tensor([a]), beta: Tensor([a])) }
    func normal(_ s: Scalar) -> Normal<Scalar> {
      Normal(mean: Tensor([0]), logStandardDeviation: Tensor([s]).log())
    }
    func sigmoid(_ s: Scalar) -> TransformedDistribution<Normal<Scalar>, SigmoidMap<Scalar>> {
      TransformedDistribution(normal(s), by: SigmoidMap())
    }
    func gamma(_ a: Scalar) -> Gamma<Scalar> {
      Gamma(concentration: Tensor([a]), rate: Tensor([1]))
    }
    func dirichlet(_ a: Scalar) -> Dirichlet<Scalar> {
      Dirichlet(concentration: .full(a, [10]))
    }
    switch self {
    case .relaxedBernoulli:
      return (
        RelaxedBernoulli(logits: Tensor([1]), temperature: 0.1),
        RelaxedBernoulli(logits: Tensor([0]), temperature: 0.5)
      )
    case .relaxedCategorical:
      return (
        RelaxedCategorical(logits: Tensor([0, 1, 2]), temperature: 0.05),
        RelaxedCategorical(logits: Tensor([0, 0, 0]), temperature: 0.5)
      )
    case .sigmoid: return (sigmoid(5), beta(1))
    case .sigmoids: return (sigmoid(10), sigmoid(9))
    case .exponentials:
      return (
        TransformedDistribution(normal(40), by: ExponentialMap()),
        TransformedDistribution(normal(50), by: ExponentialMap())
      )
    case .affineSigmoids:
      return (
        TransformedDistribution(
          sigmoid(10), by: AffineMap(shift: Tensor([1]), scale: Tensor([-2]))),
        TransformedDistribution(sigmoid(9), by: AffineMap(shift: Tensor([1]), scale: Tensor([-2])))
      )
    case .beta: return (beta(0.3), beta(1))
    case .betas: return (beta(0.5), beta(0.6))
    case .smallBetas: return (beta(0.05), beta(0.2))
    case .gammas: return (gamma(0.05), gamma(0.1))
    case .dirichlet: return (dirichlet(0.1), dirichlet(1))
    case .mixtures:
      return (
        Mixture(logits: Tensor([0, 0]), components: [beta(0.05), beta(0.05)]),
        Mixture(logits: Tensor([0, 1]), components: [beta(0.2), beta(0.2)])
      )
    case .products:
      return (
        IndependentProduct(gamma(0.05), beta(0.05)), IndependentProduct(gamma(0.1), beta(0.2))
      )
    }
  }

  var divergence: Double {
    switch self {
    case .relaxedBernoulli: 4.651430986633373
    case .relaxedCategorical: 31.398  // ± 0.003, by numpy with 4·10⁷ draws
    case .sigmoid: 1.2127183837268974
    case .sigmoids, .affineSigmoids: log(0.9) + 100.0 / 162 - 0.5
    case .exponentials: log(1.25) + 0.32 - 0.5
    case .beta: 0.9533048800628035
    case .betas: 0.01437079251656360
    case .smallBetas, .mixtures: 1.588631092057168
    case .gammas: 0.3087257002474687
    case .dirichlet: 53.28989948216237
    case .products: 1.588631092057168 + 0.3087257002474687
    }
  }
}

extension GraphTests {
  @Suite("Draws at the ends of the support") struct BoundaryDrawTests {
    /// Expects that independent estimates have this mean. The comparison fails for one seed in 10⁶.
    private func expectMean(_ estimates: [Double], _ expected: Double, _ comment: String) {
      let n = Double(estimates.count)
      let mean = estimates.reduce(0, +) / n
      let variance = estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
      let bound = 1.1 * deviations(rate: 1e-6, comparisons: 1) * (variance / n).squareRoot()
      #expect(abs(mean - expected) <= bound, "\(comment): \(mean), expected \(expected) ± \(bound)")
    }

    private func check<Scalar: TensorScalar>(_ pair: BoundaryPair, _: Scalar.Type) throws {
      let (q, p) = pair.laws(Scalar.self)
      var generator = Philox(seed: 1)
      let estimates = (0..<200).map { _ in
        Double(estimate(q, p, using: &generator).scalar)
      }
      expectMean(estimates, pair.divergence, "\(pair) of \(Scalar.self)")
      // The affine map rounds values that are near an end of its base.
      if pair != .affineSigmoids {
        let draws = q.sample(20_000, using: &generator)
        #expect(draws.isFinite && q.logDensity(of: draws).isFinite)
        #expect(q.support.contains(draws).scalars.allSatisfy { $0 == 1 })
      }
      // The same in a net.
      let drawn = try root(q).sample([200_000], using: &generator)
      let scored = try root(p).trace(at: drawn.values)
      expectMean(
        sampledDivergences(drawn, scored)[0].scalars.map { Double($0) }, pair.divergence,
        "\(pair) in a net")
    }

    private func estimate<Scalar>(
      _ q: some Distribution<Scalar>, _ p: some Distribution<Scalar>, using generator: inout Philox
    ) -> Tensor<Scalar> { q.sampledKLDivergence(from: p, draws: 1000, using: &generator) }

    @Test(
      "A sampled divergence is unbiased where draws are rounded to an end",
      arguments: BoundaryPair.allCases)
    func divergence(_ pair: BoundaryPair) throws {
      try check(pair, Float.self)
      try check(pair, Double.self)
    }

    @Test("A sampled divergence is NaN where a draw has lost the digits that the other law needs")
    func refused() throws {
      var generator = Philox(seed: 2)
      let q = Beta<Float>(alpha: Tensor([0.1]), beta: Tensor([0.1]))
      let p = Uniform<Float>(low: Tensor([0]), high: Tensor([1]))
      #expect(q.sampledKLDivergence(from: p, draws: 1000, using: &generator).scalar.isNaN)
      let drawn = try root(q).sample([1000], using: &generator)
      let parts = sampledDivergences(drawn, try root(p).trace(at: drawn.values))[0].scalars
      #expect(parts.contains { $0.isNaN } && parts.contains { $0.isFinite })
    }

    @Test("The gradient of a sampled divergence at a coordinate is that of the closed form")
    func gradient() {
      func check(_ a: [Double], _ law: ([Tensor<Double>]) -> any Distribution<Double>) {
        let n = 40_000
        let rows = a.map { Tensor<Double>.full($0, [n, 1]).tracked() }
        let single = a.map { Tensor<Double>([$0]).tracked() }
        var generator = Philox(seed: 3)
        let other = law(a.map { Tensor([1.5 * $0]) })
        func sampled(_ q: some Distribution<Double>) -> Tensor<Double> {
          q.sampledKLDivergence(from: other, draws: 1, using: &generator).sum()
        }
        let found = gradients(of: sampled(law(rows)), withRespectTo: rows)
        let exact = gradients(
          of: law(single).exactKLDivergence(from: other)!, withRespectTo: single)
        for (a, b) in zip(found, exact) { expectMean(a.scalars, b.scalar, "gradient") }
      }
      check([0.05, 0.2]) { Beta(alpha: $0[0], beta: $0[1]) }
      check([0.003, 2]) { Gamma(concentration: $0[0], rate: $0[1]) }
      check([0.3, 2]) {
        TransformedDistribution(
          Normal(mean: $0[0], logStandardDeviation: $0[1]), by: SigmoidMap<Double>())
      }
    }

    @Test("A Dirichlet variable of small concentrations has the gradient of the closed form")
    func dirichletGradient() {
      let n = 40_000
      let a = Tensor<Double>([0.01, 0.02, 0.1])
      let (rows, single) = (a.broadcast(to: [n, 3]).snapshot().tracked(), a.tracked())
      let other = Dirichlet<Double>(concentration: Tensor([0.02, 0.02, 0.05]))
      var generator = Philox(seed: 4)
      let sampled = Dirichlet(concentration: rows)
        .sampledKLDivergence(from: other, draws: 1, using: &generator)
      let exact = Dirichlet(concentration: single).klDivergence(from: other)
      expectMean(sampled.scalars, exact.scalar, "value")
      let found = gradients(of: sampled.sum(), withRespectTo: [rows])[0]
      let slopes = gradients(of: exact, withRespectTo: [single])[0].scalars
      for (i, slope) in slopes.enumerated() {
        expectMean(found.slice(at: i, axis: 1).scalars, slope, "slope \(i)")
      }
    }

    @Test("Laws that are transformed by the same map have the divergence of their bases")
    func exact() {
      func law(_ m: Double, _ shift: Double) -> any Distribution<Double> {
        TransformedDistribution(
          Normal<Double>(mean: Tensor([m, 0]), logStandardDeviation: .zeros([2])),
          by: Composition(
            AffineMap(shift: Tensor([shift]), scale: Tensor([2])), then: StickBreakingMap()))
      }
      #expect(law(1, 0).exactKLDivergence(from: law(0, 0))?.scalars == [0.5])
      #expect(law(1, 0).exactKLDivergence(from: law(0, 1)) == nil)
    }

    @Test("A normal variable on a simplex is a node of a net")
    func simplexNode() throws {
      let law = TransformedDistribution(
        Normal<Double>.standard(2), by: StickBreakingMap<Double>())
      let net = try root(law)
      var generator = Philox(seed: 5)
      let drawn = net.sample([4], using: &generator)
      #expect(drawn["root"].shape == [4, 3] && drawn.logDensity.isFinite)
      expectClose(drawn["root"].sum(axis: -1), [1, 1, 1, 1], within: 1e-15)
      #expect(
        throws: LatentGraphError.noiseOfAnotherLaw(
          node: "root", distribution: "\(type(of: law))")
      ) { try net.sample(noise: [.zeros([4, 3])]) }
    }
  }
}
