import Foundation
import LatentGraphs
import NeuralNetworks
import TestSupport
import Testing

extension GraphTests {
  @Suite("KL divergence of two nets, node by node") struct NetDivergences {
    let q = LinearGaussianNet(seed: 41)
    let p = LinearGaussianNet(seed: 42)

    @Test(
      "The KL divergence of a node given its parents is exact, and that of a root is one number")
    func nodes() {
      var generator = Philox(seed: 43)
      let drawn = q.net.sample([4], using: &generator)
      let divergences = klDivergences(drawn, p.net.trace(at: drawn.values))
      #expect(divergences.map(\.shape) == [[4], [4], [], [], [4]])
      for (node, divergence) in divergences.enumerated() {
        let parents = q.graph.parents(of: node).map { drawn.values[$0].vectors }
        let rows = divergence.shape == [] ? 1 : 4
        let exact = (0..<rows).map { row in
          let given = parents.flatMap { $0[row] }
          let (ours, theirs) = (moments(q.parts[node], given), moments(p.parts[node], given))
          return zip(ours, theirs).reduce(0.0) { $0 + divergenceOfNormals($1.0, $1.1) }
        }
        expectClose(divergence, exact, within: 1e-12, q.graph.nodes[node].name)
      }
    }

    /// `KL(q ‖ p)` of two normal variables with the given means and standard deviations.
    private func divergenceOfNormals(
      _ q: (mean: Double, deviation: Double), _ p: (mean: Double, deviation: Double)
    ) -> Double {
      let ratio: Double = q.deviation / p.deviation
      let distance: Double = (q.mean - p.mean) / p.deviation
      return 0.5 * (ratio * ratio + distance * distance - 1) - log(ratio)
    }

    /// The mean and the standard deviation of each variable of a node, computed with loops.
    private func moments(
      _ part: LinearGaussian<Double>, _ parents: [Double]
    ) -> [(mean: Double, deviation: Double)] {
      let (bias, logStandardDeviation) = (
        part.bias.value.scalars, part.logStandardDeviation.value.scalars
      )
      return bias.indices.map { i in
        var mean = bias[i]
        for (j, parent) in parents.enumerated() { mean += part.weight!.value[j, i] * parent }
        return (mean, exp(logStandardDeviation[i]))
      }
    }

    /// The exact and the sampled divergences both have the dense divergence as expectation over
    /// draws from `q`.
    @Test(
      "The mean over draws of both the exact and the sampled divergences is the dense KL divergence"
    )
    func joint() {
      var generator = Philox(seed: 44)
      let n = 100_000
      let drawn = q.net.sample([n], using: &generator)
      let other = p.net.trace(at: drawn.values)
      let exact = q.dense().divergence(from: p.dense())
      for parts in [klDivergences(drawn, other), sampledDivergences(drawn, other)] {
        let sum = parts.dropFirst().reduce(parts[0], +)
        #expect(sum.shape == [n])
        expectCalibrated(slack: 1.03) { $0.compareMean(of: sum, exact) }
        // The error is small enough to detect a divergence that is wrong by a twentieth.
        #expect((sum.variance(axis: 0).scalar / Double(n)).squareRoot() < 0.0099 * exact)
      }
    }

    @Test("The sampled divergences add up to the difference of the log-densities")
    func sampled() {
      var generator = Philox(seed: 45)
      let drawn = q.net.sample([2, 3], using: &generator)
      let other = p.net.trace(at: drawn.values)
      let parts = sampledDivergences(drawn, other)
      #expect(parts.allSatisfy { $0.shape == [2, 3] })
      expectClose(
        parts.dropFirst().reduce(parts[0], +), (drawn.logDensity - other.logDensity).scalars,
        within: 1e-12)
    }

    @Test("The divergence of a net from itself is 0, and a fixed node contributes 0")
    func zeros() throws {
      var generator = Philox(seed: 46)
      let drawn = q.net.sample([3], using: &generator)
      for divergence in klDivergences(drawn, q.net.trace(at: drawn.values)) {
        #expect(divergence.scalars.allSatisfy { $0 == 0 })
      }
      let fixed = try q.net.sample(
        noise: q.net.noise([3], using: &generator), intervening: ["b": .zeros([3])])
      let other = p.net.trace(at: fixed.values)
      for parts in [klDivergences(fixed, other), sampledDivergences(fixed, other)] {
        #expect(parts[4].shape == [] && parts[4].scalar == 0)
        #expect(parts[0].scalars.allSatisfy { $0 != 0 })
      }
    }
  }
}
