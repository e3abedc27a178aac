import LatentGraphs
import Tensors

/// What learns a Gaussian graphical model over an undirected graph from observations of all its
/// variables.
///
/// It has no part in `InferenceStrategy`, which trains a model with latent variables batch by
/// batch: here nothing is latent, the covariance of the observations is all that counts, and a fit
/// is one convex problem, solved to a tolerance.
public protocol UndirectedStructureLearning: Sendable {
  /// The model of variables with this empirical covariance, `[k, k]`, and a mean of zeros.
  ///
  /// - Parameter precision: where to start, for example the result of a fit to similar data, or
  ///   with a larger penalty; `[k, k]`, positive definite. `nil` for independent variables. It
  ///   changes how long the fit takes, and the result within the tolerance.
  /// - Throws: `UndirectedStructureError`.
  func fit<Scalar: TensorScalar>(
    covariance: Tensor<Scalar>, startingFrom precision: Tensor<Scalar>?
  ) throws -> UndirectedStructureFit<Scalar>
}

extension UndirectedStructureLearning {
  /// The model of variables with this empirical covariance, `[k, k]`, and a mean of zeros.
  /// - Throws: `UndirectedStructureError`.
  public func fit<Scalar>(
    covariance: Tensor<Scalar>
  ) throws -> UndirectedStructureFit<Scalar> {
    try fit(covariance: covariance, startingFrom: nil)
  }

  /// The model of these observations, `[rows, k]`, each row of which is one of all variables.
  ///
  /// The mean is that of the rows, and the empirical covariance `1/rows Σ (x − mean)(x − mean)ᵀ`,
  /// that of largest likelihood.
  /// - Parameter precision: where to start, as for a covariance.
  /// - Throws: `UndirectedStructureError`; `varianceNotPositive` for a variable that is constant but
  ///   for rounding, whose deviations are up to twice the rounding of its largest value.
  /// - Complexity: `O(rows·k²)` beside the fit.
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
/// - Throws: `UndirectedStructureError` for a variable that is constant up to this rounding, or of
///   which the variance overflows or vanishes.
private func empiricalMoments(
  _ x: Tensor<Double>, rounding: Double
) throws -> (mean: Tensor<Double>, covariance: Tensor<Double>) {
  let weight = 1 / Double(x.shape[0])
  let first = (weight * x).sum(axis: 0)
  // The mean of the deviations is what rounding has left of the mean.
  let rest = (x - first).mean(axis: 0)
  let mean = first + rest
  let deviations = x - first - rest
  let covariance = weight * matrixProduct(deviations, deviations, transposingLeft: true)
  let (values, distances) = (x.scalars, deviations.scalars)
  let variances = covariance.diagonal().scalars
  let k = variances.count
  for (i, variance) in variances.enumerated() {
    let column = stride(from: i, to: values.count, by: k).map { values[$0] }
    if let row = column.firstIndex(where: { !$0.isFinite }) {
      throw UndirectedStructureError.notFinite(row: row, column: i)
    }
    let largest = column.reduce(0) { max($0, abs($1)) }
    let spread = stride(from: i, to: values.count, by: k).reduce(0) {
      max($0, abs(distances[$1]))
    }
    if spread <= 2 * rounding * largest {
      throw UndirectedStructureError.varianceNotPositive(variable: i, variance: 0)
    }
    if !UnitScaling.range.contains(variance) {
      throw UndirectedStructureError.unitOutOfRange(variable: i, variance: variance)
    }
  }
  return (mean, covariance)
}
