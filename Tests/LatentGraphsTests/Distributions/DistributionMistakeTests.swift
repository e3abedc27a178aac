import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("Mistakes of the caller with distributions") struct DistributionMistakes {
    private static let mistakes: [Mistake] = [
      // Parameters outside of their domain stop the program with the element and its value.
      .init("the concentration of a gamma is -2.0 at element 1; it must be positive and finite") {
        _ = Gamma<Double>(concentration: Tensor([1, -2]), rate: Tensor([1]))
      },
      .init("the sum of the concentrations of a Dirichlet distribution is inf at element 1") {
        _ = Dirichlet<Float>(concentration: Tensor([1, 2, 2e38, 2e38], shape: [2, 2]))
      },
      .init("the sum of alpha and beta of a beta is inf at element 0; it must be finite") {
        _ = Beta<Double>(alpha: Tensor([1e308]), beta: Tensor([1e308]))
      },
      .init("the rate of a Poisson is inf at element 0") {
        _ = Poisson<Float>(rate: Tensor([.infinity]))
      },
      .init("the number of trials of a binomial is 2.5", "a nonnegative integer") {
        _ = Binomial<Double>(totalCount: Tensor([2.5]), logits: Tensor([0]))
      },
      .init("bounds from 3.0 to 3.0 at element 1") {
        _ = Uniform<Double>(low: Tensor([0, 3]), high: Tensor([1, 3]))
      },
      .init("[[2], [3]]", "do not broadcast") {
        _ = Laplace<Double>(location: .zeros([2]), scale: .ones([3]))
      },
      .init("of the shape [3] got a value of shape [2]") {
        _ = Exponential<Double>(rate: .ones([3])).logDensity(of: .ones([2]))
      },
      // A derivative without a closed form stops the program.
      .init("the derivative of a beta variable's distribution function") {
        let alpha = Tensor<Double>([2]).tracked()
        let probability = Beta(alpha: alpha, beta: Tensor([3]))
          .cumulativeProbability(of: Tensor([0.4]))
        _ = gradients(of: probability.sum(), withRespectTo: [alpha])
      },
      .init("are not differentiable") {
        let rate = Tensor<Double>([2]).tracked()
        var generator = Philox(seed: 1)
        let estimate = Poisson(rate: rate)
          .sampledKLDivergence(from: Poisson(rate: Tensor([3])), draws: 10, using: &generator)
        _ = gradients(of: estimate, withRespectTo: [rate])
      },
    ]

    @Test(
      "A mistake with distributions stops the program with a message that shows the values",
      arguments: mistakes.indices)
    func stops(index: Int) async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        [index] in
        try GraphTests.DistributionMistakes.mistakes[index].commit()
      }
      expectMessage(result, Self.mistakes[index])
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
