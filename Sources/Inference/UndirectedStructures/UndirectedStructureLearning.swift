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
  /// - Throws: `UndirectedStructureError`.
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
    let mean = x.mean(axis: 0)
    let deviations = x - mean
    let covariance =
      (1 / Double(rows)) * matrixProduct(deviations, deviations, transposingLeft: true)
    return try fit(
      covariance: covariance, startingFrom: precision?.converted(to: Double.self)
    ).converted(mean: mean)
  }
}
