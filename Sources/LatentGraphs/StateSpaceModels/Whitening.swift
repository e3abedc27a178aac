import Tensors

/// `L⁻¹` of the Cholesky factors of covariances, `[n, n]` or `[times, n, n]`.
/// - Throws: `StateSpaceModelError.singularCovariance` also where a pivot is a rounding error: at
///   most `n ε` of the variance that it is left of.
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

/// The product of matrices, `[m, n]` or `[times, m, n]`, with vectors `[batch…, times, n]`.
///
/// Batches of matrices `[batch…, times, m, n]` have that of the vectors.
func applied<Scalar>(_ matrices: Tensor<Scalar>, to vectors: Tensor<Scalar>) -> Tensor<Scalar> {
  if matrices.rank == 2 { return matrixProduct(vectors, matrices, transposingRight: true) }
  return (matrices * vectors.addingAxis(at: -2)).sum(axis: -1)
}

extension Tensor {
  /// Matrices for each of some times, from one for all, `[m, n]`, or one for each.
  func spread(over times: Int) -> Tensor {
    rank == 3 ? self : addingAxis(at: 0).broadcast(to: [times] + shape)
  }
}
