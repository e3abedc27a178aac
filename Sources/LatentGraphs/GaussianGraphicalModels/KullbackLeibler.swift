import Tensors

/// How the trace in a KL divergence is had.
public enum TraceMethod<Scalar: TensorScalar>: Sendable {
  /// Exactly, at the cost that the two structures allow.
  case exact
  /// Hutchinson's estimate, unbiased, from noise given by the caller: one solve with `q` and one
  /// product with `p` for each draw, and the mean over the draws.
  ///
  /// The noise has the shape `[draws…, batch…, k]`, where the batch is that to which the batches of
  /// the two precisions broadcast, and elements that are independent with mean 0 and variance 1:
  /// standard normal ones, or signs.
  case stochastic(noise: Tensor<Scalar>)
}

/// `KL(q ‖ p)` of two Gaussian graphical models of any structures, in nats: `[batch…]`.
///
/// `½[tr(P_p Σ_q) + ‖L_pᵀ(μ_q − μ_p)‖² − k] + Σ log L_q,ii − Σ log L_p,ii`. The batch of one model
/// is that of the other, or its last axes; a single model goes with any.
///
/// - Complexity: beyond the trace, linear in the two factors. The exact trace needs `Σ_q` on the
///   pattern of `P_p` only:
///
/// | q ＼ p | diagonal | chain | extended grid h×w | dense |
/// |---|---|---|---|---|
/// | diagonal | `k` | `k` | `k` | `k²` |
/// | chain | `k` | `k` | `k·w` | `k³` |
/// | extended grid h×w | `k·w` | `k·w` | `k·w`; other `w`: `k²` | `k³` |
/// | dense | `k³` | `k³` | `k³` | `k³` |
///
/// Between chains and extended grids it is a sum of terms that are not negative, without
/// cancellation; grids of different widths, and all pairs at `k³`, use `‖L_pᵀ L_q⁻ᵀ‖²`, by `k` solves
/// with `q` and as many products with `p`.
public func klDivergence<Scalar>(
  _ q: GaussianGraphicalModel<Scalar>, _ p: GaussianGraphicalModel<Scalar>
) -> Tensor<Scalar> {
  klDivergence(q, p, trace: .exact)
}

/// `KL(q ‖ p)` of two Gaussian graphical models with a trace that is exact or estimated, in nats:
/// `[batch…]`.
public func klDivergence<Scalar>(
  _ q: GaussianGraphicalModel<Scalar>, _ p: GaussianGraphicalModel<Scalar>,
  trace method: TraceMethod<Scalar>
) -> Tensor<Scalar> {
  require(q.dimension == p.dimension, "a KL of dimensions \(q.dimension) and \(p.dimension)")
  let batch = commonBatch(q.batchShape, p.batchShape)
  let distance = (q.mean - p.mean).broadcast(to: batch + [q.dimension])
  let quadratic = p.precision.whiten(distance).squared().sum(axis: -1)
  return 0.5 * quadratic + centredDivergence(q.precision, p.precision, trace: method)
}

/// The part of the KL that does not depend on the means: that of Gaussians of the same mean.
private func centredDivergence<Scalar>(
  _ q: any PrecisionStructure<Scalar>, _ p: any PrecisionStructure<Scalar>,
  trace method: TraceMethod<Scalar>
) -> Tensor<Scalar> {
  let trace: Tensor<Scalar>
  switch method {
  case .exact:
    if let q = q as? any BandedPrecision<Scalar>, let p = p as? any BandedPrecision<Scalar>,
      let divergence = bandedDivergence(q, p)
    {
      return divergence
    }
    trace = traceOfProduct(precision: p, covarianceOf: q)
  case .stochastic(let noise):
    trace = estimatedTraceOfProduct(precision: p, covarianceOf: q, noise: noise)
  }
  let logRatio = q.logDeterminantOfFactor - p.logDeterminantOfFactor
  return 0.5 * (trace - Scalar(q.dimension)) + logRatio
}

/// The longer one of two batches, of which the other is the last axes.
private func commonBatch(_ a: Shape, _ b: Shape) -> Shape {
  let (long, short) = a.rank < b.rank ? (b, a) : (a, b)
  require(
    long.last(short.rank) == short,
    "a KL of batches \(a) and \(b); one must be the last axes of the other")
  return long
}

/// `mean ‖L_pᵀ L_q⁻ᵀ ε‖²` over the draws `ε`, whose expectation is `tr(P_p Σ_q)`.
private func estimatedTraceOfProduct<Scalar>(
  precision p: any PrecisionStructure<Scalar>, covarianceOf q: any PrecisionStructure<Scalar>,
  noise: Tensor<Scalar>
) -> Tensor<Scalar> {
  let batch = commonBatch(q.batchShape, p.batchShape)
  requireFit(noise, batch: batch, dimension: q.dimension, name: "stochastic trace")
  let squares = p.whiten(q.unwhiten(noise)).squared().sum(axis: -1)
  return squares.reshaped(to: [squares.count / max(batch.count, 1)] + batch).mean(axis: 0)
}

/// `tr(P_p Σ_q)`, exact.
private func traceOfProduct<Scalar>(
  precision p: any PrecisionStructure<Scalar>, covarianceOf q: any PrecisionStructure<Scalar>
) -> Tensor<Scalar> {
  if let covariances = q.ownCovariances(on: p.graph), !(q is DensePrecision<Scalar>) {
    return p.elements.traceOfProduct(covariances)
  }
  let batch = commonBatch(q.batchShape, p.batchShape)
  let factor = q.covarianceFactor
  let aligned = factor.reshaped(
    to: Shape([q.dimension] + [Int](repeating: 1, count: batch.rank - q.batchShape.rank))
      + q.batchShape + [q.dimension])
  let image = p.whiten(aligned.broadcast(to: [q.dimension] + batch + [q.dimension]))
  return image.squared().sum(axis: -1).sum(axis: 0)
}
