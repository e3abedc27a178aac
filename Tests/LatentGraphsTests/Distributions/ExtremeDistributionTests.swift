import Foundation
import LatentGraphs
import Testing

extension GraphTests {
  /// Densities where a textbook formula overflows, underflows or cancels, with their limits.
  @Suite("Distributions at extreme arguments") struct ExtremeDistributions {
    private func expect(
      _ distribution: some Distribution<Double>, at x: Double, _ expected: Double,
      within tolerance: Double = 1e-14, sourceLocation: SourceLocation = #_sourceLocation
    ) {
      let density = distribution.logDensity(of: Tensor([x])).scalar
      #expect(
        abs(density - expected) <= tolerance * max(1, abs(expected)),
        "\(type(of: distribution)) at \(x): \(density), expected \(expected)",
        sourceLocation: sourceLocation)
    }

    private func one(_ x: Double) -> Tensor<Double> { Tensor([x]) }

    @Test("Large parameters keep the digits of the density")
    func large() {
      let half = 0.5 * log(2 * Double.pi)
      expect(
        Gamma(concentration: one(1e12), rate: one(1e12)), at: 1, 0.5 * log(1e12) - half - 1 / 12e12)
      expect(Beta(alpha: one(1e10), beta: one(1e10)), at: 0.5, 0.5 * log(8e10) - half - 1 / 8e10)
      expect(Poisson(rate: one(1e15)), at: 1e15, -0.5 * log(1e15) - half)
      expect(Binomial(totalCount: one(1e15), logits: one(0)), at: 5e14, -0.5 * log(2.5e14) - half)
      expect(
        NegativeBinomial(totalCount: one(1e15), logits: one(0)), at: 1e15, -0.5 * log(2e15) - half)
      let student = StudentT(degreesOfFreedom: one(1e16), location: one(0), scale: one(1))
      expect(student, at: 3, -4.5 - half)
      let vector = MultivariateStudentT(
        degreesOfFreedom: 1e16, location: .zeros([2]),
        precision: DiagonalPrecision<Double>(logFactor: .zeros([2])))
      let density = vector.logDensity(of: Tensor([3, 4])).scalar
      #expect(abs(density - (-12.5 - 2 * half)) < 1e-13)
    }

    @Test("Values and parameters near the ends of the range give finite densities")
    func ends() {
      expect(
        StudentT(degreesOfFreedom: one(2), location: one(0), scale: one(1)), at: 1e200,
        -3 * log(1e200))
      expect(HalfCauchy(scale: one(1)), at: 1e300, log(2 / Double.pi) - 2 * log(1e300))
      expect(
        Gamma(concentration: one(0.5), rate: one(1e-300)), at: 1e300,
        -0.5 * log(1e300) - 0.5 * log(Double.pi) - 0.5 * log(1e300) - 1)
      expect(
        Gamma(concentration: one(20), rate: one(1e-200)), at: 1e-200,
        20 * log(1e-200) + 19 * log(1e-200) - lgamma(20))
      expect(Gamma(concentration: one(1e-300), rate: one(1)), at: 1, log(1e-300) - 1)
      expect(Uniform(low: one(-1.7e308), high: one(1.7e308)), at: 0, -log(1.7e308) - log(2))
      expect(
        Laplace(location: one(-1.7e308), scale: one(1e308)), at: 1.7e308,
        -3.4 - log(1e308) - log(2))
      expect(
        LogNormal(location: one(0), scale: one(1)), at: .leastNonzeroMagnitude,
        {
          let t = log(Double.leastNonzeroMagnitude)
          return -t - 0.5 * log(2 * Double.pi) - 0.5 * t * t
        }())
      expect(Binomial(totalCount: one(3), logits: one(-800)), at: 0, -3 * exp(-800))
      expect(Binomial(totalCount: one(3), logits: one(-800)), at: 3, -2400)
      expect(Binomial(totalCount: one(3), logits: one(-800)), at: 1, log(3) - 800)
      expect(NegativeBinomial(totalCount: one(2), logits: one(-800)), at: 1, log(2) - 800)
      expect(Exponential(rate: one(1e-300)), at: 1e300, log(1e-300) - 1)
    }

    @Test("The density at an end of the support is the limit from inside")
    func limits() {
      let zeros = Tensor<Double>.zeros([3, 1])
      let shapes = Tensor<Double>([0.5, 1, 2], shape: [3, 1])
      let gamma = Gamma(concentration: shapes, rate: Tensor([2])).logDensity(of: zeros)
      #expect(gamma.scalars == [.infinity, log(2), -.infinity])
      let beta = Beta(alpha: shapes, beta: Tensor([2])).logDensity(of: zeros)
      #expect(beta.scalars == [.infinity, log(2), -.infinity])
      let other = Beta(alpha: Tensor([2]), beta: shapes).logDensity(of: .ones([3, 1]))
      #expect(other.scalars == [.infinity, log(2), -.infinity])
    }

    @Test("Draws for small and large parameters are finite, and so are their gradients")
    func draws() {
      var generator = Philox(seed: 1)
      func check(_ parameters: [Tensor<Double>], _ draw: ([Tensor<Double>]) -> Tensor<Double>) {
        let variables = parameters.map { $0.tracked() }
        let x = draw(variables)
        #expect(x.isFinite)
        let slopes = gradients(of: x.sum(), withRespectTo: variables)
        #expect(slopes.allSatisfy { $0.isFinite })
      }
      let shapes = Tensor<Double>([1e-5, 1e-3, 0.1, 1, 63, 65, 1e4, 1e8, 1e12])
      let ones = Tensor<Double>.ones([9])
      check([shapes, ones]) {
        Gamma(concentration: $0[0], rate: $0[1]).sample(200, using: &generator)
      }
      check([shapes, ones]) { Beta(alpha: $0[0], beta: $0[1]).sample(200, using: &generator) }
      check([shapes]) { Dirichlet(concentration: $0[0]).sample(200, using: &generator) }
      let degrees = Tensor<Double>([0.5, 1, 3, 1e3, 1e8, 1e12])
      check([degrees]) {
        StudentT(degreesOfFreedom: $0[0], location: .zeros([6]), scale: .ones([6]))
          .sample(200, using: &generator)
      }
      let counts = Poisson(rate: Tensor<Double>([1e-300, 9.99, 10.01, 1e6, 1e15]))
        .sample(200, using: &generator)
      #expect(counts.isFinite && counts.slice(at: 0, axis: 1).scalars.allSatisfy { $0 == 0 })
      let bounded = Binomial(
        totalCount: Tensor<Double>([1e15, 1e15, 1e15, 0]), logits: Tensor([-800, 800, 0.1, 0.1]))
      let successes = bounded.sample(100, using: &generator)
      #expect(bounded.support.contains(successes).scalars.allSatisfy { $0 == 1 })
      #expect(successes.slice(at: 0, axis: 1).scalars.allSatisfy { $0 == 0 })
      #expect(successes.slice(at: 1, axis: 1).scalars.allSatisfy { $0 == 1e15 })
    }

    @Test("Nearly equal distributions have an accurate divergence")
    func nearDivergences() {
      let d = 0x1p-30
      let (a, b) = (one(1), one(1 + d))
      // Half the Fisher information times d², with a relative error of about d.
      func expect(_ divergence: Tensor<Double>, _ information: Double) {
        #expect(abs(divergence.scalar / (0.5 * information * d * d) - 1) < 10 * d)
      }
      expect(Exponential(rate: a).klDivergence(from: Exponential(rate: b)), 1)
      expect(Poisson(rate: a).klDivergence(from: Poisson(rate: b)), 1)
      expect(HalfNormal(scale: a).klDivergence(from: HalfNormal(scale: b)), 2)
      expect(HalfCauchy(scale: a).klDivergence(from: HalfCauchy(scale: b)), 0.5)
      expect(
        LogNormal(location: one(0), scale: a).klDivergence(
          from: LogNormal(location: one(0), scale: b)), 2)
      expect(
        Laplace(location: one(0), scale: a).klDivergence(
          from: Laplace(location: one(0), scale: b)), 1)
      expect(
        Categorical(logits: Tensor([0, 0])).klDivergence(
          from: Categorical(logits: Tensor([0, d]))),
        0.25)
    }

    @Test("Quantiles in far tails have their probabilities")
    func quantiles() {
      let p = Tensor<Double>([1e-30, 1e-8, 0.3, 0.5, 0.7, 1 - 0x1p-40])
      func check(_ distribution: some QuantileDistribution<Double>) {
        let found = distribution.cumulativeProbability(of: distribution.quantile(of: p))
        let error = ((found - p) / p).abs()
        #expect(error.scalars.allSatisfy { $0 < 1e-11 }, "\(type(of: distribution)): \(error)")
        let ends = distribution.quantile(of: Tensor([0, 1, -0.1, 1.1, .nan, 0.5])).scalars
        #expect(ends[2].isNaN && ends[3].isNaN && ends[4].isNaN)
        #expect(ends[0] < ends[5] && ends[5] < ends[1])
      }
      for a in [0.2, 3, 63, 65, 1e5] {
        check(Gamma(concentration: .full(a, [6]), rate: .full(2, [6])))
        check(Beta(alpha: .full(a, [6]), beta: .full(5, [6])))
        check(
          StudentT(degreesOfFreedom: .full(a, [6]), location: .zeros([6]), scale: .ones([6])))
      }
    }
  }
}
