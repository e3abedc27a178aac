import Foundation
import LatentGraphs
import Tensors
import TestSupport
import Testing

extension GraphTests {
  @Suite("Logit-normal distributions") struct LogitNormalTests {
    /// A distribution of one variable whose log-odds have this mean and standard deviation.
    static func single(_ mean: Double, _ deviation: Double) -> LogitNormal<Double> {
      LogitNormal(
        mean: Tensor([mean]), precision: DiagonalPrecision(logFactor: Tensor([-log(deviation)])))
    }

    @Test("A variance that underflows leaves the gradients finite", arguments: [300, 372, 500])
    func vanishingVariance(_ logFactor: Double) {
      let gradients = [\LogitNormal<Double>.mean, \LogitNormal<Double>.entropy].map { property in
        valueWithGradient(at: Tensor([logFactor])) {
          LogitNormal(mean: Tensor([0.3]), precision: DiagonalPrecision(logFactor: $0))[
            keyPath: property
          ].sum()
        }.gradient.scalar
      }
      #expect(gradients[0].magnitude < 1e-100)
      // The Gaussian's entropy falls with the logarithm; the Jacobian does not move.
      #expect(gradients[1] == -1)
    }

    /// A distribution of two correlated variables with the factor L = [1.5 0; m 0.8].
    static func pair(_ m: Double) -> LogitNormal<Double> {
      LogitNormal(
        mean: Tensor([0.4, -0.7]),
        precision: ChainPrecision(
          factorDiagonal: Tensor([1.5, 0.8]), factorOffDiagonal: Tensor([m])))
    }

    /// The points and weights of a quadrature rule on (0, 1). The points are the midpoints of
    /// `count` equal parts of (0, 1), mapped by `t³(10 − 15t + 6t²)`. They are dense near the ends,
    /// where the density may change fast. The mapped integrand and all its derivatives vanish at
    /// the ends, so that the error decreases faster than any power of `count`.
    static func rule(_ count: Int) -> (points: [Double], weights: [Double]) {
      let t = (0..<count).map { (Double($0) + 0.5) / Double(count) }
      return (
        t.map { $0 * $0 * $0 * (10 - 15 * $0 + 6 * $0 * $0) },
        t.map { 30 * $0 * $0 * (1 - $0) * (1 - $0) / Double(count) }
      )
    }

    /// The product rule in `dimension` dimensions: points `[count^dimension, dimension]` and their
    /// weights.
    static func rule(
      _ count: Int, dimension: Int
    ) -> (points: Tensor<Double>, weights: Tensor<Double>) {
      let (x, w) = rule(count)
      if dimension == 1 { return (Tensor(x, shape: [count, 1]), Tensor(w)) }
      return (
        Tensor(x.flatMap { first in x.flatMap { [first, $0] } }, shape: [count * count, 2]),
        Tensor(w.flatMap { first in w.map { first * $0 } })
      )
    }

    /// Compares the mass, the mean and the entropy with quadrature of the density.
    static func expectMoments(_ distribution: LogitNormal<Double>, points count: Int) {
      let (x, weights) = rule(count, dimension: distribution.dimension)
      let logDensity = distribution.logDensity(of: x)
      let mass = weights * logDensity.exp()
      expectClose(mass.sum(), [1], within: 1e-9, "mass")
      let means = (mass.addingAxis(at: -1) * x).sum(axis: 0)
      expectClose(distribution.mean, means.scalars, within: 1e-9, "mean")
      expectClose(
        distribution.entropy, [-(mass * logDensity).sum().scalar], within: 1e-8, "entropy")
    }

    @Test("The density of a logit-normal agrees with a hand computation")
    func byHand() {
      // At x = ½ the log-odds are 0 and x(1 − x) is ¼.
      let density = Self.single(0, 2).logDensity(of: Tensor([0.5]))
      expectClose(density, [log(4) - log(2) - 0.5 * log(2 * .pi)], within: 1e-15)
      // At x = ¾ the log-odds are log 3, and x(1 − x) = 3/16.
      let other = Self.single(1, 0.5).logDensity(of: Tensor([0.75]))
      let z = (log(3) - 1) / 0.5
      expectClose(
        other, [log(16.0 / 3) - log(0.5) - 0.5 * log(2 * .pi) - z * z / 2], within: 1e-15)
    }

    @Test(
      "The mass, mean and entropy of a logit-normal agree with quadrature in one dimension",
      arguments: [(0, 1), (-2, 0.3), (1.5, 1.5), (0.3, 2.5)])
    func oneDimension(_ mean: Double, _ deviation: Double) {
      Self.expectMoments(Self.single(mean, deviation), points: 20_000)
    }

    @Test(
      "The mass, mean and entropy of a logit-normal agree with quadrature in two dimensions",
      arguments: [-1.1, 0, 0.9])
    func twoDimensions(_ m: Double) { Self.expectMoments(Self.pair(m), points: 600) }

    @Test(
      "The KL divergence of two logit-normals is that of their Gaussians and agrees with quadrature"
    )
    func divergence() throws {
      let (q, p) = (Self.pair(-0.6), Self.pair(0.5))
      let exact = q.klDivergence(from: p)
      expectClose(exact, q.logits.klDivergence(from: p.logits).scalars, within: 0)
      expectClose(try #require(q.exactKLDivergence(from: p)), exact.scalars, within: 0)
      let (x, weights) = Self.rule(600, dimension: 2)
      let logDensity = q.logDensity(of: x)
      let integral = (weights * logDensity.exp() * (logDensity - p.logDensity(of: x))).sum()
      expectClose(exact, [integral.scalar], within: 1e-8)
      expectClose(q.klDivergence(from: q), [0], within: 1e-15)
      // A Gaussian itself has another support, so the divergence from it is nil.
      #expect(q.exactKLDivergence(from: p.logits) == nil)
      #expect(q.exactKLDivergence(from: Normal<Double>.standard(2)) == nil)
    }

    /// The reference is `E σ(y) = E Φ((μ − l)/s)` over a logistic variable `l`. This form of the
    /// integral is smooth if the deviation is large.
    @Test(
      "The mean of a logit-normal is accurate for any standard deviation",
      arguments: [0.01, 0.5, 3, 19, 21, 400, 1e9])
    func wide(_ deviation: Double) {
      for mean in [-3, 0, 0.5, 30.0] {
        let expected = (-8_000...8_000).reduce(0.0) { sum, node in
          let l = 0.01 * Double(node)
          let logistic = exp(-abs(l)) / pow(1 + exp(-abs(l)), 2)
          return sum + 0.01 * logistic * 0.5 * erfc((l - mean) / (deviation * 2.0.squareRoot()))
        }
        expectClose(Self.single(mean, deviation).mean, [expected], within: 1e-13, "\(mean)")
      }
    }

    @Test(
      "Gradients of mean and entropy agree with central differences for any deviation",
      arguments: [0.01, 3, 19, 21, 400])
    func wideGradients(_ deviation: Double) {
      let parameters = [
        Tensor([-3, 0, 30.0]), Tensor.full(-log(deviation), [3]) + Tensor([0, 0.1, 1]),
      ]
      func distribution(_ p: [Tensor<Double>]) -> LogitNormal<Double> {
        LogitNormal(mean: p[0], precision: DiagonalPrecision(logFactor: p[1]))
      }
      expectGradients(at: parameters, step: 1e-4, within: 1e-7, "mean") {
        weightedSum([distribution($0).mean])
      }
      expectGradients(at: parameters, step: 1e-4, within: 1e-7, "entropy") {
        weightedSum([distribution($0).entropy])
      }
    }

    /// Slopes of the mean in the mean and in the log-deviation of the log-odds, from
    /// `Tests/References/logit_normal_reference.py`, in 40 digits.
    @Test("Slopes of a logit-normal's mean are accurate for any standard deviation")
    func wideSlopes() {
      for (mean, logVariance, value, meanSlope, deviationSlope) in LogitNormalReference.slopes {
        let variable = Tensor([mean]).tracked()
        let logFactor = Tensor([-0.5 * logVariance]).tracked()
        let result = LogitNormal<Double>(
          mean: variable, precision: DiagonalPrecision(logFactor: logFactor)
        ).mean
        let slopes = Tensors.gradients(of: result, withRespectTo: [variable, logFactor])
        for (found, expected) in [
          (result, value), (slopes[0], meanSlope), (-slopes[1], deviationSlope),
        ] {
          #expect(
            abs(found.scalar - expected) <= 1e-11 * abs(expected) + 1e-16,
            "\(found.scalar) for \(expected) at \(mean), \(logVariance)")
        }
      }
    }

    /// For a small deviation `s` of the log-odds the variance is `(σ′(μ) s)²` up to `s⁴`. For a large
    /// one it approaches that of a bit.
    @Test("The variance of a logit-normal is accurate for any standard deviation")
    func variances() {
      for mean in [-3.0, 0, 2] {
        let p = 1 / (1 + exp(-mean))
        for deviation in [1e-9, 1e-6, 1e-4] {
          let expected = pow(p * (1 - p) * deviation, 2)
          let found = Self.single(mean, deviation).variance.scalar
          #expect(abs(found / expected - 1) < 1e-6, "\(mean) \(deviation): \(found)")
        }
        let wide = Self.single(mean, 1e9).variance.scalar
        #expect(abs(wide - 0.25) < 1e-8)
        let (below, above) = (Self.single(mean, 19.999), Self.single(mean, 20.001))
        #expect(abs(below.variance.scalar - above.variance.scalar) < 1e-5)
      }
      let parameters = [
        Tensor([-3, 0, 30.0]), Tensor.full(-log(21.0), [3]) + Tensor([0, 0.1, 1]),
      ]
      expectGradients(at: parameters, step: 1e-4, within: 1e-7) {
        weightedSum([
          LogitNormal(mean: $0[0], precision: DiagonalPrecision(logFactor: $0[1])).variance
        ])
      }
    }

    @Test("The variance of a logit-normal has a small relative error, in Float too")
    func smallVariances() {
      for (mean, deviation, value, meanSlope, varianceSlope) in LogitNormalReference.variances {
        let parameters = [one(mean).tracked(), one(deviation * deviation).tracked()]
        let found = elementwiseVariance(parameters[0], parameters[1])
        let slopes = Tensors.gradients(of: found, withRespectTo: parameters)
        for (found, expected, tolerance) in [
          (found, value, 1e-13), (slopes[0], meanSlope, 1e-12), (slopes[1], varianceSlope, 1e-12),
        ] {
          #expect(
            abs(found.scalar - expected) <= tolerance * abs(expected) + 1e-15 * value,
            "\(found.scalar) for \(expected) at \(mean), \(deviation)")
        }
        let float = LogitNormal<Float>(
          mean: Tensor([Float(mean)]),
          precision: DiagonalPrecision(logFactor: Tensor([Float(-log(deviation))]))
        ).variance.scalar
        // The rounding of the logarithm changes the variance by log(deviation)·ε, and more for large
        // deviations, whose variance grows with exp(deviation²).
        let rounding = 6e-8 * (1 + abs(log(deviation))) * 4 * (1 + deviation * deviation)
        if value > 1e-35 {
          #expect(abs(Double(float) / value - 1) < rounding, "\(mean) \(deviation)")
        }
      }
    }

    private func elementwiseVariance(
      _ mean: Tensor<Double>, _ variance: Tensor<Double>
    ) -> Tensor<Double> {
      LogitNormal(
        mean: mean, precision: DiagonalPrecision(logFactor: -0.5 * variance.log())
      ).variance
    }

    @Test("The mean of a logit-normal is between 0 and 1, and finite for an infinite variance")
    func bounds() {
      for deviation in [0, 1e-3, 1, 7, 19, 21, 1e6, 1e200, .infinity] {
        for mean in [-1e4, -50, 0, 37, 50, 745, 1e4] {
          let variable = Tensor([mean]).tracked()
          let variance = Tensor([deviation * deviation]).tracked()
          let value = gaussianExpectation(of: .sigmoid, mean: variable, variance: variance)
          #expect(value.scalar >= 0 && value.scalar <= 1, "\(mean) \(deviation)")
          #expect(Tensors.gradients(of: value, withRespectTo: [variable])[0].isFinite)
          #expect(Tensors.gradients(of: value, withRespectTo: [variance])[0].isFinite)
        }
      }
      let unknown = gaussianExpectation(
        of: .sigmoid, mean: Tensor([0.0, 0]), variance: Tensor([.nan, 1]))
      #expect(unknown.scalars[0].isNaN && abs(unknown.scalars[1] - 0.5) < 1e-15)
    }

    @Test("A sample is the sigmoid of the Gaussian's sample, and zero noise gives the median")
    func samples() {
      var generator = Philox(seed: 70)
      let distribution = Self.pair(0.7)
      let noise = Tensor<Double>.normal([50, 2], using: &generator)
      let draws = distribution.sample(noise: noise)
      expectClose(
        draws, distribution.logits.sample(noise: noise).scalars.map { 1 / (1 + exp(-$0)) },
        within: 1e-14)
      expectClose(
        distribution.sample(noise: .zeros([2])), distribution.median.scalars, within: 1e-15)
      expectClose(
        LogitNormal<Double>.logits(of: draws), distribution.logits.sample(noise: noise).scalars,
        within: 1e-12)
    }

    @Test("Gradients of the sample, the mean and the entropy agree with central differences")
    func gradients() {
      var generator = Philox(seed: 71)
      let example = StructureCase.chain(3)
      let parameters =
        [.normal([2, 3], using: &generator)] + example.parameters(batch: [2], using: &generator)
      let noise = Tensor<Double>.normal([4, 2, 3], using: &generator)
      func distribution(_ p: [Tensor<Double>]) -> LogitNormal<Double> {
        LogitNormal(mean: p[0], precision: example.precision(Array(p.dropFirst())))
      }
      expectGradients(at: parameters) { weightedSum([distribution($0).mean]) }
      expectGradients(at: parameters) { weightedSum([distribution($0).entropy]) }
      expectGradients(at: [noise] + parameters) {
        weightedSum([distribution(Array($0.dropFirst())).sample(noise: $0[0])])
      }
    }

    @Test(
      "The log-density of a logit-normal broadcasts a value over leading batch axes",
      arguments: [[3, 2, 4], [2, 4], [4]] as [Shape])
    func broadcast(_ shape: Shape) {
      var generator = Philox(seed: 72)
      let mean = Tensor<Double>.normal([3, 2, 4], using: &generator)
      let precision = StructureCase.chain(4).precision(
        StructureCase.chain(4).parameters(batch: [], using: &generator))
      let distribution = LogitNormal(mean: mean, precision: precision)
      let value = Tensor<Double>.uniform(shape, in: 0.35..<0.65, using: &generator)
      let whole = value.broadcast(to: [3, 2, 4])
      let density = distribution.logDensity(of: value)
      #expect(density.shape == [3, 2])
      expectClose(density, distribution.logDensity(of: whole).scalars, within: 1e-14)
      expectGradients(at: [value, mean], step: 5e-4) {
        weightedSum([LogitNormal(mean: $0[1], precision: precision).logDensity(of: $0[0])])
      }
    }

    @Test("Values at 0 and 1 are moved inside the interval, in Float too")
    func margin() {
      let margin = LogitNormal<Float>.margin
      let distribution = LogitNormal<Float>(
        mean: Tensor([0, 0]), precision: DiagonalPrecision(logFactor: Tensor([-1, -1])))
      let ends = Tensor<Float>([0, 1]).tracked()
      let density = distribution.logDensity(of: ends)
      let inside = distribution.logDensity(of: Tensor([margin, 1 - margin]))
      #expect(density.isFinite && density.scalars == inside.scalars)
      #expect(Tensors.gradients(of: density, withRespectTo: [ends])[0].scalars == [0, 0])
      // 1 − 2⁻²⁴ is the largest float below 1.
      #expect((1 - margin).nextUp == 1)
      let extreme = distribution.sample(noise: Tensor([-1e4, 1e4]))
      #expect(extreme.scalars == [margin, 1 - margin])
      #expect(distribution.logDensity(of: extreme).isFinite)
    }

    @Test("A NaN among the parameters of a logit-normal makes only its own row NaN")
    func notANumber() {
      let distribution = LogitNormal<Double>(
        mean: Tensor([0, .nan, 1, 2], shape: [2, 2]),
        precision: DiagonalPrecision(logFactor: .zeros([2])))
      let density = distribution.logDensity(of: Tensor([0.5, 0.5]))
      #expect(density.scalars[0].isNaN && density.scalars[1].isFinite)
    }

    @Test("Log-odds of values outside of [0, 1] and values of a wrong dimension stop the program")
    func mistakes() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = LogitNormal<Float>.logits(of: Tensor([0, 128, 255]))
        }, "logit-normal", "255.0", "[0, 1]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = LogitNormal<Float>.logits(of: Tensor([-0.5, 0, 0.5]))
        }, "-0.5")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = LogitNormal<Float>(logits: .standard(3)).logDensity(of: Tensor([0.5, 0.5]))
        }, "dimension 3", "[2]")
    }
  }
}
