import LatentGraphs
import Tensors

/// A method that learns a Gaussian graphical model over an undirected graph from observations of
/// all its variables.
///
/// It is not an `InferenceStrategy`, which trains a model with latent variables in batches. Here
/// there are no latent variables, the covariance of the observations is a sufficient statistic, and
/// a fit is a convex problem that is solved to a tolerance.
public protocol UndirectedStructureLearning: Sendable {
  /// The model of variables with mean zero and this empirical covariance, `[k, k]`.
  ///
  /// - Parameter precision: the initial precision, for example the result of a fit to similar data
  ///   or with a larger penalty: `[k, k]`, positive definite; `nil` for that of independent
  ///   variables. It affects the computing time, and the result only within the tolerance.
  /// - Throws: `UndirectedStructureError`.
  func fit<Scalar: TensorScalar>(
    covariance: Tensor<Scalar>, startingFrom precision: Tensor<Scalar>?
  ) throws -> UndirectedStructureFit<Scalar>
}

extension UndirectedStructureLearning {
  /// The model of variables with mean zero and this empirical covariance, `[k, k]`.
  /// - Throws: `UndirectedStructureError`.
  public func fit<Scalar>(
    covariance: Tensor<Scalar>
  ) throws -> UndirectedStructureFit<Scalar> {
    try fit(covariance: covariance, startingFrom: nil)
  }

  /// The model of these observations, `[rows, k]`, each row of which contains all variables.
  ///
  /// The mean is that of the rows, and the empirical covariance is the maximum likelihood estimate
  /// `1/rows Σ (x − mean)(x − mean)ᵀ`.
  /// - Parameter precision: the initial precision, as for `fit(covariance:startingFrom:)`.
  /// - Throws: `UndirectedStructureError`; `varianceNotPositive` for a variable that is constant up
  ///   to rounding, that is, if its deviations from the mean are at most twice the rounding error
  ///   of its largest value.
  /// - Complexity: `O(rows·k²)` in addition to the fit.
  public func fit<Scalar>(
    observations: Tensor<Scalar>, startingFrom precision: Tensor<Scalar>? = nil
  ) throws -> UndirectedStructureFit<Scalar> {
    require(
      observations.rank == 2 && observations.shape[1] > 0,
      "observations of shape \(observations.shape); they are [rows, variables]")
    let rows = observations.shape[0]
    guard rows >= 2 else { throw UndirectedStructureError.tooFewObservations(rows) }
    let x = observations.detached.converted(to: Double.self)
    let (mean, covariance) = try empiricalMoments(x, rounding: Double(Scalar.ulpOfOne))
    do {
      return try fit(
        covariance: covariance, startingFrom: precision?.converted(to: Double.self)
      ).with(mean: mean).converted()
    } catch UndirectedStructureError.notConverged(let best, let tolerance) {
      throw UndirectedStructureError.notConverged(best: best.with(mean: mean), tolerance: tolerance)
    }
  }
}

/// The mean and the empirical covariance of rows.
/// - Throws: `UndirectedStructureError` for a variable that is constant up to this rounding error,
///   or whose variance overflows or underflows.
private func empiricalMoments(
  _ x: Tensor<Double>, rounding: Double
) throws -> (mean: Tensor<Double>, covariance: Tensor<Double>) {
  let (rows, k) = (x.shape[0], x.shape[1])
  let largest = largestMagnitudes(x)
  // Sums of values near the largest number overflow, and so do their squares. Such values are
  // scaled only to find out whether they are constant.
  let units = largest.map { $0 > 1e290 && $0.isFinite ? 0x1p-200 : 1 }
  let x = units.allSatisfy { $0 == 1 } ? x : x * Tensor(units)
  let first = x.mean(axis: 0)
  let deviations = x - first
  // The mean of the deviations is the rounding error of the mean.
  let rest = deviations.mean(axis: 0)
  let squares = matrixProduct(deviations, deviations, transposingLeft: true)
  let covariance = (1 / Double(rows)) * squares - rest.addingAxis(at: 1) * rest
  let spread = largestMagnitudes(deviations)
  let variances = covariance.diagonal().scalars
  for i in 0..<k {
    guard largest[i].isFinite else {
      let row = (0..<rows).first { !x[$0, i].isFinite } ?? 0
      throw UndirectedStructureError.notFinite(row: row, column: i)
    }
    if spread[i] <= 2 * rounding * largest[i] * units[i] {
      throw UndirectedStructureError.varianceNotPositive(variable: i, variance: 0)
    }
    // NaN is the difference of two squares that overflow.
    let variance = variances[i].isNaN || units[i] < 1 ? .infinity : variances[i]
    if !UnitScaling.range.contains(variance) {
      throw UndirectedStructureError.unitOutOfRange(variable: i, variance: variance)
    }
  }
  return (first + rest, covariance)
}

/// The largest magnitude of each column; NaN if the column contains NaN.
private func largestMagnitudes(_ x: Tensor<Double>) -> [Double] {
  let k = x.shape[1]
  var result = [Double](repeating: 0, count: k)
  x.withScalars { values in
    result.withUnsafeMutableBufferPointer { result in
      for row in stride(from: 0, to: values.count, by: k) {
        for i in 0..<k {
          let magnitude = abs(values[row + i])
          if !(magnitude <= result[i]) { result[i] = magnitude }
        }
      }
    }
  }
  return result
}
