import Foundation
import Inference
import LatentGraphs
import Tensors

/// The quality of an estimator relative to the exact gradient, in units of its length.
struct EstimatorQuality {
  /// `‖E g − exact‖`, estimated after subtracting the squared standard error of the mean.
  let bias: Double
  /// The standard error of the mean; a bias is significant only if it is clearly larger.
  let meanError: Double
  /// `√(Σ variances)` of one sample.
  let deviation: Double
  /// The largest distance of a component's mean from the exact gradient, in its standard errors.
  let largestZ: Double
  /// The cosine of the angle between the mean and the exact gradient.
  let cosine: Double

  /// The root mean square error of one sample, which combines bias and deviation.
  var rootMeanSquare: Double { (bias * bias + deviation * deviation).squareRoot() }

  init(
    of estimator: GateEstimator, in study: GradientStudy, draws: Int, using generator: inout Philox
  ) {
    let values = Tensor(
      (0..<draws).flatMap { _ in study.gradient(of: estimator, using: &generator) },
      shape: [draws, study.exact.count])
    let mean = values.mean(axis: 0)
    let variances =
      (values - mean).squared().sum(axis: 0) * (1 / Double(draws - 1))
    let exact = Tensor(study.exact)
    let length = exact.squared().sum().scalar.squareRoot()
    let total = variances.sum().scalar
    let error = total / Double(draws)
    let off = (mean - exact).squared().sum().scalar
    bias = max(0, off - error).squareRoot() / length
    meanError = error.squareRoot() / length
    deviation = total.squareRoot() / length
    largestZ = zip((mean - exact).scalars, variances.scalars).map {
      abs($0) / ($1 / Double(draws)).squareRoot()
    }.max()!
    cosine = (mean * exact).sum().scalar / (length * mean.squared().sum().scalar.squareRoot())
  }
}
