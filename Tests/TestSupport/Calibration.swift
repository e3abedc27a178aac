import Foundation
import Tensors
import Testing

/// The number of standard deviations that the absolute value of a normal variable exceeds with the
/// probability `rate / comparisons`.
package func deviations(rate: Double, comparisons: Int) -> Double {
  var (low, high) = (0.0, 40.0)
  for _ in 0..<80 {
    let middle = (low + high) / 2
    if erfc(middle / 2.0.squareRoot()) > rate / Double(comparisons) {
      low = middle
    } else {
      high = middle
    }
  }
  return high
}

/// Expects that estimates agree with expected values within their statistical errors.
///
/// The comparisons that `body` makes are counted. All of them together fail falsely for a share of
/// `rate` of all seeds: the bound of each is the number of standard errors that a normal variable
/// exceeds with the probability `rate` divided by their number.
///
/// - Parameter slack: a factor of the bound that allows for the skewness of the estimates.
package func expectCalibrated(
  rate: Double = 1e-6, slack: Double = 1, _ body: (inout Comparisons) throws -> Void
) rethrows {
  var comparisons = Comparisons()
  try body(&comparisons)
  comparisons.expect(rate: rate, slack: slack)
}

/// Estimates that are compared with expected values. See `expectCalibrated`.
package struct Comparisons {
  private struct Comparison {
    let value: Double, expected: Double, error: Double
    let comment: String
    let sourceLocation: SourceLocation
  }

  private var all: [Comparison] = []

  /// Compares an estimate of this standard error with its expected value.
  package mutating func compare(
    _ value: Double, _ expected: Double, error: Double, _ comment: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    all.append(
      Comparison(
        value: value, expected: expected, error: error, comment: comment,
        sourceLocation: sourceLocation))
  }

  /// Compares the mean of independent draws `[n]` with its expected value. The standard error is
  /// that of the draws.
  package mutating func compareMean(
    of draws: Tensor<Double>, _ expected: Double, _ comment: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let (n, mean) = (Double(draws.count), draws.mean().scalar)
    let variance = (draws - mean).squared().sum().scalar / (n - 1)
    compare(
      mean, expected, error: (variance / n).squareRoot(), comment, sourceLocation: sourceLocation)
  }

  /// Compares the mean and the covariance of draws `[n, k]` with those of a Gaussian. The standard
  /// errors of second moments follow from Isserlis' theorem.
  package mutating func compareMoments(
    of draws: Tensor<Double>, _ gaussian: DenseGaussian,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let n = Double(draws.shape[0])
    let centred = draws - Tensor(gaussian.mean)
    let means = centred.mean(axis: 0).scalars
    let products = matrixProduct(centred, centred, transposingLeft: true) / n
    let exact = gaussian.covariance.rows
    for i in exact.indices {
      compare(
        means[i], 0, error: (exact[i][i] / n).squareRoot(), "mean of \(i)",
        sourceLocation: sourceLocation)
      for j in 0...i {
        let variance = (exact[i][i] * exact[j][j] + exact[i][j] * exact[i][j]) / n
        compare(
          products[i, j], exact[i][j], error: variance.squareRoot(), "covariance of \(i) and \(j)",
          sourceLocation: sourceLocation)
      }
    }
  }

  /// Compares the means of random vectors with their expected values, element by element.
  package mutating func compareMeans(
    of moments: RunningMoments, _ expected: [Double],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(moments.means.count == expected.count, sourceLocation: sourceLocation)
    for (i, (mean, value)) in zip(moments.means, expected).enumerated() {
      compare(
        mean, value, error: moments.squaredErrors[i].squareRoot(), "mean of \(i)",
        sourceLocation: sourceLocation)
    }
  }

  /// Compares the means of two kinds of random vectors with each other, element by element.
  package mutating func compareMeans(
    of moments: RunningMoments, _ others: RunningMoments,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(moments.means.count == others.means.count, sourceLocation: sourceLocation)
    let errors = zip(moments.squaredErrors, others.squaredErrors).map { ($0 + $1).squareRoot() }
    for (i, (mean, other)) in zip(moments.means, others.means).enumerated() {
      compare(mean, other, error: errors[i], "mean of \(i)", sourceLocation: sourceLocation)
    }
  }

  /// An estimate that does not vary may differ by rounding errors only.
  fileprivate func expect(rate: Double, slack: Double) {
    let bound = slack * deviations(rate: rate, comparisons: all.count)
    for each in all {
      #expect(
        abs(each.value - each.expected) <= bound * (each.error + 1e-12),
        "\(each.comment): \(each.value) for \(each.expected), standard error \(each.error)",
        sourceLocation: each.sourceLocation)
    }
  }
}
