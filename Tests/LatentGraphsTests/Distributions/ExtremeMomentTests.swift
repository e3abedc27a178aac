import Foundation
import LatentGraphs
import Tensors
import TestSupport
import Testing

extension GraphTests {
  /// Moments, draws, entropies and divergences at extreme parameters. The values are by mpmath.
  @Suite("Moments and draws at extreme parameters") struct ExtremeMoments {
    // MARK: Moments

    @Test("Moments whose factors overflow or underflow")
    func moments() {
      func expectSingle(
        _ value: Tensor<Float>, _ expected: Double,
        sourceLocation: SourceLocation = #_sourceLocation
      ) {
        #expect(
          abs(Double(value.scalar) / expected - 1) < 1e-6, "\(value)",
          sourceLocation: sourceLocation)
      }
      expectSingle(LogNormal<Float>(location: Tensor([-100]), scale: Tensor([10])).variance, 1)
      expect(
        LogNormal(location: one(-1000), scale: one(30)).variance, 1.3838965267367375e-87,
        within: 1e-12)
      expect(
        LogNormal(location: one(500), scale: one(1e-200)).variance, exp(1000 - 400 * log(10)),
        within: 1e-12)
      let float = { (r: Float, l: Float) in
        NegativeBinomial<Float>(totalCount: Tensor([r]), logits: Tensor([l]))
      }
      expectSingle(float(1e-10, 90).mean, 1.2204032943178408e29)
      expectSingle(float(1e30, -110).mean, 1.6889118802245324e-18)
      let law = NegativeBinomial(totalCount: one(1e-100), logits: one(720))
      expect(law.mean, 4.9207009302638158e212, within: 1e-12)
      expect(
        NegativeBinomial(totalCount: one(1e-300), logits: one(400)).variance,
        2.7263745721125666e47, within: 1e-12)
      expectSingle(Beta<Float>(alpha: Tensor([2e38]), beta: Tensor([2e38])).mean, 0.5)
      let narrow = Beta(alpha: one(5e307), beta: one(5e307))
      expect(narrow.mean, 0.5)
      // The law is a normal one of the variance 1/(8α).
      let logDeviation = -0.5 * (log(40) + 307 * log(10))
      expect(narrow.logDensity(of: one(0.5)), -logDeviation - 0.5 * log(2 * .pi))
      expect(narrow.entropy, logDeviation + 0.5 * log(2 * .pi) + 0.5)
      expect(HalfNormal(scale: one(2e154)).variance, (1 - 2 / .pi) * 2e154 * 2e154)
      expect(
        StudentT(degreesOfFreedom: one(2.0.nextUp), location: one(0), scale: one(1e-162)).variance,
        1e-162 * (0x1p52 + 1) * 1e-162, within: 1e-12)
      expect(Laplace(location: one(0), scale: one(1.7e308)).entropy, 1 + log(1.7e308) + log(2))
    }

    @Test("Variances in which a weight is close to 1, or means are far from 0")
    func cancellingMoments() throws {
      func expectSingle(
        _ found: Tensor<Float>, _ expected: [Float],
        sourceLocation: SourceLocation = #_sourceLocation
      ) {
        #expect(
          zip(found.scalars, expected).allSatisfy { $0 == $1 || abs($0 / $1 - 1) < 1e-6 },
          "\(found)",
          sourceLocation: sourceLocation)
      }
      for (location, scale): (Float, Float) in [(1000, 1e-4), (1000, 1e-5), (1e8, 1e-3)] {
        let mixture = Mixture(
          logits: Tensor([0, 0, 0.3]),
          components: (0..<3).map { _ in
            Laplace(location: Tensor([location]), scale: Tensor([scale]))
          })
        expectSingle(try mixture.variance, [2 * scale * scale])
        expectSingle(try mixture.mean, [location])
      }
      let wide = Mixture(
        logits: Tensor([0, -200]),
        components: [10, 1.5].map {
          StudentT<Float>(
            degreesOfFreedom: Tensor([$0]), location: Tensor([0]), scale: Tensor([1]))
        })
      #expect(try wide.variance.scalar == .infinity)
      expectSingle(
        Categorical<Float>(logits: Tensor([0, -16])).variance, [1.1253514e-7, 1.1253514e-7])
      expectSingle(
        Categorical<Float>(logits: Tensor([0, -20])).variance, [2.0611537e-9, 2.0611537e-9])
      expectSingle(Dirichlet<Float>(concentration: Tensor([1e8, 1])).variance, [1e-16, 1e-16])
      expectSingle(
        Dirichlet<Float>(concentration: Tensor([1e-30, 1e-8]))
          .klDivergence(from: Dirichlet(concentration: Tensor([1e-8, 1e25]))), [1.0e22])
      let binomial = Binomial<Float>(totalCount: Tensor([1e10]), logits: Tensor([-103]))
      expectSingle(binomial.mean, [1.8521168e-35])
      expectSingle(binomial.variance, [1.8521168e-35])
      expectSingle(
        LogNormal<Float>(location: Tensor([-0.1]), scale: Tensor([7])).quantile(
          of: Tensor([1e-30])),
        [1.2741833e-35])
    }

    /// For a large concentration `a`, a variable is `a + z√a`, and its derivative is `1 + z/(2√a)`.
    @Test("Draws, quantiles and their gradients for the largest concentrations")
    func largestConcentrations() {
      for a in [1e9, 1e11, 1e15, 1e17, 1e25, 1e28, 1e30] {
        for p in [1e-10, 0.4, 0.9] {
          let parameters = [one(p).tracked(), one(a).tracked(), one(2).tracked()]
          let quantile = Gamma(concentration: parameters[1], rate: parameters[2])
            .quantile(of: parameters[0])
          let z = one(p).normalQuantile().scalar
          let slopes = gradients(of: quantile, withRespectTo: parameters).map(\.scalar)
          let spread = a.squareRoot() * exp(0.5 * z * z) * (2 * .pi).squareRoot()
          #expect(abs(2 * quantile.scalar / (a + z * a.squareRoot() + (z * z - 1) / 3) - 1) < 1e-12)
          #expect(
            abs(2 * slopes[0] / spread / (1 + 2 * z / (3 * a.squareRoot())) - 1) < 1e-6, "\(a)")
          #expect(
            abs(2 * slopes[1] / (1 + z / (2 * a.squareRoot())) - 1) < 1e-8, "\(a) \(slopes[1])")
          #expect(abs(slopes[2] / quantile.scalar + 0.5) < 1e-15)
          // The distribution function has the slope −density·∂x/∂a.
          let law = Gamma(concentration: parameters[1], rate: parameters[2])
          let below = law.cumulativeProbability(of: quantile.detached)
          let slope = gradients(of: below, withRespectTo: [parameters[1]])[0].scalar
          if a <= 1e25 {
            let rounding = 20 * a.squareRoot() * 0x1p-52
            #expect(abs(slope * spread + 1) < 1e-3 + rounding, "\(a) \(slope * spread)")
          }
        }
        var generator = Philox(seed: 6)
        let n = 4000
        let concentration = one(a).tracked()
        let draws = Gamma(concentration: concentration, rate: one(1)).sample(n, using: &generator)
        let mean = gradients(of: draws.mean(), withRespectTo: [concentration])[0].scalar
        #expect(abs(mean - 1) < 1e-4, "\(a)")
        if a < 1e28 {
          // The variance of n draws has a relative standard error of √(2/n).
          let variance = ((draws.detached - a) / a.squareRoot()).squared().mean().scalar
          #expect(abs(variance - 1) < 6 * (2 / Double(n)).squareRoot(), "\(a)")
        }
        let beta = Beta(alpha: concentration, beta: one(a)).sample(n, using: &generator)
        let odds = gradients(
          of: (beta.log() - (1 - beta).log()).mean(), withRespectTo: [concentration])
        #expect(abs(odds[0].scalar * a - 1) < 1e-3, "\(a)")
      }
    }

    @Test("Moments have the gradients of their formulas")
    func momentGradients() {
      expectGradients(at: [one(0.7), one(1.3)], step: 1e-4) {
        let (beta, count) = (
          Beta(alpha: $0[0], beta: $0[1]), NegativeBinomial(totalCount: $0[0], logits: $0[1])
        )
        let normal = LogNormal(location: $0[0], scale: $0[1])
        let binomial = Binomial(totalCount: one(3), logits: $0[0])
        let logits = Tensor.concatenated([$0[0], $0[1] + 2], axis: -1)
        return weightedSum([
          beta.mean, beta.variance, count.mean, count.variance, normal.mean, normal.variance,
          binomial.mean, binomial.variance, Categorical(logits: logits).variance,
          Dirichlet(concentration: logits).variance, normal.quantile(of: one(0.2)),
        ])
      }
    }

    // MARK: Sampling

    @Test("Draws for large concentrations have the variance of the law, in Float too")
    func largeConcentrations() {
      var generator = Philox(seed: 5)
      // The variance of n draws has a relative standard error of √(2/n): 5 errors for 1 in 10⁶.
      let n = 20_000
      for a: Float in [1e11, 1e12] {
        let beta = Beta<Float>(alpha: Tensor([a]), beta: Tensor([a]))
        let expected = 0.25 / (2 * Double(a))
        func ratio(_ draws: [Float]) -> Double {
          draws.reduce(0) { $0 + (Double($1) - 0.5) * (Double($1) - 0.5) } / Double(n) / expected
        }
        // A draw near ½ has an error of at most two units in the last place.
        let rounding = 4 * 0x1p-48 / expected
        let bound = 5 * (2 / Double(n)).squareRoot() + rounding
        #expect(abs(ratio(beta.sample(n, using: &generator).scalars) - 1) < bound)
        let pair = Dirichlet<Float>(concentration: Tensor([a, a])).sample(n, using: &generator)
        #expect(abs(ratio(pair.slice(at: 0, axis: 1).scalars) - 1) < bound)
      }
    }

    // MARK: Entropies and divergences

    @Test("Entropies and their slopes for large parameters")
    func entropies() {
      for (a, slope) in [
        1e16: 5.0000000000000003e-17, 1e14: 5.0000000000000333e-15, 1e10: 5.0000000003333333e-11,
        3: 0.21013186630354713, 1e-3: 999002.64089066263,
      ] {
        expectSlopes(at: [a], [slope]) { Gamma(concentration: $0[0], rate: one(1)).entropy }
      }
      for (degrees, slope) in [
        1e8: -1.0000000049999999e-16, 1e10: -1.00000000005e-20, 3: -0.12320146702978621,
      ] {
        expectSlopes(at: [degrees], [slope]) {
          StudentT(degreesOfFreedom: $0[0], location: one(0), scale: one(1)).entropy
        }
      }
      for (degrees, slope) in [1e8: -2e-16, 0.01: -19999.999999999999] {
        let variable = Tensor<Double>(degrees).tracked()
        let entropy = MultivariateStudentT(
          degreesOfFreedom: variable, location: .zeros([2]),
          precision: DiagonalPrecision(logFactor: .zeros([2]))
        ).entropy
        expect(gradients(of: entropy, withRespectTo: [variable])[0], slope, within: 1e-13)
      }
      expect(Beta(alpha: one(1e15), beta: one(1e15)).entropy, -16.890170435090588, within: 1e-13)
      expect(Beta(alpha: one(0.01), beta: one(1e9)).entropy, -115.66906256170938, within: 1e-13)
      expectSlopes(at: [1e12], [1.2500000000028125e-13]) {
        Beta(alpha: $0[0], beta: one(3e12)).entropy
      }
      let single = Dirichlet<Float>(concentration: Tensor([1e5, 1e5, 1e5])).entropy.scalar
      #expect(abs(single + 11.421584675808935) < 1e-5)
      let concentration = Tensor<Double>([1e12, 0.01, 3]).tracked()
      let entropy = Dirichlet(concentration: concentration).entropy
      expect(entropy, -148.36026044674857, within: 1e-13)
      let slopes = gradients(of: entropy, withRespectTo: [concentration])[0].scalars
      for (slope, expected) in zip(
        slopes, [-1.999999999993475e-12, 9902.6050013930272, 0.21013186630104713])
      {
        #expect(abs(slope - expected) <= 1e-12 * abs(expected), "\(slope), expected \(expected)")
      }
    }

    @Test("Divergences between scales and rates of very different sizes")
    func scaleDivergences() {
      func exponential(_ q: Double, _ p: Double) -> Tensor<Double> {
        Exponential(rate: one(q)).klDivergence(from: Exponential(rate: one(p)))
      }
      expect(exponential(1e308, 1e-300), 1398.9717365403798)
      expect(exponential(1e306, 1e-10), 726.61688938611844)
      expect(exponential(Double("1e-320")!, Double("2e-320")!), 0.30685281944005469)
      expect(exponential(1, 1 + 0x1p-30), 0x1p-61, within: 1e-8)
      expectSlopes(at: [1e308, 1e-300], [1e-308, -1e300]) {
        Exponential(rate: $0[0]).klDivergence(from: Exponential(rate: $0[1]))
      }
      func laplace(_ s: Double, _ b: Double, _ t: Double) -> Tensor<Double> {
        Laplace(location: one(0), scale: one(s))
          .klDivergence(from: Laplace(location: one(b), scale: one(t)))
      }
      expect(laplace(1e-300, 1e10, 1e10), 713.80137882815416)
      expect(laplace(1e-300, 0, 1e307), 1396.6691514473857)
      // With u = ∞, KL = s/t − 1 − log(s/t) + |b|/t − s/t.
      expectSlopes(at: [1e-300, 1e10, 1e10], [-1e300, 1e-10, 0]) {
        Laplace(location: one(0), scale: $0[0])
          .klDivergence(from: Laplace(location: $0[1], scale: $0[2]))
      }
      expectSlopes(at: [1e-300, 1e300], [-1e300, 1e-300]) {
        HalfCauchy(scale: $0[0]).klDivergence(from: HalfCauchy(scale: $0[1]))
      }
    }
  }
}
