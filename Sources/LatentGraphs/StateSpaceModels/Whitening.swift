import Tensors

/// `L⁻¹` for the Cholesky factors `L` of covariances, `[n, n]` or `[times, n, n]`.
/// - Throws: `StateSpaceModelError.singularCovariance`, also if a pivot is only a rounding error,
///   that is, at most `n ε` times the variance of its variable.
func whitener<Scalar>(
  of covariance: Tensor<Scalar>, _ name: StateSpaceModelError.Covariance
) throws -> Tensor<Scalar> {
  let n = covariance.shape[-1]
  let hasTimes = covariance.rank == 3
  let factor: Tensor<Scalar>
  do {
    factor = try covariance.cholesky()
  } catch let failure as NotPositiveDefinite {
    throw StateSpaceModelError.singularCovariance(
      name, time: hasTimes ? failure.matrix : nil, pivot: failure.pivot)
  }
  let pivots = factor.detached.diagonal().scalars
  let variances = covariance.detached.diagonal().scalars
  let smallest = Scalar(n) * Scalar.ulpOfOne
  for (place, (pivot, variance)) in zip(pivots, variances).enumerated()
  where !(pivot * pivot > smallest * variance) {
    throw StateSpaceModelError.singularCovariance(
      name, time: hasTimes ? place / n : nil, pivot: place % n)
  }
  return triangularSolve(factor, Tensor<Scalar>.identity(n).broadcast(to: covariance.shape))
}

/// The products of matrices, `[m, n]`, `[times, m, n]` or `[batch…, times, m, n]`, with vectors
/// `[batch…, times, n]`.
func applied<Scalar>(_ matrices: Tensor<Scalar>, to vectors: Tensor<Scalar>) -> Tensor<Scalar> {
  if matrices.rank == 2 { return matrixProduct(vectors, matrices, transposingRight: true) }
  return (matrices * vectors.addingAxis(at: -2)).sum(axis: -1)
}

extension Tensor {
  /// Matrices for each time, given one for all times, `[m, n]`, or one for each time.
  func spread(over times: Int) -> Tensor {
    rank == 3 ? self : addingAxis(at: 0).broadcast(to: [times] + shape)
  }
}
