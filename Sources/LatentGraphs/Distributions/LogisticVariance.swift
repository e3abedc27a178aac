import Foundation
import Tensors

/// `V = Var σ(y)` for `y ~ N(mean, deviation²)`, and its derivatives.
///
/// With the differences `d(y) = σ(y) − σ(mean)`, which are computed without cancellation,
/// `V = E (d − E d)²`. Since `V` is an even function of the mean, it is computed for a mean that is not
/// positive, where `σ` has a small relative error.
struct LogisticVariance {
  /// `V`.
  private(set) var value = 0.0
  /// `∂V/∂mean`.
  private(set) var meanSlope = 0.0
  /// `∂V/∂deviation²`.
  private(set) var varianceSlope = 0.0

  init(mean: Double, variance: Double) {
    let deviation = variance.squareRoot()
    if mean.isNaN || deviation.isNaN {
      (value, meanSlope, varianceSlope) = (.nan, .nan, .nan)
    } else if mean.isInfinite {
      // The variable is constant.
    } else if deviation <= 20 {
      setByGaussianRule(-abs(mean), deviation)
    } else {
      setByLogisticRule(-abs(mean), deviation)
    }
    if mean > 0 { meanSlope = -meanSlope }
  }

  /// The trapezoidal rule for `y = m + s·ε`. The largest terms of `E d²` are where `σ(y)²` times the
  /// density of `ε` is largest: at `ε = 2s`, or where `y` is 0 if that is nearer. The step is that of
  /// `gaussianExpectation`.
  private mutating func setByGaussianRule(_ m: Double, _ s: Double) {
    let (center, slope) = (sigmoid(m), sigmoid(m) * sigmoid(-m))
    guard s > 0 else {
      varianceSlope = slope * slope
      return
    }
    let (reach, step) = (8.5, min(0.5, 0.45 / s))
    let (first, last) = (
      Int((-reach / step).rounded(.down)), Int(((reach + min(2 * s, -m / s)) / step).rounded(.up))
    )
    func difference(_ shift: Double) -> Double {
      shift < 0
        ? center * sigmoid(-m - shift) * expm1(shift)
        : -sigmoid(m + shift) * sigmoid(-m) * expm1(-shift)
    }
    func nodes(_ body: (_ noise: Double, _ weight: Double, _ difference: Double) -> Void) {
      for i in first...last {
        let noise = Double(i) * step
        body(noise, step * SpecialFunctions.normalDensity(noise), difference(s * noise))
      }
    }
    var mean = 0.0
    nodes { mean += $1 * $2 }
    var (sum, meanSum, deviationSum) = (0.0, 0.0, 0.0)
    nodes { noise, weight, d in
      let centered = weight * (d - mean)
      sum += centered * (d - mean)
      // σ′(y) − σ′(m) = d·(1 − σ(y) − σ(m)), and E (d − E d)·σ′(m) = 0.
      meanSum += centered * d * (1 - 2 * center - d)
      let y = m + s * noise
      deviationSum += centered * noise * sigmoid(y) * sigmoid(-y)
    }
    (value, meanSlope, varianceSlope) = (sum, 2 * meanSum, deviationSum / s)
  }

  /// The average over a logistic variable `t`: `σ` is the average of a step at `t`, and `σ²` that of
  /// a step of the height `2σ(t)`. The terms of `E σ² − (E σ)²` are positive, and the second is at
  /// most half of the first, because the variable is near 0 or near 1.
  private mutating func setByLogisticRule(_ m: Double, _ s: Double) {
    var (mean, square) = (0.0, 0.0)
    for (t, weight) in LogisticRule.nodes {
      let below = weight * SpecialFunctions.normalCDF((m - t) / s)
      mean += below
      square += 2 * sigmoid(t) * below
    }
    for (t, weight) in LogisticRule.nodes {
      let u = (m - t) / s
      let term = 2 * (sigmoid(t) - mean) * weight * SpecialFunctions.normalDensity(u) / s
      meanSlope += term
      varianceSlope -= term * u / (2 * s)
    }
    value = square - mean * mean
  }
}
