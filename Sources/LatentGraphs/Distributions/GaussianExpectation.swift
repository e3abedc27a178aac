import Foundation
import Tensors

/// A function of log-odds whose expectation under a Gaussian is computed by quadrature.
///
/// The functions are averages over a logistic variable `t`, whose density is `σ′(t)`. The sigmoid is
/// the average of a step at `t`, and the softplus is the average of the ramp `max(y − t, 0)`.
package enum LogisticFunction: Sendable {
  /// The sigmoid `σ(y)`.
  case sigmoid
  /// `log σ′(y) = y − 2 softplus(y)`, the logarithm of the sigmoid's derivative.
  case logSlope

  func value<Scalar>(_ y: Tensor<Scalar>) -> Tensor<Scalar> {
    switch self {
    case .sigmoid: y.sigmoid()
    case .logSlope: y - 2 * y.softplus()
    }
  }

  func derivative<Scalar>(_ y: Tensor<Scalar>) -> Tensor<Scalar> {
    switch self {
    case .sigmoid: y.sigmoid() * (-y).sigmoid()
    case .logSlope: 1 - 2 * y.sigmoid()
    }
  }

  /// `E f(y)` for `y ~ N(mean, deviation²)` and its derivatives in the mean and the standard
  /// deviation, for a large standard deviation.
  ///
  /// With `u = (mean − t)/deviation`, the expectation of a step at `t` is `Φ(u)`, and that of a
  /// ramp is `deviation·(φ(u) + u Φ(u))`. Both are smooth in `t`, so that the trapezoidal rule for
  /// the average over `t` is exact up to rounding.
  func broadExpectation(
    mean: Double, deviation: Double
  ) -> (value: Double, meanSlope: Double, deviationSlope: Double) {
    var (value, meanSlope, deviationSlope) = (0.0, 0.0, 0.0)
    for (t, weight) in LogisticRule.nodes {
      let u = (mean - t) / deviation
      let density = weight * exp(-0.5 * u * u) * 0.3989422804014327
      let below = weight * 0.5 * erfc(-u * 0.5.squareRoot())
      switch self {
      case .sigmoid:
        value += below
        meanSlope += density / deviation
        deviationSlope -= density * u / deviation
      case .logSlope:
        value -= 2 * (deviation * density + (mean - t) * below)
        meanSlope -= weight * erf(u * 0.5.squareRoot())
        deviationSlope -= 2 * density
      }
    }
    if case .logSlope = self { value += mean }
    return (value, meanSlope, deviationSlope)
  }

  /// The values that the function takes. Rounding may leave them in a sum of many terms.
  var range: ClosedRange<Double> {
    if case .logSlope = self { -Double.infinity...0 } else { 0...1 }
  }
}

/// `E f(yᵢ)` for each `yᵢ ~ N(meanᵢ, varianceᵢ)`, `[batch…, k]`.
///
/// With `yᵢ = μᵢ + sᵢ ε`, the adjoint is `∂/∂μᵢ = E f′(yᵢ)` and `∂/∂sᵢ = E f′(yᵢ) ε`, computed by
/// the same quadrature rule. The values at the nodes are computed one node at a time in both passes
/// and are not stored. Elements with a standard deviation above 20 are computed by
/// `broadExpectation` instead.
///
/// - Complexity: 35 evaluations of `f` for standard deviations up to 0.9, and `38·s` for larger
///   ones up to 20; 161 evaluations of `exp` and `erfc` for each element above. The adjoint takes
///   as many evaluations. The memory is that of a few tensors of the result's shape.
package func gaussianExpectation<Scalar>(
  of f: LogisticFunction, mean: Tensor<Scalar>, variance: Tensor<Scalar>
) -> Tensor<Scalar> {
  let (m, s) = (mean.detached, variance.detached.squareRoot())
  let rule = GaussianRule(
    widest: s.count == 0 ? 0 : Double(s.reshaped(to: [s.count]).max(axis: 0).scalar))
  // A NaN is propagated by `broadExpectation`.
  let deviations = s.scalars
  let broad = deviations.indices.filter { !(Double(deviations[$0]) <= GaussianRule.widest) }
  let means = broad.isEmpty ? [] : m.scalars
  func broadValues(
    _ result: (_ mean: Double, _ deviation: Double) -> Double,
    in tensor: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    guard !broad.isEmpty else { return tensor }
    var values = tensor.scalars
    for i in broad { values[i] = Scalar(result(Double(means[i]), Double(deviations[i]))) }
    return Tensor(values, shape: tensor.shape)
  }
  var sum = Tensor<Scalar>.zeros(m.shape)
  for (node, weight) in rule.nodes {
    sum = sum + Scalar(weight) * f.value(m + Scalar(node) * s)
  }
  let value = broadValues({ f.broadExpectation(mean: $0, deviation: $1).value }, in: sum)
    .clamped(to: Scalar(f.range.lowerBound)...Scalar(f.range.upperBound))
  return value.recorded(from: [mean, variance]) { upstream, gradients in
    var (slope, stretch) = (Tensor<Scalar>.zeros(m.shape), Tensor<Scalar>.zeros(m.shape))
    for (node, weight) in rule.nodes {
      let term = Scalar(weight) * f.derivative(m + Scalar(node) * s)
      slope = slope + term
      stretch = stretch + Scalar(node) * term
    }
    slope = broadValues({ f.broadExpectation(mean: $0, deviation: $1).meanSlope }, in: slope)
    stretch = broadValues(
      { f.broadExpectation(mean: $0, deviation: $1).deviationSlope }, in: stretch)
    gradients.add(to: 0, upstream * slope)
    // A variance that has underflowed to 0 does not move with its parameters.
    let perVariance = (s .> 0).select(stretch / (2 * s), .zeros([]))
    gradients.add(to: 1, upstream * perVariance)
  }
}

/// The trapezoidal rule for `E f(ε)`, `ε ~ N(0, 1)`.
///
/// Its error decreases exponentially with the number of nodes if the integrand is analytic in a
/// strip (Trefethen and Weideman, 2014). With the step `h` and the standard deviation `s`, the
/// error is about `e^(−2π²/(s·h) + π²/(2s²))` from singularities of `f(s ε)` at `±iπ`, and
/// `e^(−2π²/h²)` from the Gaussian. The step is chosen so that both are below `1e−16`.
private struct GaussianRule {
  /// The nodes and their weights, whose sum is 1.
  let nodes: [(node: Double, weight: Double)]

  /// The largest standard deviation for which the rule is used.
  static let widest = 20.0

  /// - Parameter widest: The largest standard deviation. A rule for at most `Self.widest` is made.
  init(widest: Double) {
    let reach = 8.5
    let step = min(0.5, 0.45 / (widest < Self.widest ? widest : Self.widest))
    let count = Int((reach / step).rounded(.up))
    nodes = normalized((-count...count).map { Double($0) * step }) {
      Foundation.exp(-0.5 * $0 * $0)
    }
  }
}

/// The trapezoidal rule for an average over a logistic variable, with the step 0.5 on `[−40, 40]`.
/// Its error is `e^(−2π²/h)` from the poles of `σ′` at `±iπ`, and `e^(−40)` from the ends.
enum LogisticRule {
  static let nodes = normalized((-80...80).map { 0.5 * Double($0) }) {
    let tail = Foundation.exp(-abs($0))
    return tail / ((1 + tail) * (1 + tail))
  }
}

/// Nodes with weights that are proportional to a density and whose sum is 1.
private func normalized(
  _ nodes: [Double], _ density: (Double) -> Double
) -> [(node: Double, weight: Double)] {
  let weights = nodes.map(density)
  let total = weights.reduce(0, +)
  return zip(nodes, weights).map { ($0, $1 / total) }
}
