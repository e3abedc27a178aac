import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("Bernoulli distributions") struct BernoulliTests {
    /// `Σ [x·log p + (1 − x)·log(1 − p)]` for each row.
    func reference(_ logits: [Double], _ values: [Double], columns: Int) -> [Double] {
      let terms: [Double] = logits.indices.map { i in
        let x = values[i % values.count]
        return -x * log1p(exp(-logits[i])) - (1 - x) * log1p(exp(logits[i]))
      }
      return Tensor(terms, shape: [terms.count / columns, columns]).vectors.map {
        $0.reduce(0, +)
      }
    }

    @Test(
      "The log-density of a Bernoulli broadcasts a value over leading batch axes",
      arguments: [[3, 2, 4], [2, 4], [4]] as [Shape])
    func broadcast(_ shape: Shape) {
      var generator = Philox(seed: 60)
      let logits = 3 * Tensor<Double>.normal([3, 2, 4], using: &generator)
      // Values between 0 and 1 are scored as expectations.
      let value = Tensor<Double>.uniform(shape, in: 0.1..<0.9, using: &generator)
      let density = Bernoulli(logits: logits, acceptsFractions: true).logDensity(of: value)
      #expect(density.shape == [3, 2])
      expectClose(density, reference(logits.scalars, value.scalars, columns: 4), within: 1e-13)
      expectGradients(at: [logits, value]) {
        weightedSum([
          Bernoulli(logits: $0[0], acceptsFractions: true).logDensity(of: $0[1])
        ])
      }
    }

    @Test("A single Bernoulli distribution scores many values")
    func manyValues() {
      var generator = Philox(seed: 61)
      let logits = Tensor<Double>.normal([4], using: &generator)
      let value = Tensor<Double>.uniform([5, 2, 4], in: 0.1..<0.9, using: &generator)
      let density = Bernoulli(logits: logits, acceptsFractions: true).logDensity(of: value)
      #expect(density.shape == [5, 2])
      let repeated = (0..<10).flatMap { _ in logits.scalars }
      expectClose(density, reference(repeated, value.scalars, columns: 4), within: 1e-13)
      expectGradients(at: [logits, value]) {
        weightedSum([
          Bernoulli(logits: $0[0], acceptsFractions: true).logDensity(of: $0[1])
        ])
      }
    }

    @Test(
      "The log-density of a Bernoulli is accurate and finite for extreme logits",
      arguments: [1e4, 88, 89, 104, 710, 30, 1e-3])
    func extreme(_ logit: Double) {
      let logits = Tensor<Float>([Float(logit), -Float(logit)]).tracked()
      let likely = Bernoulli(logits: logits).logDensity(of: Tensor([1, 0]))
      let unlikely = Bernoulli(logits: logits).logDensity(of: Tensor([0, 1]))
      let (tail, odds) = (log1p(exp(-logit)), exp(-logit))
      expectClose(likely, [-2 * tail], within: 1e-6)
      expectClose(unlikely, [-2 * (logit + tail)], within: 1e-6)
      let p = 1 / (1 + exp(-logit))
      expectClose(gradients(of: likely, withRespectTo: [logits])[0], [1 - p, p - 1], within: 1e-6)
      expectClose(gradients(of: unlikely, withRespectTo: [logits])[0], [-p, p], within: 1e-6)
      let entropy = Bernoulli(logits: logits).entropy
      #expect(entropy.isFinite)
      expectClose(entropy, [2 * (tail + logit * odds / (1 + odds))], within: 1e-5)
      expectClose(Bernoulli(logits: logits).mean, [p, 1 - p], within: 1e-6)
    }

    @Test("The entropy of a Bernoulli is −Σ p·log p + (1 − p)·log(1 − p)")
    func entropy() {
      var generator = Philox(seed: 62)
      let logits = 2 * Tensor<Double>.normal([3, 5], using: &generator)
      let terms: [Double] = logits.scalars.map { logit in
        let p = 1 / (1 + exp(-logit))
        return -p * log(p) - (1 - p) * log(1 - p)
      }
      let entropy = Bernoulli(logits: logits).entropy
      #expect(entropy.shape == [3])
      let sums = Tensor(terms, shape: [3, 5]).vectors.map { $0.reduce(0, +) }
      expectClose(entropy, sums, within: 1e-13)
      expectGradients(at: [logits]) { weightedSum([Bernoulli(logits: $0[0]).entropy]) }
    }

    /// Reference values by mpmath: `-log1p(exp(-40))`, the slope `exp(-40)/(1 + exp(-40))`, and the
    /// entropy.
    @Test(
      "Probabilities near 0 and near 1 keep all digits in the log-density and the entropy",
      arguments: [1, -1] as [Double])
    func tails(_ sign: Double) {
      let logits = Tensor<Double>([40 * sign]).tracked()
      let bit = Tensor<Double>([sign > 0 ? 1 : 0])
      let density = Bernoulli(logits: logits).logDensity(of: bit)
      let tail = -4.248354255291589e-18
      #expect(abs(density.scalar / tail - 1) < 8 * .ulpOfOne)
      let slope = gradients(of: density, withRespectTo: [logits])[0].scalar
      #expect(abs(slope / (-sign * tail) - 1) < 8 * .ulpOfOne)
      let entropy = Bernoulli(logits: logits).entropy
      #expect(abs(entropy.scalar / 1.741825244669551e-16 - 1) < 8 * .ulpOfOne)
    }

    @Test("A Bernoulli with infinite logits is deterministic")
    func certain() {
      let logits = Tensor<Float>([.infinity, -.infinity]).tracked()
      let likely = Bernoulli(logits: logits).logDensity(of: Tensor([1, 0]))
      #expect(likely.scalar == 0)
      #expect(gradients(of: likely, withRespectTo: [logits])[0].scalars == [0, 0])
      #expect(Bernoulli(logits: logits).logDensity(of: Tensor([0, 0])).scalar == -.infinity)
      #expect(Bernoulli(logits: logits).entropy.scalar == 0)
    }

    @Test("A value outside the support has log-density −∞, and other rows are not affected")
    func outside() {
      let distribution = Bernoulli<Float>(logits: Tensor([3, -1]))
      let density = distribution.logDensity(
        of: Tensor([1, 255, 0.5, -0.001, 0, 1, .nan, 1], shape: [4, 2])
      ).scalars
      #expect(density[0] == -.infinity && density[1] == -.infinity)
      #expect(density[2].isFinite && density[3].isNaN)
      // Values between 0 and 1 are refused by default. With `acceptsFractions` they are scored as
      // expectations.
      for (value, isScored) in [(Float(0), true), (1, true), (0.5, false), (1e-30, false)] {
        let x = Tensor([value, 1])
        #expect((distribution.logDensity(of: x).scalar > -.infinity) == isScored)
        let lenient = Bernoulli<Float>(logits: Tensor([3, -1]), acceptsFractions: true)
        #expect(lenient.logDensity(of: x).scalar > -.infinity)
      }
    }

    @Test("The KL divergence of two Bernoullis and its gradient agree with the formula")
    func divergence() {
      var generator = Philox(seed: 63)
      let l = 2 * Tensor<Double>.normal([3, 4], using: &generator)
      let p = 2 * Tensor<Double>.normal([4], using: &generator)
      func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
      let terms = l.scalars.enumerated().map { index, logit in
        let (mu, rho) = (sigmoid(logit), sigmoid(p.scalars[index % 4]))
        return mu * log(mu / rho) + (1 - mu) * log((1 - mu) / (1 - rho))
      }
      let expected = Tensor(terms, shape: [3, 4]).vectors.map { $0.reduce(0, +) }
      expectClose(
        Bernoulli(logits: l).klDivergence(from: Bernoulli(logits: p)), expected, within: 1e-13)
      expectGradients(at: [l, p]) {
        weightedSum([Bernoulli(logits: $0[0]).klDivergence(from: Bernoulli(logits: $0[1]))])
      }
      let same = Tensor<Double>([0.3, -.infinity, .infinity, 1e6])
      #expect(Bernoulli(logits: same).klDivergence(from: Bernoulli(logits: same)).scalar == 0)
    }

    @Test("Densities, moments and slopes of a Bernoulli have their limits at infinite log-odds")
    func infinite() {
      func check<Scalar: TensorScalar>(_: Scalar.Type) {
        let odds: [Scalar] = [-.infinity, -Scalar.greatestFiniteMagnitude, -3, 0, 2, .infinity]
        for l in odds {
          let logits = Tensor<Scalar>([l]).tracked()
          let bernoulli = Bernoulli(logits: logits)
          func slope(_ value: Tensor<Scalar>) -> Scalar {
            gradients(of: value.sum(), withRespectTo: [logits])[0].scalar
          }
          for bit in [0, 1] as [Scalar] {
            // The log-density is −log(1 + e^∓l), with the slope x − σ(l).
            let density = bernoulli.logDensity(of: Tensor([bit]))
            let isSure = bit == 1 ? l == .infinity : l == -.infinity
            let isImpossible = bit == 1 ? l == -.infinity : l == .infinity
            if isSure { #expect(density.scalar == 0 && slope(density) == 0) }
            if isImpossible {
              #expect(density.scalar == -.infinity && slope(density) == 2 * bit - 1)
            }
            #expect(!density.scalar.isNaN && slope(density).isFinite)
          }
          #expect(slope(bernoulli.mean).isFinite && slope(bernoulli.entropy).isFinite)
          if l.isInfinite {
            #expect(bernoulli.mean.scalar == (l > 0 ? 1 : 0) && slope(bernoulli.mean) == 0)
            #expect(bernoulli.entropy.scalar == 0 && slope(bernoulli.entropy) == 0)
          }
          for p in odds {
            let other = Tensor<Scalar>([p]).tracked()
            let divergence = bernoulli.klDivergence(from: Bernoulli(logits: other))
            let slopes = gradients(of: divergence.sum(), withRespectTo: [logits, other])
              .map(\.scalar)
            let name = "\(Scalar.self), KL from \(l) to \(p): \(divergence.scalar), \(slopes)"
            #expect(divergence.scalar >= 0 && !slopes.contains { $0.isNaN }, "\(name)")
            if l == p { #expect(divergence.scalar == 0 && slopes == [0, 0], "\(name)") }
            // If p is infinite and l is not, the divergence is infinite. Its slope with respect to
            // l is that of the term σ(l)·(l − p).
            if p.isInfinite, l != p {
              #expect(divergence.scalar == .infinity, "\(name)")
              if l.isFinite, abs(l) < 10 { #expect(slopes[0] == -p, "\(name)") }
            }
            if l.isInfinite { #expect(slopes[0] == 0, "\(name)") }
            func sigmoid(_ x: Scalar) -> Double { 1 / (1 + exp(-Double(x))) }
            #expect(
              abs(Double(slopes[1]) - (sigmoid(p) - sigmoid(l))) < 4 * Double(Scalar.ulpOfOne),
              "\(name)")
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("A NaN among the logits makes only its own row NaN")
    func notANumber() {
      let logits = Tensor<Double>([0, .nan, 1, 2], shape: [2, 2])
      let density = Bernoulli(logits: logits).logDensity(of: Tensor([1.0, 0.0]))
      #expect(density.scalars[0].isNaN && density.scalars[1].isFinite)
      var generator = Philox(seed: 66)
      let drawn = Bernoulli(logits: logits).sample(using: &generator).scalars
      #expect(drawn[1].isNaN && [0, 2, 3].allSatisfy { drawn[$0] == 0 || drawn[$0] == 1 })
    }
  }
}
