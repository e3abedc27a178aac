import Tensors

/// How the trace in a KL divergence is had.
public enum TraceMethod<Scalar: TensorScalar>: Sendable {
  /// Exactly, at the cost that the two structures allow.
  case exact
  /// Hutchinson's estimate, unbiased, from standard normal noise of shape `[draws, batch…, k]` given
  /// by the caller: one solve with `q` and one product with `p` for each draw.
  case stochastic(noise: Tensor<Scalar>)
}

/// `KL(q ‖ p)` of two Gaussian graphical models of any structures, in nats: `[batch…]`.
///
/// `½[tr(P_p Σ_q) + ‖L_pᵀ(μ_q − μ_p)‖² − k] + Σ log L_q,ii − Σ log L_p,ii`. The batches broadcast.
///
/// - Complexity: beyond the trace, linear in the two factors. The exact trace needs `Σ_q` on the
///   pattern of `P_p` only:
///
/// | q ＼ p | diagonal | chain | extended grid h×w | dense |
/// |---|---|---|---|---|
/// | diagonal | `k` | `k` | `k` | `k²` |
/// | chain | `k` | `k` | `k·w` | `k²` |
/// | extended grid h×w | `k·w` | `k·w` | `k·w`; other `w`: `k²` | `k³` |
/// | dense | `k³` | `k³` | `k³` | `k³` |
///
/// Pairs at `k²` and `k³` use `‖L_pᵀ L_q⁻ᵀ‖²`, by `k` solves with `q` and as many products with `p`.
public func klDivergence<Scalar>(
  _ q: GaussianGraphicalModel<Scalar>, _ p: GaussianGraphicalModel<Scalar>,
  trace method: TraceMethod<Scalar> = .exact
) -> Tensor<Scalar> {
  require(q.dimension == p.dimension, "a KL of dimensions \(q.dimension) and \(p.dimension)")
  guard let batch = q.batchShape.broadcast(with: p.batchShape) else {
    stop("a KL of batches \(q.batchShape) and \(p.batchShape)")
  }
  let trace: Tensor<Scalar>
  switch method {
  case .exact: trace = traceOfProduct(precision: p.precision, covarianceOf: q.precision)
  case .stochastic(let noise):
    requireFit(
      noise, batch: q.precision.batchShape, dimension: q.dimension, name: "stochastic trace")
    let image = p.precision.whiten(q.precision.unwhiten(noise)).squared().sum(axis: -1)
    trace = image.rank > q.precision.batchShape.rank ? image.mean(axis: 0) : image
  }
  let distance = (q.mean - p.mean).broadcast(to: batch + [q.dimension])
  let quadratic = p.precision.whiten(distance).squared().sum(axis: -1)
  let logRatio = q.precision.logDeterminantOfFactor - p.precision.logDeterminantOfFactor
  return 0.5 * (trace + quadratic - Scalar(q.dimension)) + logRatio
}

/// `tr(P_p Σ_q)`, exact.
private func traceOfProduct<Scalar>(
  precision p: any PrecisionStructure<Scalar>, covarianceOf q: any PrecisionStructure<Scalar>
) -> Tensor<Scalar> {
  if let covariance = q.covarianceBands(on: p.pattern) {
    let offsets = covariance.keys.sorted()
    var terms: [Tensor<Scalar>] = []
    for (offset, band) in zip(offsets, p.precisionBands(offsets)) {
      let sum = (band * covariance[offset]!).sum(axis: -1)
      terms.append(offset == 0 ? sum : 2 * sum)
    }
    return terms.dropFirst().reduce(terms[0], +)
  }
  guard let batch = q.batchShape.broadcast(with: p.batchShape) else {
    stop("a KL of batches \(q.batchShape) and \(p.batchShape)")
  }
  let factor = q.covarianceFactor
  let aligned = factor.reshaped(
    to: Shape([q.dimension] + [Int](repeating: 1, count: batch.rank - q.batchShape.rank))
      + q.batchShape + [q.dimension])
  let image = p.whiten(aligned.broadcast(to: [q.dimension] + batch + [q.dimension]))
  return image.squared().sum(axis: -1).sum(axis: 0)
}
