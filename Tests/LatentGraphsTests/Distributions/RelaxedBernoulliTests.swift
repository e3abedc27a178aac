import Foundation
import LatentGraphs
import Tensors
import TestSupport
import Testing

private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

extension GraphTests {
  @Suite("Relaxed Bernoulli distributions") struct RelaxedBernoulliTests {
    static let cases = [(0.0, 1.0), (0.0, 2.0), (1.3, 0.7), (-2, 0.4), (0.5, 3)]

    /// `P(c ≤ σ(u))`, the probability that logistic noise is below `τu − l`.
    private static func cumulative(_ u: Double, _ logit: Double, _ temperature: Double) -> Double {
      sigmoid(temperature * u - logit)
    }

    @Test(
      "The density of a relaxed Bernoulli integrates to its distribution function", arguments: cases
    )
    func integral(logit: Double, temperature: Double) {
      // Simpson's rule in u = logit x, within ±12, where 1 − x has 11 accurate digits.
      let (bound, intervals) = (12.0, 4800)
      let step = 2 * bound / Double(intervals)
      let u = (0...intervals).map { -bound + step * Double($0) }
      let x = u.map(sigmoid)
      let distribution = RelaxedBernoulli(
        logits: Tensor<Double>([logit]), temperature: temperature)
      let density = distribution.logDensity(of: Tensor(x, shape: [x.count, 1])).scalars
      var integral = 0.0
      for i in u.indices {
        let weight = i == 0 || i == intervals ? 1.0 : (i % 2 == 0 ? 2.0 : 4.0)
        integral += weight * step / 3 * exp(density[i]) * x[i] * (1 - x[i])
      }
      let exact =
        Self.cumulative(bound, logit, temperature) - Self.cumulative(-bound, logit, temperature)
      #expect(abs(integral - exact) < 1e-9)
      if temperature >= 2 { #expect(abs(integral - 1) < 1e-9) }
    }

    @Test("The density of a vector of relaxed bits is the product over the elements")
    func product() {
      let (logits, x) = ([0.3, -1.2, 2], [0.2, 0.9, 0.6])
      let together = RelaxedBernoulli(logits: Tensor<Double>(logits), temperature: 0.8)
        .logDensity(of: Tensor(x))
      let alone = zip(logits, x).map {
        RelaxedBernoulli(logits: Tensor<Double>([$0]), temperature: 0.8)
          .logDensity(of: Tensor([$1])).scalar
      }
      #expect(together.shape == [])
      expectClose(together, [alone.reduce(0, +)], within: 1e-14)
    }

    @Test("The draws of a relaxed Bernoulli have its distribution function", arguments: cases)
    func draws(logit: Double, temperature: Double) {
      // By the inequality of Dvoretzky, Kiefer, Wolfowitz and Massart, the distance between the
      // empirical and the exact distribution function exceeds the bound with a probability of at
      // most 10⁻⁶.
      let n = 50_000
      let bound = (log(2e6) / Double(2 * n)).squareRoot()
      var generator = Philox(seed: 21)
      let distribution = RelaxedBernoulli(
        logits: Tensor<Double>.full(logit, [n, 1]), temperature: temperature)
      let drawn = distribution.sample(using: &generator)
      #expect(drawn.shape == [n, 1])
      var distance = 0.0
      for (index, x) in drawn.scalars.sorted().enumerated() {
        let exact = Self.cumulative(log(x) - log1p(-x), logit, temperature)
        distance = max(
          distance, abs(exact - Double(index) / Double(n)),
          abs(exact - Double(index + 1) / Double(n)))
      }
      #expect(distance < bound)
    }

    @Test("A value of infinite log-odds has log-density −∞ and a finite slope")
    func infiniteLogits() {
      let distribution = RelaxedBernoulli<Double>(logits: Tensor([0]), temperature: 0.1)
      for value in [Double.infinity, -.infinity] {
        let y = Tensor([value]).tracked()
        let density = distribution.logDensity(ofLogits: y)
        #expect(density.scalar == -.infinity)
        let slope = gradients(of: density, withRespectTo: [y])[0].scalar
        #expect(abs(slope) == 0.1 && (slope < 0) == (value > 0))
      }
    }

    private func checkInfiniteParameter<Scalar: TensorScalar>(_ l: Scalar) {
      let logits = Tensor<Scalar>([l]).tracked()
      let relaxed = RelaxedBernoulli(logits: logits, temperature: 0.5)
      func slopes(_ value: Tensor<Scalar>, _ x: Tensor<Scalar>) -> [Scalar] {
        gradients(of: value.sum(), withRespectTo: [logits, x]).map(\.scalar)
      }
      let sign: Scalar = l > 0 ? 1 : -1
      for y in [-1e30, -2, 0, 3, 1e30] as [Scalar] {
        let odds = Tensor<Scalar>([y]).tracked()
        let density = relaxed.logDensity(ofLogits: odds)
        #expect(density.scalar == -Scalar.infinity)
        #expect(slopes(density, odds) == [-sign, 0.5 * sign])
      }
      for x in [1e-30, 0.25, 0.5, 0.75] as [Scalar] {
        let value = Tensor<Scalar>([x]).tracked()
        let density = relaxed.logDensity(of: value)
        #expect(density.scalar == -Scalar.infinity)
        // The expected slope is τ·sign/(x(1 − x)) − 1/x + 1/(1 − x).
        let exact: Scalar = (0.5 * sign - (1 - 2 * x)) / (x * (1 - x))
        let found = slopes(density, value)
        #expect(found[0] == -sign)
        #expect(abs(found[1] - exact) <= 4 * Scalar.ulpOfOne * abs(exact))
      }
      let noise = Tensor<Scalar>([0.3]).tracked()
      let odds = relaxed.sampleLogits(noise: LogisticNoise(noise))
      #expect(odds.scalar == l && slopes(odds, noise) == [2, 2])
      let value = relaxed.sample(noise: LogisticNoise(noise))
      let end: Scalar = l > 0 ? Scalar(1).nextDown : Scalar.leastNormalMagnitude
      #expect(value.scalar == end)
      #expect(slopes(value, noise) == [0, 0])
    }

    @Test("Densities and samples have their limits for a parameter of infinite log-odds")
    func infiniteParameters() {
      for sign in [1.0, -1] {
        checkInfiniteParameter(sign * Double.infinity)
        checkInfiniteParameter(Float(sign) * Float.infinity)
      }
    }

    /// At a temperature of 0.1, one value in six would round to 1 in `Float`.
    @Test("The log-density of a relaxed Bernoulli is finite at its own draws")
    func ownDraws() {
      func check<Scalar: TensorScalar>(_: Scalar.Type) {
        for temperature in [0.01, 0.1, 0.5, 2] {
          var generator = Philox(seed: 23)
          let distribution = RelaxedBernoulli<Scalar>(
            logits: .zeros([100_000, 1]), temperature: temperature)
          var same = generator
          let values = distribution.sample(using: &generator)
          #expect(values.scalars.allSatisfy { $0 > 0 && $0 < 1 })
          #expect(distribution.logDensity(of: values).isFinite)
          let odds = distribution.sampleLogits(using: &same)
          #expect(distribution.logDensity(ofLogits: odds).isFinite)
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("The log-densities of values and of log-odds differ by log x(1 − x)", arguments: cases)
    func logits(logit: Double, temperature: Double) {
      let odds = Tensor<Double>((-30...30).map { 0.5 * Double($0) }, shape: [61, 1])
      let distribution = RelaxedBernoulli<Double>(
        logits: Tensor([logit]), temperature: temperature)
      let x = odds.sigmoid()
      let difference =
        distribution.logDensity(ofLogits: odds) - distribution.logDensity(of: x)
      expectClose(difference, odds.scalars.map { -abs($0) - 2 * log1p(exp(-abs($0))) })
      expectGradients(at: [Tensor([logit]), odds]) {
        let distribution = RelaxedBernoulli(logits: $0[0], temperature: temperature)
        return distribution.logDensity(ofLogits: $0[1]).sum()
      }
    }

    @Test("The log-density of a relaxed Bernoulli is −∞ outside of (0, 1), and NaN at NaN")
    func outside() {
      let distribution = RelaxedBernoulli<Float>(logits: Tensor([0.3]), temperature: 0.7)
      let x = Tensor<Float>([0, 1, -0.5, 1.5, .infinity, 0.5, .nan], shape: [7, 1]).tracked()
      let density = distribution.logDensity(of: x)
      #expect(density.scalars[..<5].allSatisfy { $0 == -.infinity })
      #expect(density.scalars[5].isFinite && density.scalars[6].isNaN)
      let slopes = Tensors.gradients(of: density.slice(0..<5).sum(), withRespectTo: [x])[0].scalars
      #expect(slopes[..<5].allSatisfy { $0 == 0 })
    }

    @Test("The gradients of a relaxed Bernoulli agree with central differences")
    func gradient() {
      var generator = Philox(seed: 22)
      let logits = Tensor<Double>.normal([2, 3], using: &generator)
      let noise = Tensor<Double>.normal([4, 2, 3], using: &generator)
      let x = Tensor<Double>.uniform([4, 2, 3], in: 0.3..<0.7, using: &generator)
      expectGradients(at: [logits, noise], step: 0x1p-10, within: 1e-9, elementwiseUpTo: .max) {
        RelaxedBernoulli(logits: $0[0], temperature: 0.7).sample(noise: LogisticNoise($0[1]))
      }
      expectGradients(at: [logits, x], step: 0x1p-10, within: 1e-9, elementwiseUpTo: .max) {
        RelaxedBernoulli(logits: $0[0], temperature: 0.7).logDensity(of: $0[1])
      }
    }

    @Test("A relaxed Bernoulli with a temperature that is not positive stops the program")
    func temperature() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = RelaxedBernoulli<Float>(logits: .zeros([2]), temperature: 0)
        }, "a temperature of 0.0")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = RelaxedBernoulli<Float>(logits: .zeros([2]), temperature: 1e-50)
        }, "a temperature of 1e-50", "Float")
    }
  }
}
