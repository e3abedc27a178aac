import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("Linear-Gaussian state-space models") struct StateSpaceModels {
    typealias Reference = StateSpaceReference

    @Test("A local level with two observations agrees with a hand computation")
    func byHand() throws {
      let (one, zero) = (Tensor<Double>.ones([1, 1]), Tensor<Double>.zeros([1]))
      let model = try LinearGaussianStateSpaceModel(
        initialMean: zero, initialCovariance: one, transition: one, transitionCovariance: one,
        observation: one, observationCovariance: one)
      // The levels have the precision [2 −1; −1 1], and given y the precision [3 −1; −1 2] with the
      // inverse ⅕ [2 1; 1 3]; their means are this inverse times y. The observations have the
      // covariance [1 1; 1 2] + I with the determinant 5, and yᵀ [3 −1; −1 2] y / 5 = 7/5.
      let both: Double = -log(2 * .pi) - 0.5 * log(5) - 0.7
      Self.expect(
        try model.smoothed(Tensor([1, 2], shape: [2, 1])), means: [0.8, 1.4],
        covariances: [0.4, 0.6], lagOne: [0.2], logLikelihood: [both])
      // Without the second observation, the level stays where it is, and its variance grows by 1.
      let first: Double = -0.5 * log(4 * .pi) - 0.25
      Self.expect(
        try model.smoothed(Tensor([1, .nan], shape: [2, 1])), means: [0.5, 0.5],
        covariances: [0.5, 1.5], lagOne: [0.5], logLikelihood: [first])
    }

    static func reference() throws -> LinearGaussianStateSpaceModel<Double> {
      try LinearGaussianStateSpaceModel(
        initialMean: Tensor(Reference.initialMean),
        initialCovariance: Tensor(Reference.initialCovariance, shape: [3, 3]),
        transition: Tensor(Reference.transition, shape: [3, 3]),
        transitionOffset: Tensor(Reference.transitionOffset),
        transitionCovariance: Tensor(Reference.transitionCovariance, shape: [3, 3]),
        observation: Tensor(Reference.observation, shape: [2, 3]),
        observationOffset: Tensor(Reference.observationOffset),
        observationCovariance: Tensor(Reference.observationCovariance, shape: [2, 2]))
    }

    static func expect(
      _ states: SmoothedStates<Double>, means: [Double], covariances: [Double], lagOne: [Double],
      logLikelihood: [Double], sourceLocation: SourceLocation = #_sourceLocation
    ) {
      expectClose(states.means, means, "means", sourceLocation: sourceLocation)
      expectClose(states.covariances, covariances, "covariances", sourceLocation: sourceLocation)
      expectClose(states.lagOneCovariances, lagOne, "lag one", sourceLocation: sourceLocation)
      expectClose(
        states.logLikelihood, logLikelihood, "likelihood", sourceLocation: sourceLocation)
    }

    @Test(
      "Smoothed states and likelihoods agree with statsmodels, also for series with gaps",
      arguments: [false, true])
    func statsmodels(hasGaps: Bool) throws {
      typealias R = Reference
      let y = Tensor(hasGaps ? R.withGaps : R.complete, shape: [R.times, 2])
      Self.expect(
        try Self.reference().smoothed(y), means: hasGaps ? R.gapsMeans : R.completeMeans,
        covariances: hasGaps ? R.gapsCovariances : R.completeCovariances,
        lagOne: hasGaps ? R.gapsLagOne : R.completeLagOne,
        logLikelihood: hasGaps ? R.gapsLogLikelihood : R.completeLogLikelihood)
    }

    @Test("A model that starts in its stationary state agrees with statsmodels")
    func stationary() throws {
      let model = try Self.reference()
      let stationary = try LinearGaussianStateSpaceModel(
        stationaryTransition: model.transition, transitionOffset: model.transitionOffset,
        transitionCovariance: model.transitionCovariance, observation: model.observation,
        observationOffset: model.observationOffset,
        observationCovariance: model.observationCovariance)
      let gaps = Tensor(Reference.withGaps, shape: [Reference.times, 2])
      Self.expect(
        try stationary.smoothed(gaps), means: Reference.stationaryMeans,
        covariances: Reference.stationaryCovariances, lagOne: Reference.stationaryLagOne,
        logLikelihood: Reference.stationaryLogLikelihood)
    }

    @Test(
      "Smoothed states agree with the textbook's filter and smoother",
      arguments: StateSpaceCase.all,
      StateSpaceCase.Gaps.allCases)
    func textbook(_ example: StateSpaceCase, _ gaps: StateSpaceCase.Gaps) throws {
      var generator = Philox(seed: 100)
      let parameters = example.parameters(using: &generator)
      let model = example.model(parameters)
      let filter = example.filter(parameters)
      for batch: Shape in [[], [3], [2, 2]] {
        let y = example.observations(batch: batch, gaps, using: &generator)
        let expected = (0..<batch.count).map { series in
          filter.smoothed(
            Array(y.vectors[series * example.times..<(series + 1) * example.times]))
        }
        let states = try model.smoothed(y)
        #expect(states.means.shape == batch + [example.times, example.state])
        #expect(states.logLikelihood.shape == batch)
        // All series share one covariance if the same components are observed.
        let distinct = states.covariances.rank == 3 ? Array(expected.prefix(1)) : expected
        Self.expect(
          states, means: expected.flatMap { $0.means.flatMap { $0 } },
          covariances: distinct.flatMap { $0.covariances.flatMap { $0.rows.flatMap { $0 } } },
          lagOne: distinct.flatMap { $0.lagOne.flatMap { $0.rows.flatMap { $0 } } },
          logLikelihood: expected.map(\.logLikelihood))
        if gaps != .own { #expect(states.covariances.rank == 3) }
        // The posterior and the likelihood alone give the same values.
        let posterior = try model.posterior(given: y)
        expectClose(posterior.mean, states.means.scalars, within: 1e-12)
        expectClose(
          posterior.precision.marginalVariances, states.covariances.diagonal().scalars,
          within: 1e-12)
        expectClose(
          try model.logLikelihood(of: y), states.logLikelihood.scalars, within: 1e-12)
      }
    }

    @Test("The prior of a state-space model has the right moments", arguments: StateSpaceCase.all)
    func prior(_ example: StateSpaceCase) throws {
      var generator = Philox(seed: 101)
      let parameters = example.parameters(using: &generator)
      let prior = try example.model(parameters).prior(times: example.times)
      // The reference is a filter without observations.
      let nothing = [[Double]](
        repeating: [Double](repeating: .nan, count: example.observation), count: example.times)
      let expected = example.filter(parameters).smoothed(nothing)
      expectClose(prior.mean, expected.means.flatMap { $0 })
      let chain = prior.precision as! BlockChainPrecision<Double>
      let covariances = chain.blockCovariances
      expectClose(
        covariances.marginals, expected.covariances.flatMap { $0.rows.flatMap { $0 } })
      expectClose(covariances.lagOne, expected.lagOne.flatMap { $0.rows.flatMap { $0 } })
    }

    @Test(
      "Gradients in all parameters and in the observations agree with central differences",
      arguments: StateSpaceCase.all,
      StateSpaceCase.Gaps.allCases)
    func gradients(_ example: StateSpaceCase, _ gaps: StateSpaceCase.Gaps) {
      var generator = Philox(seed: 102)
      let parameters = example.parameters(using: &generator)
      let y = example.observations(batch: [2], gaps, using: &generator)
      // Finite differences are taken in the observed values only.
      let known = Tensor(y.scalars.map { $0.isNaN ? 0 : $0 }, shape: y.shape)
      let missing = Tensor(y.scalars.map { $0.isNaN ? .nan : 0 }, shape: y.shape)
      expectGradients(at: parameters + [known], step: 1e-3, within: 1e-7, "likelihood") {
        weightedSum([try! example.model(Array($0.dropLast())).logLikelihood(of: $0[8] + missing)])
      }
      expectGradients(at: parameters + [known], step: 1e-3, within: 1e-7, "states") {
        let states = try! example.model(Array($0.dropLast())).smoothed($0[8] + missing)
        return weightedSum([
          states.means, states.covariances, states.lagOneCovariances, states.logLikelihood,
        ])
      }
    }

    /// A slow state with a small scale and a fast state with a large scale.
    @Test("Stationary states are accurate for variables of very different scales")
    func units() throws {
      let (slow, small) = (0.999, 1e-9)
      let state = try LinearGaussianStateSpaceModel<Double>.stationaryState(
        transition: Tensor([0, 0, 0, slow], shape: [2, 2]), offset: Tensor([1e6, 1e-7]),
        covariance: Tensor([1e8, 0, 0, small], shape: [2, 2]))
      let variance = small / (1 - slow * slow)
      #expect(abs(state.covariance[1, 1] / variance - 1) < 1e-10)
      #expect(abs(state.mean[1] / (1e-7 / (1 - slow)) - 1) < 1e-10)
    }

    @Test("Gradients of the stationary state agree with central differences")
    func stationaryGradients() {
      var generator = Philox(seed: 103)
      let transition = 0.3 * Tensor<Double>.normal([3, 3], using: &generator)
      let root = Tensor<Double>.normal([3, 3], using: &generator)
      let b = Tensor<Double>.normal([3], using: &generator)
      expectGradients(at: [transition, root, b], step: 1e-3, within: 1e-7) {
        let state = try! LinearGaussianStateSpaceModel.stationaryState(
          transition: $0[0], offset: $0[2], covariance: StateSpaceCase.covariance($0[1]))
        return weightedSum([state.mean, state.covariance])
      }
    }

    @Test("The smoothed states of a long series in Float agree with those in Double")
    func single() throws {
      func model<Scalar>(_: Scalar.Type) throws -> LinearGaussianStateSpaceModel<Scalar> {
        try LinearGaussianStateSpaceModel(
          stationaryTransition: 0.9 * .identity(2), transitionCovariance: .identity(2),
          observation: .identity(2), observationCovariance: 0.5 * .identity(2))
      }
      var generator = Philox(seed: 104)
      let y = Tensor<Float>.normal([4096, 2], using: &generator)
      let single = try model(Float.self).smoothed(y)
      let double = try model(Double.self).smoothed(y.converted())
      expectClose(single.means, double.means.scalars, within: 1e-5)
      expectClose(single.covariances, double.covariances.scalars, within: 1e-5)
      expectClose(single.logLikelihood, double.logLikelihood.scalars, within: 1e-5)
    }
  }
}
