import Foundation
import Tensors
import TestSupport

/// The kinds of fill, for tests that iterate over them.
enum Fill: CaseIterable, Sendable {
  case uniform, normal, gumbel, bernoulli

  func callAsFunction<Scalar: TensorScalar>(
    _ generator: inout Philox, _ buffer: UnsafeMutableBufferPointer<Scalar>
  ) {
    switch self {
    case .uniform: generator.fillUniform(buffer)
    case .normal: generator.fillNormal(buffer)
    case .gumbel: generator.fillGumbel(buffer)
    case .bernoulli: generator.fillBernoulli(buffer, probability: 0.3)
    }
  }

  func array<Scalar: TensorScalar>(
    _ count: Int, of _: Scalar.Type = Scalar.self, using generator: inout Philox
  ) -> [Scalar] {
    var values = [Scalar](repeating: .nan, count: count)
    values.withUnsafeMutableBufferPointer { self(&generator, $0) }
    return values
  }

  /// The cumulative distribution function of a continuous fill; NaN for the Bernoulli fill.
  func cumulative(_ x: Double) -> Double {
    switch self {
    case .uniform: min(max(x, 0), 1)
    case .normal: 0.5 * erfc(-x / 2.0.squareRoot())
    case .gumbel: exp(-exp(-x))
    case .bernoulli: .nan
    }
  }
}

/// Bounds that a correct generator exceeds with a probability of about 10⁻⁶ for each comparison.
/// The seeds are fixed, so that a test that passes once passes always.
enum FalseFailure {
  /// The 1 - 5·10⁻⁷ quantile of the standard normal distribution.
  static let deviations = TestSupport.deviations(rate: 1e-6, comparisons: 1)

  /// The asymptotic 1 − 10⁻⁶ quantile of √n D, the Kolmogorov–Smirnov statistic, from 2 exp(−2k²) =
  /// 10⁻⁶.
  static let kolmogorov = (-log(0.5e-6) / 2).squareRoot()

  /// The 1 − 5·10⁻⁷ quantile of χ², by the approximation of Wilson and Hilferty.
  static func chiSquare(degrees: Int) -> Double {
    let c = 2 / (9 * Double(degrees))
    return Double(degrees) * pow(1 - c + deviations * c.squareRoot(), 3)
  }

  /// Whether a Poisson count lies outside both tails of probability 5·10⁻⁷.
  static func isPlausible(_ count: Int, poissonMean mean: Double) -> Bool {
    func atMost(_ k: Int) -> Double {
      (0...max(k, 0)).reduce(0) { $0 + exp(Double($1) * log(mean) - mean - lgamma(Double($1) + 1)) }
    }
    return atMost(count) > 0.5e-6 && 1 - (count > 0 ? atMost(count - 1) : 0) > 0.5e-6
  }
}

func mean(_ values: some Collection<Double>) -> Double {
  values.reduce(0, +) / Double(values.count)
}

/// The largest distance between the empirical and the given distribution function, times √n.
func kolmogorovDistance(_ values: [Double], _ cumulative: (Double) -> Double) -> Double {
  let n = Double(values.count)
  let distances = values.sorted().enumerated().map { index, value in
    let p = cumulative(value)
    return max(p - Double(index) / n, Double(index + 1) / n - p)
  }
  return distances.max()! * n.squareRoot()
}

/// √n times the correlation between the values, of mean 0 and variance 1, and the same values
/// shifted by `lag`.
func standardizedAutocorrelation(_ values: [Double], lag: Int) -> Double {
  let n = values.count - lag
  return (0..<n).reduce(0) { $0 + values[$1] * values[$1 + lag] } / Double(n).squareRoot()
}
