import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("KL divergence by a stochastic trace") struct StochasticTrace {
    /// The unit vectors times `√k`. The mean of their squared images is exactly the trace.
    func unitNoise(_ k: Int, batch: Shape) -> Tensor<Double> {
      let ones = Shape([Int](repeating: 1, count: batch.rank))
      return (Double(k).squareRoot() * Tensor<Double>.identity(k))
        .reshaped(to: [k] + ones + [k]).broadcast(to: [k] + batch + [k])
    }

    @Test(
      "The stochastic trace is exact for noise along the axes", arguments: StructurePair.kinds,
      BatchPair.all)
    func axes(_ pair: StructurePair, _ batch: BatchPair) {
      var generator = Philox(seed: 30)
      let q = ModelCase(
        pair.q, meanBatch: batch.q.mean, batch: batch.q.precision, using: &generator)
      let p = ModelCase(
        pair.p, meanBatch: batch.p.mean, batch: batch.p.precision, using: &generator)
      let precisions = batch.q.precision.broadcast(with: batch.p.precision)!
      let noise = unitNoise(pair.q.dimension, batch: precisions)
      let value = q.model.klDivergence(from: p.model, trace: .stochastic(noise: noise))
      let exact = q.model.klDivergence(from: p.model)
      #expect(value.shape == exact.shape)
      expectClose(value, exact.scalars)
    }

    @Test("The stochastic trace of an empty batch is empty")
    func emptyBatch() throws {
      let model = GaussianGraphicalModel(
        precision: try ChainPrecision<Double>(
          diagonal: .full(3, [0, 3]), offDiagonal: .full(1, [0, 2])))
      let value = model.klDivergence(from: model, trace: .stochastic(noise: .zeros([2, 0, 3])))
      #expect(value.shape == [0])
    }

    @Test("The stochastic trace of diagonal models is exact for one draw of random signs")
    func signs() {
      var generator = Philox(seed: 31)
      let q = ModelCase(.diagonal(7), meanBatch: [3], batch: [3], using: &generator)
      let p = ModelCase(.diagonal(7), meanBatch: [], batch: [], using: &generator)
      let signs = Tensor<Double>.normal([3, 7], using: &generator).sign()
      expectClose(
        q.model.klDivergence(from: p.model, trace: .stochastic(noise: signs)),
        q.model.klDivergence(from: p.model).scalars)
    }

    @Test("The stochastic trace averages over all axes of draws", arguments: StructurePair.kinds)
    func draws(_ pair: StructurePair) {
      var generator = Philox(seed: 32)
      let q = ModelCase(pair.q, meanBatch: [], batch: [], using: &generator)
      let p = ModelCase(pair.p, meanBatch: [3], batch: [3], using: &generator)
      let noise = Tensor<Double>.normal([4, 2, 3, 6], using: &generator)
      let value = q.model.klDivergence(from: p.model, trace: .stochastic(noise: noise))
      let flat = q.model.klDivergence(
        from: p.model, trace: .stochastic(noise: noise.reshaped(to: [8, 3, 6])))
      #expect(value.shape == [3])
      expectClose(value, flat.scalars, within: 1e-13)
      expectGradients(at: q.inputs + p.inputs, within: 1e-7) {
        weightedSum([
          q.model(Array($0.prefix(q.inputs.count))).klDivergence(
            from: p.model(Array($0.dropFirst(q.inputs.count))), trace: .stochastic(noise: noise))
        ])
      }
    }

    /// With `A = L_pᵀ L_q⁻ᵀ` and `M = Aᵀ A`, `‖A ε‖²` has the mean `tr M` and the variance `2‖M‖²`.
    /// The mean of 40,000 draws is approximately normal. The bound has a rate of false failure of
    /// 10⁻⁶ over all pairs; 3% is added for the skewness of a square.
    @Test("The stochastic trace is unbiased", arguments: StructurePair.kinds)
    func unbiased(_ pair: StructurePair) {
      var generator = Philox(seed: 33)
      let draws = 40_000
      let q = ModelCase(pair.q, meanBatch: [], batch: [], using: &generator)
      let p = ModelCase(pair.p, meanBatch: [], batch: [], using: &generator)
      let noise = Tensor<Double>.normal([draws, 6], using: &generator)
      let estimate = q.model.klDivergence(from: p.model, trace: .stochastic(noise: noise)).scalar
      let exact = q.model.klDivergence(from: p.model).scalar
      let factors = [q, p].map { $0.structure.factors(Array($0.inputs.dropFirst()))[0] }
      let a = factors[1].transposed * factors[0].transposed.inverted().inverse
      let m = a.transposed * a
      let variance = 2 * (m * m).trace / Double(draws)
      let bound =
        deviations(rate: 1e-6, comparisons: StructurePair.kinds.count) * 0.5 * variance.squareRoot()
      #expect(abs(estimate - exact) < 1.03 * bound)
      // The bound is small enough to detect an estimate that lacks a twentieth of the trace, half
      // of which is part of the KL divergence.
      #expect(bound < 0.025 * m.trace)
    }
  }
}
