import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  /// The Weibull distribution beyond the tests that every law passes. The values are by mpmath with 60
  /// digits.
  @Suite("Weibull distributions at extreme arguments") struct WeibullTests {
    private func law(_ scale: Double, _ concentration: Double) -> Weibull<Double> {
      Weibull(scale: one(scale), concentration: one(concentration))
    }

    @Test("A concentration of 1 gives the exponential distribution")
    func exponential() {
      let (weibull, exponential) = (law(0.4, 1), Exponential<Double>(rate: one(2.5)))
      let x = Tensor<Double>([0, 1e-200, 0.3, 7], shape: [4, 1])
      expectClose(weibull.logDensity(of: x), exponential.logDensity(of: x).scalars, within: 1e-14)
      expectClose(
        weibull.cumulativeProbability(of: x), exponential.cumulativeProbability(of: x).scalars,
        within: 1e-15)
      expect(weibull.mean, 0.4)
      expect(weibull.variance, 0.16)
      expect(weibull.entropy, exponential.entropy.scalar)
      expect(
        weibull.klDivergence(from: law(1, 1)),
        exponential.klDivergence(from: Exponential(rate: one(1))).scalar)
    }

    @Test("Densities where a power or a quotient overflows, or a concentration is large or near 1")
    func densities() {
      expect(law(1e300, 0.001).logDensity(of: one(1e-300)), 682.2350329202841827)
      expect(law(1e-300, 0.001).logDensity(of: one(1e300)), -700.2828038269343875)
      expect(law(1, 0x1p40).logDensity(of: one(1 + 0x1p-40)), 26.00760539393863903)
      expect(
        law(1, 1 + 0x1p-43).logDensity(of: one(1e-200)), -5.224103672376363575e-11, within: 1e-12)
      expect(
        law(1, 0.5).logDensity(of: one(.leastNonzeroMagnitude)), 371.5268887801306858)
      #expect(law(1, 2).logDensity(of: one(1e200)).scalar == -.infinity)
    }

    @Test("The density at 0 is the limit from above, and at infinity −∞ with gradients of 0")
    func ends() {
      let concentrations = Tensor<Double>([0.5, 1, 2], shape: [3, 1])
      let law = Weibull(scale: one(0.5), concentration: concentrations)
      let zeros = Tensor<Double>.zeros([3, 1])
      #expect(law.logDensity(of: zeros).scalars == [.infinity, log(2), -.infinity])
      // The slope of the distribution function is the density.
      let x = zeros.tracked()
      let slopes = gradients(of: law.cumulativeProbability(of: x).sum(), withRespectTo: [x])[0]
      expectClose(slopes.slice(1..<3), [2, 0])
      #expect(slopes.scalars[0] == .infinity)
      let inputs = [one(2), one(1.5), one(.infinity)].map { $0.tracked() }
      let value = Weibull(scale: inputs[0], concentration: inputs[1]).logDensity(of: inputs[2])
      #expect(value.scalar == -.infinity)
      #expect(gradients(of: value, withRespectTo: inputs).allSatisfy { $0.scalars == [0] })
    }

    @Test("A parameter that is NaN gives NaN outside of the support, too")
    func nanParameters() {
      for law in [law(.nan, 1), law(1, .nan)] {
        for x in [-1, 0, 0.5, 2] {
          #expect(law.logDensity(of: one(x)).scalar.isNaN)
          #expect(law.cumulativeProbability(of: one(x)).scalar.isNaN)
        }
        #expect(law.mean.scalar.isNaN && law.variance.scalar.isNaN && law.entropy.scalar.isNaN)
      }
    }

    @Test("The variance is accurate for large and small concentrations, and so are its derivatives")
    func variances() {
      expect(law(2, 1e6).variance, 6.5797190551308648e-12, within: 1e-13)
      expect(law(1, 1e12).variance, 1.644934066843923359e-24, within: 1e-13)
      expect(law(1, 0.02).variance, 9.332621544394325705e157, within: 1e-12)
      expect(law(1e-200, 0.01).variance, 7.886578673647730704e-26, within: 1e-11)
      expect(law(1e200, 1e100).variance, 1.644934066848226436e200, within: 1e-13)
      #expect(law(1, 1e-3).variance.scalar == .infinity)
      for (scale, concentration) in [(2.0, 1.5), (0.5, 0.3), (3.0, 60.0)] {
        expectGradients(at: [one(scale), one(concentration)], step: 1e-4, within: 1e-6) {
          let law = Weibull(scale: $0[0], concentration: $0[1])
          return law.variance.log().sum() + law.mean.sum()
        }
      }
    }

    @Test("Quantiles in far tails have their probabilities, and are NaN outside of [0, 1]")
    func quantiles() {
      let p = Tensor<Double>([1e-30, 1e-8, 0.3, 0.5, 0.7, 1 - 0x1p-40])
      for concentration in [0.2, 1, 5, 1e3] {
        let law = Weibull<Double>(scale: .full(3, [6]), concentration: .full(concentration, [6]))
        let found = law.cumulativeProbability(of: law.quantile(of: p))
        let error = ((found - p) / p).abs()
        #expect(error.scalars.allSatisfy { $0 < 1e-12 }, "\(concentration): \(error)")
        let ends = law.quantile(of: Tensor([0, 1, -0.1, 1.1, .nan, 0.5])).scalars
        #expect(ends[0] == 0 && ends[1] == .infinity)
        #expect(ends[2...4].allSatisfy { $0.isNaN })
      }
    }

    @Test("The divergence of nearly equal and of very different distributions")
    func divergences() {
      let d = 0x1p-30
      // Half the Fisher information times d², with a relative error of about d.
      let own = law(1, 1)
      expect(own.klDivergence(from: law(1 + d, 1)), 0.5 * d * d, within: 10 * d)
      expect(
        own.klDivergence(from: law(1, 1 + d)), 0.5 * 1.82368066085287939 * d * d, within: 10 * d)
      expect(
        law(1, 1e-3).klDivergence(from: law(1, 1.1e-3)), 0.008897233539388935643, within: 1e-13)
      expect(
        law(1e-300, 0.01).klDivergence(from: law(1e300, 0.02)), 26.51508960027213634)
      expect(law(2, 3).klDivergence(from: law(2, 3.5)), 0.02439115355804290663)
      expect(law(1, 2).klDivergence(from: law(1.5, 1e-3)), 7.023687240877537656)
    }

    /// For a concentration of 0.002, a fifth of the draws would be rounded to 0 or to infinity. The slack allows
    /// for the 60 estimates, whose standard error is estimated too.
    @Test("Draws that leave the range of numbers are finite, and scored by their logarithms")
    func lostDraws() {
      var generator = Philox(seed: 1)
      let parameters = [one(1).tracked(), one(0.002).tracked()]
      let q = Weibull(scale: parameters[0], concentration: parameters[1])
      let x = q.sample(1000, using: &generator)
      #expect(x.isFinite && q.logDensity(of: x).isFinite)
      #expect(x.scalars.contains(.leastNormalMagnitude))
      // The derivative −x·log(x)/k of a draw overflows for the largest draws.
      let isModerate = x.detached .< 1e300
      let logs = isModerate.select(x, Tensor(1)).log()
      let slopes = gradients(of: logs.sum(), withRespectTo: parameters)
      #expect(slopes.allSatisfy { $0.isFinite })
      let p = law(3, 0.0025)
      let exact = q.klDivergence(from: p)
      let exactSlopes = gradients(of: exact, withRespectTo: parameters).map(\.scalar)
      var estimates: [[Double]] = []
      for _ in 0..<60 {
        let estimate = q.sampledKLDivergence(from: p, draws: 2000, using: &generator)
        estimates.append(
          [estimate.scalar] + gradients(of: estimate, withRespectTo: parameters).map(\.scalar))
      }
      expectCalibrated(slack: 1.3) {
        for (i, expected) in ([exact.scalar] + exactSlopes).enumerated() {
          $0.compareMean(of: Tensor(estimates.map { $0[i] }), expected, "quantity \(i)")
        }
      }
    }

    private static let mistakes: [Mistake] = [
      .init("the concentration of a Weibull distribution is 0.0 at element 1; it must be positive")
      {
        _ = Weibull<Double>(scale: Tensor([1]), concentration: Tensor([2, 0]))
      },
      .init("the scale of a Weibull distribution is -1.0 at element 0") {
        _ = Weibull<Float>(scale: Tensor([-1]), concentration: Tensor([2]))
      },
      .init("a Weibull distribution of the shape [3] got a value of shape [2]") {
        _ = Weibull<Double>(scale: .ones([3]), concentration: .ones([3])).logDensity(of: .ones([2]))
      },
    ]

    @Test("Bad parameters stop the program with their values", arguments: mistakes.indices)
    func stops(index: Int) async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        [index] in
        try GraphTests.WeibullTests.mistakes[index].commit()
      }
      expectMessage(result, Self.mistakes[index])
    }
  }
}
