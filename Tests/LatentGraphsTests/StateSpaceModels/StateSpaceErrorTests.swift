import Foundation
import LatentGraphs
import Tensors
import Testing

/// A model of two numbers in a state and in an observation.
private func smallModel(
  initial: Tensor<Double> = .identity(2), transition: Tensor<Double> = 0.5 * .identity(2),
  noise: Tensor<Double> = .identity(2), observation: Tensor<Double> = .identity(2),
  error: Tensor<Double> = .identity(2)
) throws -> LinearGaussianStateSpaceModel<Double> {
  try LinearGaussianStateSpaceModel(
    initialMean: .zeros([2]), initialCovariance: initial, transition: transition,
    transitionCovariance: noise, observation: observation, observationCovariance: error)
}

extension GraphTests {
  @Suite("What is wrong with a state-space model is named") struct StateSpaceErrors {
    /// Singular matrices: zero in a direction, by rounding, not at all positive, no number.
    static let examples: [[Double]] = [
      [1, 0, 0, 0], [0.1, 0.3, 0.3, 0.9], [1, 2, 2, 1], [1, 0, 0, .nan],
    ]

    @Test("a singular covariance, by its name and pivot", arguments: examples)
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

    @Test("and by its time, where each has its own", arguments: examples)
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

    @Test("an infinite observation, by its place")
    func infinite() throws {
      var y = [Double](repeating: .nan, count: 3 * 4 * 2)
      y[1 * 8 + 2 * 2 + 1] = -.infinity
      let model = try smallModel()
      #expect(throws: StateSpaceModelError.observationNotFinite(series: 1, time: 2, component: 1)) {
        try model.smoothed(Tensor(y, shape: [3, 4, 2]))
      }
    }

    @Test("transitions that do not forget", arguments: [1, 1.01, -1])
    func notStationary(_ size: Double) {
      #expect(throws: StateSpaceModelError.notStationary) {
        try LinearGaussianStateSpaceModel<Double>(
          stationaryTransition: Tensor([size, 0.3, 0, 0.5], shape: [2, 2]),
          transitionCovariance: .identity(2), observation: .identity(2),
          observationCovariance: .identity(2))
      }
    }

    @Test("parameters that do not fit stop with their shapes")
    func mistakes() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = try? smallModel(transition: .identity(3))
        }, "a state-space model of 2", "[3, 3]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = try? smallModel(observation: .ones([3, 2]))
        }, "observations of shape [3, 2]", "[2, 2]")
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
