import Foundation
import TestSupport

/// The textbook's Kalman filter and the smoother of Rauch, Tung and Striebel, with plain matrices.
/// Each time has a set of parameters, and missing observations are NaN.
struct KalmanFilter {
  let initialMean: [Double]
  let initialCovariance: Matrix
  /// The parameters of the transition from each time to the next.
  let transitions: [(F: Matrix, b: [Double], Q: Matrix)]
  /// The parameters of the observation at each time.
  let observations: [(H: Matrix, c: [Double], R: Matrix)]

  struct Result {
    var means: [[Double]] = []
    var covariances: [Matrix] = []
    /// `Cov[x_{t+1}, x_t | y]`.
    var lagOne: [Matrix] = []
    var logLikelihood = 0.0
  }

  func smoothed(_ y: [[Double]]) -> Result {
    var result = Result()
    var (predictedMeans, predictedCovariances): ([[Double]], [Matrix]) = ([], [])
    var (mean, covariance) = (initialMean, initialCovariance)
    for (t, values) in y.enumerated() {
      if t > 0 {
        let step = transitions[t - 1]
        mean = sum(step.F * mean, step.b)
        covariance = sum(step.F * covariance * step.F.transposed, step.Q)
      }
      predictedMeans.append(mean)
      predictedCovariances.append(covariance)
      update(&mean, &covariance, values, observations[t], &result.logLikelihood)
      result.means.append(mean)
      result.covariances.append(covariance)
    }
    smooth(&result, predictedMeans, predictedCovariances)
    return result
  }

  private func update(
    _ mean: inout [Double], _ covariance: inout Matrix, _ values: [Double],
    _ at: (H: Matrix, c: [Double], R: Matrix), _ logLikelihood: inout Double
  ) {
    let observed = values.indices.filter { !values[$0].isNaN }
    guard !observed.isEmpty else { return }
    let rows = Matrix(observed.map { at.H.rows[$0] })
    let noise = Matrix(observed.map { i in observed.map { at.R.rows[i][$0] } })
    let image = rows * mean
    let residual = observed.enumerated().map { values[$0.1] - at.c[$0.1] - image[$0.0] }
    let (inverse, logDeterminant) = sum(rows * covariance * rows.transposed, noise).inverted()
    let gain = covariance * rows.transposed * inverse
    mean = sum(mean, gain * residual)
    covariance = sum(covariance, gain * rows * covariance, -1)
    logLikelihood -=
      0.5
      * (Double(observed.count) * log(2 * .pi) + logDeterminant + dot(residual, inverse * residual))
  }

  private func smooth(
    _ result: inout Result, _ predictedMeans: [[Double]], _ predictedCovariances: [Matrix]
  ) {
    for t in result.means.indices.dropLast().reversed() {
      let inverse = predictedCovariances[t + 1].inverted().inverse
      let gain = result.covariances[t] * transitions[t].F.transposed * inverse
      let change = sum(result.means[t + 1], predictedMeans[t + 1], -1)
      result.means[t] = sum(result.means[t], gain * change)
      let shrinkage = sum(result.covariances[t + 1], predictedCovariances[t + 1], -1)
      result.covariances[t] = sum(result.covariances[t], gain * shrinkage * gain.transposed)
      result.lagOne.insert(result.covariances[t + 1] * gain.transposed, at: 0)
    }
  }

  private func sum(_ a: [Double], _ b: [Double], _ sign: Double = 1) -> [Double] {
    zip(a, b).map { $0 + sign * $1 }
  }

  private func sum(_ a: Matrix, _ b: Matrix, _ sign: Double = 1) -> Matrix {
    Matrix(zip(a.rows, b.rows).map { sum($0, $1, sign) })
  }
}
