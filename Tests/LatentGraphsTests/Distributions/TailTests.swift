import Foundation
import LatentGraphs
import Tensors
import TestSupport
import Testing

extension GraphTests {
  /// Distribution functions, quantiles and densities in both tails and at extreme
  /// parameters. The values are by mpmath.
  @Suite("Tails and extremes of distributions") struct Tails {
    // MARK: Quantiles

    private struct Quantile {
      let law: String
      let parameters: [Double]
      let probability: Double
      let value: Double

      init(_ line: Substring) {
        let fields = line.split(separator: " ")
        let numbers = fields[1...].filter { $0 != "=" }.map { Double($0)! }
        law = String(fields[0])
        parameters = Array(numbers.dropLast(2))
        (probability, value) = (numbers[numbers.count - 2], numbers[numbers.count - 1])
      }

      /// The quantile in the coordinate of the reference.
      var found: Double {
        switch law {
        case "gamma": SpecialFunctions.logGammaQuantile(probability, parameters[0])
        case "beta":
          SpecialFunctions.betaQuantileLogit(probability, parameters[0], parameters[1])
        default:
          // A scale of the size of the quantile, which may overflow
          log(
            abs(
              StudentT<Double>(
                degreesOfFreedom: Tensor([parameters[0]]), location: Tensor([0]),
                scale: Tensor([scale])
              ).quantile(of: Tensor([probability])).scalar)) - log(scale)
        }
      }

      private var scale: Double { value > 700 ? exp(-700) : 1 }
    }

    @Test("Quantiles agree with 40 digits for parameters from 10⁻³ to 10¹¹ and in both tails")
    func quantiles() {
      let references = quantileReferences.split(separator: "\n").map(Quantile.init)
      #expect(references.count == 256)
      for reference in references where reference.law != "student" || reference.value < 1400 {
        #expect(
          abs(reference.found - reference.value) <= 1e-12 * max(1, abs(reference.value)),
          """
          \(reference.law) \(reference.parameters) at \(reference.probability): \
          \(reference.found), expected \(reference.value)
          """)
      }
    }

    @Test("The probability of a quantile is the given one, for wide and for narrow distributions")
    func roundTrip() {
      func check(_ law: some QuantileDistribution<Double>, _ p: Double, conditioning: Double) {
        let found = law.cumulativeProbability(of: law.quantile(of: one(p))).scalar
        #expect(abs(found - p) <= 1e-13 * conditioning * p, "\(law) at \(p): \(found)")
      }
      for p in [1e-300, 1e-100, 1e-14, 1e-3, 0.4] {
        // A rounding error of the quantile x changes p by x·density/p.
        for a in [1, 30, 1e3, 1e8, 1e11] {
          let conditioning = 40 * max(1, a.squareRoot())
          check(Gamma(concentration: one(a), rate: one(1)), p, conditioning: conditioning)
          for b in [0.5 * a, a, 3 * a] {
            check(Beta(alpha: one(a), beta: one(b)), p, conditioning: conditioning)
          }
          check(
            StudentT(degreesOfFreedom: one(a), location: one(0), scale: one(1)), p,
            conditioning: 1400)
        }
      }
    }

    @Test("A beta quantile is on the side of its tail")
    func betaTails() {
      func beta(_ a: Double, _ b: Double, _ p: Double) -> Tensor<Double> {
        Beta(alpha: one(a), beta: one(b)).quantile(of: one(p))
      }
      expect(beta(1e5, 1e5, 1e-14), 0.491447, within: 1e-6)
      expect(beta(1e5, 1e5, 1e-16), 0.490808, within: 1e-6)
      expect(beta(1e5, 1e5, 1 - 0x1p-53), 0.509178, within: 1e-6)
      expect(beta(1e8, 1e4, 1e-300), 0.999858, within: 1e-6)
      let single = Beta<Float>(alpha: Tensor([1e6]), beta: Tensor([1e6]))
        .quantile(of: Tensor([1e-20])).scalar
      #expect(abs(single - 0.496725) < 1e-6)
    }

    @Test("A gamma quantile and probability where rate times value underflows")
    func smallGamma() {
      let law = Gamma(concentration: one(1e-3), rate: one(1e-200))
      expect(law.cumulativeProbability(of: one(1e-200)), 0.3983367031222318, within: 1e-13)
      expect(law.quantile(of: one(0.4)), 6.4515901298658541e-199, within: 1e-12)
      expect(
        law.cumulativeProbability(of: law.quantile(of: one(0.4))), 0.4, within: 1e-13)
      let p = one(0.4), x = law.quantile(of: p).scalar
      expectSlopes(at: [1e-200], [-x / 1e-200]) {
        Gamma(concentration: one(1e-3), rate: $0[0]).quantile(of: p)
      }
      // The density of log x, divided by the rate
      expectSlopes(at: [1], [4.7890604583501105e-4], within: 1e-12) {
        Gamma(concentration: one(1e-3), rate: $0[0])
          .cumulativeProbability(of: one(Double("1e-320")!))
      }
    }

    @Test("The slope of a quantile is that of the inverse where the value is rounded to an end")
    func quantileSlopes() {
      // I(x; 1, b) = 1 − (1 − x)ᵇ, so that dx/dp = (1 − p)^(1/b − 1)/b.
      expectSlopes(at: [0.9], [exp((1 / 0.02 - 1) * log(0.1)) / 0.02], within: 1e-12) {
        Beta(alpha: one(1), beta: one(0.02)).quantile(of: $0[0])
      }
    }

    // MARK: Distribution functions

    @Test("Student-t probabilities where the square of the value overflows")
    func studentTails() {
      let law = StudentT(degreesOfFreedom: one(1e-3), location: one(0), scale: one(1))
      expect(law.cumulativeProbability(of: one(1e200)), 0.68582678751388493, within: 1e-13)
      expect(law.cumulativeProbability(of: one(-1e200)), 0.31417321248611507, within: 1e-13)
      expect(law.cumulativeProbability(of: one(-1e140)), 0.36071911169324268, within: 1e-13)
      expect(law.cumulativeProbability(of: one(-0.99e140)), 0.36074, within: 1e-4)
    }

    @Test("Student-t tails for many degrees of freedom keep their digits")
    func manyDegrees() {
      func tail(_ degrees: Double, _ t: Double) -> Tensor<Double> {
        StudentT(degreesOfFreedom: one(degrees), location: one(0), scale: one(1))
          .cumulativeProbability(of: one(t))
      }
      expect(tail(1e12, -1), 0.15865525393157804, within: 1e-13)
      expect(tail(1e11, -3), 0.0013498980319624832, within: 1e-13)
      expect(tail(1e8, -5), 2.866520550633643e-7, within: 1e-13)
      expect(tail(1e11, -20), 2.7536252255565999e-89, within: 1e-12)
    }

    @Test("Probabilities of counts where that of a failure underflows")
    func negativeBinomialTails() {
      let law = NegativeBinomial(totalCount: one(1e-3), logits: one(1000))
      expect(law.cumulativeProbability(of: one(0)), 0.36787944117144231, within: 1e-13)
      expect(law.cumulativeProbability(of: one(5)), 0.36872012259669657, within: 1e-13)
    }

    @Test("Normal probabilities and quantiles where the precision overflows")
    func narrowNormal() {
      let half = Normal<Float>(mean: Tensor([3]), logVariance: Tensor([-180]))
        .cumulativeProbability(of: Tensor([3])).scalar
      #expect(half == 0.5)
      let law = Normal(mean: one(3), logVariance: one(-1500))
      #expect(
        law.cumulativeProbability(of: Tensor([2, 3, 4], shape: [3, 1])).scalars == [0, 0.5, 1])
      let ends = Normal<Float>(mean: Tensor([3]), logVariance: Tensor([-210]))
        .quantile(of: Tensor([0, 0.5, 1], shape: [3, 1])).scalars
      #expect(ends == [-.infinity, 3, .infinity])
    }

    @Test("Uniform distributions of the largest and of the least widths")
    func uniformWidths() {
      let bound = 1.7e308
      let wide = Uniform(low: one(-bound), high: one(bound))
      expectSlopes(at: [-bound, bound], [-0.25 / bound, -0.25 / bound], within: 1e-10) {
        Uniform(low: $0[0], high: $0[1]).cumulativeProbability(of: one(0))
      }
      var generator = Philox(seed: 1)
      let noise = wide.noise([], using: &generator)
      let share = wide.sample(noise: noise).scalar / bound / 2 + 0.5
      expectSlopes(at: [-bound, bound], [1 - share, share], within: 1e-12) {
        Uniform(low: $0[0], high: $0[1]).sample(noise: noise)
      }
      let least = Double.leastNonzeroMagnitude
      let narrow = Uniform(low: one(0), high: one(least))
      #expect(narrow.klDivergence(from: narrow).scalar == 0)
      let law = Uniform(low: one(0), high: one(2 * least))
      #expect(law.cumulativeProbability(of: one(least)).scalar == 0.5)
      expect(
        Uniform(low: one(0), high: one(1)).klDivergence(
          from: Uniform(low: one(-0x1p-40), high: one(1))), log1p(0x1p-40))
      #expect(wide.variance.scalar == .infinity)
      expect(Uniform(low: one(0), high: one(3e154)).variance, 3e154 / 12 * 3e154)
    }

    // MARK: Densities

    @Test("Densities of heavy tails where a square or a quotient overflows")
    func heavyTails() {
      let student = StudentT(degreesOfFreedom: one(1), location: one(0), scale: one(1e-10))
      expect(student.logDensity(of: one(1e300)), -1405.7216366122173)
      expectSlopes(at: [0, 1e-10, 1e300], [2e-300, 1e10, -2e-300]) {
        StudentT(degreesOfFreedom: one(1), location: $0[0], scale: $0[1]).logDensity(of: $0[2])
      }
      expect(HalfCauchy(scale: one(1e-10)).logDensity(of: one(1e300)), -1405.0284894316573)
      expectSlopes(at: [1e-10, 1e300], [1e10, -2e-300]) {
        HalfCauchy(scale: $0[0]).logDensity(of: $0[1])
      }
      // 2/π·s/x² and −2/(π·x)
      expectSlopes(at: [1e55, 1e-100], [2e-210 / .pi, -2e-55 / .pi]) {
        HalfCauchy(scale: $0[1]).cumulativeProbability(of: $0[0])
      }
    }

    @Test("Densities of Student-t vectors where a square overflows")
    func heavyVectors() {
      func law<Scalar>(_ degrees: Scalar, _ k: Int) -> MultivariateStudentT<Scalar> {
        MultivariateStudentT(
          degreesOfFreedom: degrees, location: .zeros([k]),
          precision: DiagonalPrecision(logFactor: .zeros([k])))
      }
      let single = law(Float(1), 1).logDensity(of: Tensor([1e20])).scalar
      #expect(abs(single + 93.248133605611228) < 1e-5)
      expect(law(1, 1).logDensity(of: one(1e200)), -922.17876708346767)
      expect(law(1e-300, 1).logDensity(of: one(1e5)), -702.98160054374388)
      let pair = Tensor<Double>([1e160, 1e160])
      expect(law(1, 2).logDensity(of: pair), -1108.1184424743912)
      let degrees = Tensor<Double>(1).tracked(), value = pair.tracked()
      let density = MultivariateStudentT(
        degreesOfFreedom: degrees, location: .zeros([2]),
        precision: DiagonalPrecision(logFactor: .zeros([2]))
      ).logDensity(of: value)
      let slopes = gradients(of: density, withRespectTo: [degrees, value])
      expect(slopes[0], -367.26018846932728)
      // −(ν + k)·x/q
      for slope in slopes[1].scalars { #expect(abs(slope * 1e160 + 1.5) < 1e-13) }
      #expect(law(1, 2).logDensity(of: Tensor<Double>([.infinity, 0])).scalar == -.infinity)
      #expect(law(1, 2).logDensity(of: Tensor<Double>([.nan, 0])).scalar.isNaN)
      // Draws that are finite have a finite density.
      var generator = Philox(seed: 1)
      let heavy = law(Float(0.2), 2)
      let x = heavy.sample(100_000, using: &generator)
      let scalars = x.scalars
      let isFinite = (0..<100_000).map { scalars[2 * $0].isFinite && scalars[2 * $0 + 1].isFinite }
      for (density, isFinite) in zip(heavy.logDensity(of: x).scalars, isFinite) where isFinite {
        #expect(density.isFinite)
      }
    }

    @Test("Log-probabilities of counts where they are lost in the sum with the number of failures")
    func manyFailures() {
      let expected: [Double: [Double]] = [
        1e16: [
          -3.000000000000003, -1.901387711331893, -1.495922603223727, -1.495922603223726,
          -1.783604675675506, -2.294430299441495, -2.987577480001439,
        ],
        1e20: [
          -2.999999999999991, -1.901387711331884, -1.495922603223723, -1.495922603223726,
          -1.78360467567551, -2.294430299441504, -2.987577480001452,
        ],
      ]
      for (failures, densities) in expected {
        let law = NegativeBinomial(totalCount: one(failures), logits: one(log(3 / failures)))
        for (count, density) in densities.enumerated() {
          expect(law.logDensity(of: one(Double(count))), density, within: 1e-13)
        }
      }
      let single = NegativeBinomial<Float>(totalCount: Tensor([2e16]), logits: Tensor([-36.435]))
        .logDensity(of: Tensor([1])).scalar
      let double = NegativeBinomial(
        totalCount: one(Double(Float(2e16))), logits: one(Double(Float(-36.435)))
      ).logDensity(of: one(1)).scalar
      #expect(abs(Double(single) - double) < 1e-6)
    }

    @Test("Densities near a concentration of 1 at small values")
    func nearOne() {
      let a = 1 + 0x1p-43
      expect(
        Gamma(concentration: one(a), rate: one(1)).logDensity(of: one(1e-250)),
        -6.5377782628230532e-11, within: 1e-10)
      expect(
        Beta(alpha: one(a), beta: one(1)).logDensity(of: one(1e-250)), -6.5329717614134947e-11,
        within: 1e-10)
    }

    @Test("A parameter that is NaN gives NaN outside of the support, too")
    func nanParameters() {
      let nan = one(.nan)
      let laws: [any CumulativeDistribution<Double>] = [
        Exponential(rate: nan), HalfNormal(scale: nan), HalfCauchy(scale: nan),
        LogNormal(location: nan, scale: one(1)), LogNormal(location: one(0), scale: nan),
        Uniform(low: nan, high: one(1)), Uniform(low: one(0), high: nan),
        Gamma(concentration: nan, rate: one(1)), Gamma(concentration: one(1), rate: nan),
        Beta(alpha: nan, beta: one(1)), Beta(alpha: one(1), beta: nan),
        Laplace(location: nan, scale: one(1)), Laplace(location: one(0), scale: nan),
        StudentT(degreesOfFreedom: nan, location: one(0), scale: one(1)),
        StudentT(degreesOfFreedom: one(1), location: one(0), scale: nan),
        Normal(mean: nan, logVariance: one(0)), Normal(mean: one(0), logVariance: nan),
        NegativeBinomial(totalCount: nan, logits: one(0)), Poisson(rate: nan),
      ]
      for law in laws {
        for x in [-1, 0, 0.5, 2] {
          #expect(law.logDensity(of: one(x)).scalar.isNaN, "\(law) at \(x)")
          #expect(law.cumulativeProbability(of: one(x)).scalar.isNaN, "\(law) at \(x)")
        }
      }
      #expect(HalfCauchy(scale: nan).mean.scalar.isNaN)
    }

    @Test("The density at an infinite value is −∞ with gradients of 0")
    func infiniteValues() {
      func check(_ density: ([Tensor<Double>]) -> Tensor<Double>, _ count: Int) {
        let variables = (0..<count).map { _ in one(1).tracked() } + [one(.infinity).tracked()]
        let value = density(variables)
        #expect(value.scalar == -.infinity)
        for slope in gradients(of: value.sum(), withRespectTo: variables) {
          #expect(slope.scalars == [0])
        }
      }
      check({ Exponential(rate: $0[0]).logDensity(of: $0[1]) }, 1)
      check({ HalfNormal(scale: $0[0]).logDensity(of: $0[1]) }, 1)
      check({ HalfCauchy(scale: $0[0]).logDensity(of: $0[1]) }, 1)
      check({ Gamma(concentration: $0[0], rate: $0[1]).logDensity(of: $0[2]) }, 2)
      check({ LogNormal(location: $0[0], scale: $0[1]).logDensity(of: $0[2]) }, 2)
      check({ Laplace(location: $0[0], scale: $0[1]).logDensity(of: $0[2]) }, 2)
      check(
        {
          StudentT(degreesOfFreedom: $0[0], location: $0[1], scale: $0[2]).logDensity(of: $0[3])
        }, 3)
    }
  }
}
