import Foundation
import LatentGraphs
import TestSupport
import Testing

/// A model with two variables in each state and each observation.
private func smallModel(
  mean: Tensor<Double> = .zeros([2]), initial: Tensor<Double> = .identity(2),
  transition: Tensor<Double> = 0.5 * .identity(2), drift: Tensor<Double> = .zeros([2]),
  noise: Tensor<Double> = .identity(2), observation: Tensor<Double> = .identity(2),
  offset: Tensor<Double> = .zeros([2]), error: Tensor<Double> = .identity(2)
) throws -> LinearGaussianStateSpaceModel<Double> {
  try LinearGaussianStateSpaceModel(
    initialMean: mean, initialCovariance: initial, transition: transition, transitionOffset: drift,
    transitionCovariance: noise, observation: observation, observationOffset: offset,
    observationCovariance: error)
}

extension GraphTests {
  @Suite("Errors of state-space models") struct StateSpaceErrors {
    /// Matrices that are not positive definite: exactly singular, singular up to rounding, and
    /// indefinite.
    static let examples: [[Double]] = [[1, 0, 0, 0], [0.1, 0.3, 0.3, 0.9], [1, 2, 2, 1]]

    @Test(
      "A singular covariance of a state-space model is refused with its name and pivot",
      arguments: examples)
    func singular(_ elements: [Double]) {
      let bad = Tensor(elements, shape: [2, 2])
      #expect(throws: StateSpaceModelError.singularCovariance(.initial, time: nil, pivot: 1)) {
        try smallModel(initial: bad)
      }
      #expect(throws: StateSpaceModelError.singularCovariance(.transition, time: nil, pivot: 1)) {
        try smallModel(noise: bad)
      }
      #expect(throws: StateSpaceModelError.singularCovariance(.observation, time: nil, pivot: 1)) {
        try smallModel(error: bad)
      }
    }

    @Test(
      "A covariance of a state-space model that is singular at one time is refused with the time",
      arguments: examples)
    func singularAtATime(_ elements: [Double]) {
      let good = Tensor<Double>.identity(2)
      let bad = Tensor.stacked([good, good, Tensor(elements, shape: [2, 2]), good])
      #expect(throws: StateSpaceModelError.singularCovariance(.transition, time: 2, pivot: 1)) {
        try smallModel(noise: bad)
      }
      #expect(throws: StateSpaceModelError.singularCovariance(.observation, time: 2, pivot: 1)) {
        try smallModel(error: bad)
      }
      let error = StateSpaceModelError.singularCovariance(.transition, time: 2, pivot: 1)
      #expect(error.localizedDescription.contains("transition covariance of time 2"))
    }

    @Test(
      "A state-space parameter that is not finite is refused with its name and place",
      arguments: [Double.nan, .infinity])
    func notFinite(_ bad: Double) throws {
      let (vector, matrix) = (Tensor([0, bad]), Tensor([1, 0, bad, 1], shape: [2, 2]))
      func expect(
        _ parameter: StateSpaceModelError.Parameter, column: Int? = nil,
        _ make: () throws -> LinearGaussianStateSpaceModel<Double>
      ) {
        #expect(
          throws: StateSpaceModelError.parameterNotFinite(
            parameter, time: nil, row: 1, column: column), performing: make)
      }
      expect(.initialMean) { try smallModel(mean: vector) }
      expect(.initialCovariance, column: 0) { try smallModel(initial: matrix) }
      expect(.transition, column: 0) { try smallModel(transition: matrix) }
      expect(.transitionOffset) { try smallModel(drift: vector) }
      expect(.transitionCovariance, column: 0) { try smallModel(noise: matrix) }
      expect(.observation, column: 0) { try smallModel(observation: matrix) }
      expect(.observationOffset) { try smallModel(offset: vector) }
      expect(.observationCovariance, column: 0) { try smallModel(error: matrix) }
      let error = StateSpaceModelError.parameterNotFinite(
        .observation, time: nil, row: 1, column: 0)
      #expect(error.localizedDescription.contains("observation matrix is NaN or infinite"))
      #expect(error.localizedDescription.contains("row 1, column 0"))
    }

    @Test("A state-space parameter that is not finite at one time is refused with the time")
    func notFiniteAtATime() throws {
      let good = Tensor<Double>.zeros([2, 3])
      let matrices = Tensor.stacked([good, good, good + Tensor([0, .nan, 0]), good])
      #expect(
        throws: StateSpaceModelError.parameterNotFinite(.observation, time: 2, row: 0, column: 1)
      ) {
        try LinearGaussianStateSpaceModel(
          initialMean: .zeros([3]), initialCovariance: .identity(3), transition: .identity(3),
          transitionCovariance: .identity(3), observation: matrices,
          observationCovariance: .identity(2))
      }
      #expect(
        throws: StateSpaceModelError.parameterNotFinite(
          .transitionOffset, time: 1, row: 0, column: nil)
      ) { try smallModel(drift: Tensor([0, 0, -.infinity, 0, 0, 0], shape: [3, 2])) }
    }

    @Test(
      "A state-space covariance that is not symmetric is refused with its name and both elements")
    func notSymmetric() throws {
      let bad = Tensor([2, 0.1, 0.3, 2], shape: [2, 2])
      func error(
        _ covariance: StateSpaceModelError.Covariance, time: Int? = nil
      ) -> StateSpaceModelError {
        .notSymmetric(covariance, time: time, row: 1, column: 0, element: 0.3, mirrored: 0.1)
      }
      #expect(throws: error(.initial)) { try smallModel(initial: bad) }
      #expect(throws: error(.transition)) { try smallModel(noise: bad) }
      #expect(throws: error(.observation)) { try smallModel(error: bad) }
      let good = Tensor<Double>.identity(2)
      #expect(throws: error(.transition, time: 1)) {
        try smallModel(noise: .stacked([good, bad, good]))
      }
      #expect(throws: error(.transition)) {
        try LinearGaussianStateSpaceModel.stationaryState(
          transition: 0.5 * .identity(2), covariance: bad)
      }
      #expect(
        error(.initial).localizedDescription.contains("0.3 in row 1, column 0, and 0.1 in row 0"))
    }

    /// Products computed in another order differ in their last digits, at any scale of the
    /// variables.
    @Test(
      "A state-space covariance that is symmetric up to rounding is accepted",
      arguments: [1e-9, 1, 1e9])
    func nearlySymmetric(_ unit: Double) throws {
      let scales = Tensor([1, unit])
      let covariance =
        Tensor([1, 0.5, 0.5 * (1 + 1e-14), 1], shape: [2, 2]) * scales * scales.addingAxis(at: -1)
      _ = try smallModel(initial: covariance, noise: covariance, error: covariance)
    }

    @Test(
      "A stationary state of parameters that are not finite is refused with the parameter's name")
    func stationaryNotFinite() {
      typealias Model = LinearGaussianStateSpaceModel<Double>
      let (good, bad) = (
        0.5 * Tensor<Double>.identity(2), Tensor([0.5, 0, .nan, 0.5], shape: [2, 2])
      )
      #expect(
        throws: StateSpaceModelError.parameterNotFinite(.transition, time: nil, row: 1, column: 0)
      ) { try Model.stationaryState(transition: bad, covariance: good) }
      #expect(
        throws: StateSpaceModelError.parameterNotFinite(
          .transitionOffset, time: nil, row: 0, column: nil)
      ) {
        try Model.stationaryState(transition: good, offset: Tensor([.nan, 0]), covariance: good)
      }
      #expect(
        throws: StateSpaceModelError.parameterNotFinite(
          .transitionCovariance, time: nil, row: 1, column: 0)
      ) { try Model.stationaryState(transition: good, covariance: bad) }
    }

    @Test("An infinite observation is refused with its series, time and component")
    func infinite() throws {
      var y = [Double](repeating: .nan, count: 3 * 4 * 2)
      y[1 * 8 + 2 * 2 + 1] = -.infinity
      let model = try smallModel()
      #expect(throws: StateSpaceModelError.observationNotFinite(series: 1, time: 2, component: 1)) {
        try model.smoothed(Tensor(y, shape: [3, 4, 2]))
      }
    }

    @Test("A transition without a stationary state is refused", arguments: [1, 1.01, -1])
    func notStationary(_ size: Double) {
      #expect(throws: StateSpaceModelError.notStationary) {
        try LinearGaussianStateSpaceModel<Double>(
          stationaryTransition: Tensor([size, 0.3, 0, 0.5], shape: [2, 2]),
          transitionCovariance: .identity(2), observation: .identity(2),
          observationCovariance: .identity(2))
      }
    }

    @Test("State-space parameters that do not fit stop the program with their shapes")
    func mistakes() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = try? smallModel(transition: .identity(3))
        }, "a state-space model of states of dimension 2", "[3, 3]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = try? smallModel(observation: .ones([3, 2]))
        }, "observation matrices of shape [3, 2]", "[2, 2]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = try? smallModel(
            transition: .ones([4, 2, 2]), observation: .ones([4, 2, 2]))
        }, "different numbers of times", "[5]", "[4]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = try? smallModel(observation: .ones([4, 2, 2])).smoothed(.zeros([5, 2]))
        }, "4 times", "[5, 2]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = try? smallModel().smoothed(.zeros([5, 3]))
        }, "[5, 3]", "[batch…, T, p]")
    }
  }
}
