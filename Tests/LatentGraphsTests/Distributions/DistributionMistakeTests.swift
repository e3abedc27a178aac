import LatentGraphs
import Tensors
import TestSupport
import Testing

extension GraphTests {
  @Suite("Mistakes of the caller with distributions") struct DistributionMistakes {
    @Test("Parameters outside of their domain stop the program with the element and its value")
    func parameters() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = Gamma<Double>(concentration: Tensor([1, -2]), rate: Tensor([1]))
        }, "the concentration of a gamma is -2.0 at element 1; it must be positive and finite")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = Poisson<Float>(rate: Tensor([.infinity]))
        }, "the rate of a Poisson is inf at element 0")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = Binomial<Double>(totalCount: Tensor([2.5]), logits: Tensor([0]))
        }, "the number of trials of a binomial is 2.5", "a nonnegative integer")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = Uniform<Double>(low: Tensor([0, 3]), high: Tensor([1, 3]))
        }, "bounds from 3.0 to 3.0 at element 1")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = Laplace<Double>(location: .zeros([2]), scale: .ones([3]))
        }, "[[2], [3]]", "do not broadcast")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = Exponential<Double>(rate: .ones([3])).logDensity(of: .ones([2]))
        }, "of the shape [3] got a value of shape [2]")
    }

    @Test("A derivative without a closed form stops the program")
    func derivatives() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          let alpha = Tensor<Double>([2]).tracked()
          let probability = Beta(alpha: alpha, beta: Tensor([3]))
            .cumulativeProbability(of: Tensor([0.4]))
          _ = gradients(of: probability.sum(), withRespectTo: [alpha])
        }, "the derivative of a beta variable's distribution function")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          let rate = Tensor<Double>([2]).tracked()
          var generator = Philox(seed: 1)
          let estimate = Poisson(rate: rate)
            .sampledKLDivergence(from: Poisson(rate: Tensor([3])), draws: 10, using: &generator)
          _ = gradients(of: estimate, withRespectTo: [rate])
        }, "are not differentiable")
    }

    @Test("Moments without a closed form are typed errors")
    func moments() {
      let relaxed = RelaxedBernoulli<Double>(logits: Tensor([0.3]), temperature: 0.5)
      #expect(
        throws: DistributionError.noClosedForm(
          property: "mean", distribution: "relaxed Bernoulli distribution")
      ) { try relaxed.mean }
      #expect(throws: DistributionError.self) { try Poisson<Double>(rate: Tensor([1])).entropy }
      let cauchy = StudentT<Double>(
        degreesOfFreedom: Tensor([1, 1.5, 2.5]), location: Tensor([0]), scale: Tensor([1]))
      #expect(cauchy.mean.scalars[0].isNaN && cauchy.mean.scalars[1] == 0)
      #expect(cauchy.variance.scalars[0].isNaN && cauchy.variance.scalars[1] == .infinity)
      #expect(cauchy.variance.scalars[2] == 5)
    }
  }
}
