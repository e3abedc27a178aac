import Foundation
import LatentGraphs
import NeuralNetworks
import Programs
import Tensors

/// A damped oscillation that is driven by noise and whose position is measured: a state-space model
/// with a state of two variables, whose parameters can be learned.
struct Oscillator: Module {
  typealias Scalar = Double

  /// The logarithm of the rotation angle of a step.
  let logAngle: Parameter<Double>
  /// The log-odds of the factor by which the amplitude decreases in a step.
  let persistence: Parameter<Double>
  /// The logarithms of the standard deviations of the process noise and the measurement noise.
  let logStandardDeviations: Parameter<Double>

  init(period: Double, persistence: Double, noise: Double, measurementNoise: Double) {
    logAngle = Parameter(Tensor([log(2 * .pi / period)]))
    self.persistence = Parameter(Tensor([log(persistence / (1 - persistence))]))
    logStandardDeviations = Parameter(Tensor([log(noise), log(measurementNoise)]))
  }

  /// The state-space model with these parameters, which starts in its stationary state.
  func model() throws -> LinearGaussianStateSpaceModel<Double> {
    let angle = logAngle.value.exp()
    let rotation = Tensor.concatenated([angle.cos(), angle.sin(), -angle.sin(), angle.cos()])
      .reshaped(to: [2, 2])
    let variances = (2 * logStandardDeviations.value).exp()
    return try LinearGaussianStateSpaceModel(
      stationaryTransition: persistence.value.sigmoid() * rotation,
      transitionCovariance: variances.slice(0..<1) * .identity(2),
      observation: Tensor([1, 0], shape: [1, 2]),
      observationCovariance: variances.slice(1..<2) * .identity(1))
  }

  /// The period, the persistence and both standard deviations, as cells of a table.
  var cells: [String] {
    let deviations = logStandardDeviations.value.exp()
    return [
      decimal(2 * .pi / logAngle.value.exp()[0], places: 2),
      decimal(persistence.value.sigmoid()[0], places: 3), decimal(deviations[0], places: 3),
      decimal(deviations[1], places: 3),
    ]
  }

  static let columns: [TextTable.Column] = [
    .number("period"), .number("persistence"), .number("noise"), .number("measurement noise"),
  ]
}

/// A realization of an oscillator and its measurements.
struct Recording {
  let positions: [Double]
  /// The measurements; NaN where one is missing.
  let measurements: [Double]
  let gaps: [Range<Int>]

  init(of oscillator: Oscillator, steps: Int, gaps: [Range<Int>], using generator: inout Philox)
    throws
  {
    let states = try oscillator.model().prior(times: steps).sample(using: &generator)
    let path = states.reshaped(to: [steps, 2]).slice(0..<1, axis: 1).scalars
    let deviation = oscillator.logStandardDeviations.value.exp()[1]
    let noise = Tensor<Double>.normal([steps], using: &generator).scalars
    positions = path
    measurements = path.indices.map { time in
      gaps.contains { $0.contains(time) } ? .nan : path[time] + deviation * noise[time]
    }
    self.gaps = gaps
  }

  var observations: Tensor<Double> { Tensor(measurements, shape: [measurements.count, 1]) }
}
