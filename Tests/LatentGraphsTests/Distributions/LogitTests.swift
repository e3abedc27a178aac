import LatentGraphs
import Tensors
import TestSupport
import Testing

extension GraphTests {
  @Suite("Logits of any size") struct LogitTests {
    private func divergence<Scalar: TensorScalar>(_ q: [Scalar], _ p: [Scalar]) -> Double {
      let (q, p) = (Tensor(q).tracked(), Tensor(p).tracked())
      let value = Categorical(logits: q).klDivergence(from: Categorical(logits: p))
      let slopes = gradients(of: value, withRespectTo: [q, p])
      #expect(slopes.allSatisfy { $0.isFinite }, "\(slopes)")
      return Double(value.scalar)
    }

    @Test("The divergence of categories with masked logits is that of the others")
    func masked() {
      let logTwo = 0.693147180559945309
      #expect(abs(divergence([0.0, -1e9], [0.0, 0]) - logTwo) < 1e-15)
      #expect(abs(divergence([0.0, -740], [0.0, 0]) - logTwo) < 1e-15)
      #expect(abs(divergence([0.0, -720], [0.0, 0]) - logTwo) < 1e-15)
      #expect(abs(divergence([0, -1e4], [0, 0] as [Float]) - logTwo) < 1e-7)
      // By mpmath, for the two categories of q.
      #expect(abs(divergence([1, 2, -1e9], [2, 1, 0] as [Float]) - 0.556461434186167) < 1e-6)
      let excluding = Categorical<Double>(logits: Tensor([0, -.infinity]))
      #expect(
        Categorical<Double>(logits: Tensor([0, -800])).klDivergence(from: excluding).scalar
          == .infinity)
      #expect(excluding.klDivergence(from: excluding).scalar == 0)
    }

    @Test("A large common summand of the logits changes nothing")
    func offset() {
      let pair = Categorical<Float>(logits: Tensor([1e7, 1e7]))
      #expect(abs(pair.logDensity(of: Tensor([1, 0])).scalar + 0.6931472) < 1e-6)
      #expect(
        abs(Categorical<Float>(logits: Tensor([1e8, 1e8])).entropy.scalar - 0.6931472) < 1e-6)
      let wide = Categorical<Double>(logits: Tensor([1e15, 1e15]))
      #expect(abs(wide.logDensity(of: Tensor([1, 0])).scalar + 0.693147180559945) < 1e-14)
      let relaxed = RelaxedCategorical<Float>(logits: Tensor([1e7, 1e7]), temperature: 0.5)
      #expect(abs(relaxed.logDensity(of: Tensor([0.3, 0.7])).scalar + 0.5633318) < 1e-6)
      let normals = [-3, 3].map { Normal<Float>(mean: Tensor([$0]), logVariance: Tensor([0])) }
      let mixture = Mixture(logits: Tensor([1e8, 1e8]), components: normals)
      // −9/2 − log(2π)/2.
      #expect(abs(mixture.logDensity(of: Tensor([0])).scalar + 5.4189385) < 1e-5)
      var generator = Philox(seed: 1)
      // The standard error is √10/100.
      #expect(abs(mixture.sample(10_000, using: &generator).mean().scalar) < 0.16)
    }

    @Test("Every draw of a category is a vector of one 1", arguments: [0, 1e4, 1e8] as [Float])
    func oneHot(offset: Float) {
      var generator = Philox(seed: 2)
      let law = Categorical<Float>(logits: Tensor([0, 0, 0]) + offset)
      let draws = law.sample(1_000_000, using: &generator)
      #expect(law.support.contains(draws).scalars.allSatisfy { $0 == 1 })
      // The standard error of a frequency is 4.7e-4.
      #expect(draws.mean(axis: 0).scalars.allSatisfy { abs($0 - 1 / 3) < 2.5e-3 })
    }

    @Test("Logits without probabilities stop the program with their row")
    func refused() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = Categorical<Double>(
            logits: Tensor([0, 1, -.infinity, -.infinity], shape: [2, 2]))
        }, "the largest logit of a categorical distribution is -inf in row 1")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = Mixture<Normal<Double>>(
            logits: Tensor([.infinity, 0]), components: [.standard(1), .standard(1)])
        }, "the largest logit", "is inf in row 0")
    }

    @Test("A mixture leaves out components of weight 0")
    func excluded() throws {
      let logits = Tensor<Double>([0, -.infinity])
      let gammas = [2, 0.5].map { Gamma<Double>(concentration: Tensor([$0]), rate: Tensor([1])) }
      // The second component has an infinite density at 0.
      #expect(
        Mixture(logits: logits, components: gammas).logDensity(of: Tensor([0])).scalar == -.infinity
      )
      func student(_ degrees: Double) -> StudentT<Double> {
        StudentT(degreesOfFreedom: Tensor([degrees]), location: Tensor([2]), scale: Tensor([1]))
      }
      let heavy = Mixture(logits: logits, components: [student(4), student(1)])
      #expect(try heavy.mean.scalar == 2)
      #expect(try heavy.variance.scalar == 2)
      let infinite = Mixture(logits: logits, components: [student(4), student(1.5)])
      #expect(try infinite.variance.scalar == 2)
    }

    @Test("The variance of a mixture of half-Cauchy variables is infinite")
    func heavy() throws {
      let heavy = Mixture(
        logits: Tensor([0, 1]), components: [1, 2].map { HalfCauchy<Double>(scale: Tensor([$0])) })
      #expect(try heavy.mean.scalar == .infinity && heavy.variance.scalar == .infinity)
    }

    @Test("A mixture whose logits are NaN draws NaN")
    func unknown() {
      var generator = Philox(seed: 3)
      let normal = Normal<Double>.standard(2)
      let draws = Mixture(logits: Tensor([.nan, 0]), components: [normal, normal])
        .sample(5, using: &generator)
      #expect(draws.scalars.allSatisfy { $0.isNaN })
    }

    @Test("Binomial variables of no trials have the divergence 0")
    func noTrials() {
      let l = Tensor<Double>([.infinity, 0.5]).tracked()
      let q = Binomial(totalCount: Tensor([0, 2]), logits: l)
      let p = Binomial<Double>(totalCount: Tensor([0, 2]), logits: Tensor([-.infinity, 0.5]))
      let divergence = q.klDivergence(from: p)
      #expect(divergence.scalar == 0)
      #expect(gradients(of: divergence, withRespectTo: [l])[0].scalars == [0, 0])
    }
  }
}
