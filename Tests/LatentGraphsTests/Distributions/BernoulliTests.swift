import Foundation
import LatentGraphs
import Tensors
import Testing

extension GraphTests {
  @Suite("Bernoulli") struct BernoulliTests {
    /// `Σ [x·log p + (1 − x)·log(1 − p)]`, row by row.
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
      "scores one value under all distributions in front of it",
      arguments: [[3, 2, 4], [2, 4], [4]] as [Shape])
    func broadcast(_ shape: Shape) {
      var generator = Philox(seed: 60)
      let logits = 3 * Tensor<Double>.normal([3, 2, 4], using: &generator)
      // Values between 0 and 1 are scored as expectations.
      let value = Tensor<Double>.uniform(shape, using: &generator)
      let density = Bernoulli(logits: logits).logDensity(of: value)
      #expect(density.shape == [3, 2])
      expectClose(density, reference(logits.scalars, value.scalars, columns: 4), within: 1e-13)
      expectGradients(at: [logits, value]) {
        weightedSum([Bernoulli(logits: $0[0]).logDensity(of: $0[1])])
      }
    }

    @Test("of a single distribution scores many values")
    func manyValues() {
      var generator = Philox(seed: 61)
      let logits = Tensor<Double>.normal([4], using: &generator)
      let value = Tensor<Double>.uniform([5, 2, 4], using: &generator)
      let density = Bernoulli(logits: logits).logDensity(of: value)
      #expect(density.shape == [5, 2])
      let repeated = (0..<10).flatMap { _ in logits.scalars }
      expectClose(density, reference(repeated, value.scalars, columns: 4), within: 1e-13)
      expectGradients(at: [logits, value]) {
        weightedSum([Bernoulli(logits: $0[0]).logDensity(of: $0[1])])
      }
    }

    @Test("is exact and finite for extreme logits", arguments: [1e4, 88, 89, 104, 710, 30, 1e-3])
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

    @Test("has the entropy −Σ p·log p + (1 − p)·log(1 − p)")
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

    @Test("gives what is not a number back, in its row alone")
    func notANumber() {
      let logits = Tensor<Double>([0, .nan, 1, 2], shape: [2, 2])
      let density = Bernoulli(logits: logits).logDensity(of: Tensor([1.0, 0.0]))
      #expect(density.scalars[0].isNaN && density.scalars[1].isFinite)
    }
  }
}
