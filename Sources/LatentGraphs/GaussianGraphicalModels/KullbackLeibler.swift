import Tensors

/// The method that computes the trace in a KL divergence.
public enum TraceMethod<Scalar: TensorScalar>: Sendable {
  /// The exact trace, at the cost that the two structures allow.
  case exact
  /// Hutchinson's unbiased estimate, from noise given by the caller. Each sample takes one solve
  /// with `q` and one product with `p`; the estimate is the mean over the samples.
  ///
  /// The noise has the shape `[draws…, batch…, k]`, where the batches of the two precisions
  /// broadcast to `[batch…]`. Its elements must be independent with mean 0 and variance 1, for
  /// example standard normal or random signs.
  case stochastic(noise: Tensor<Scalar>)
}

extension GaussianGraphicalModel {
  /// `KL(q ‖ p)` of this model `q` from another one `p`, with any structures, in nats: `[batch…]`.
  ///
  /// `½[tr(P_p Σ_q) + ‖L_pᵀ(μ_q − μ_p)‖² − k] + Σ log L_q,ii − Σ log L_p,ii`. The batch of one model
  /// must equal that of the other, or its last axes; a single model is combined with any batch.
  ///
  /// - Complexity: apart from the trace, linear in the numbers of elements of the two factors. The
  ///   trace needs `Σ_q` on the union of the two graphs, which in general is computed exactly by a
  ///   selected inverse on this union. The following table is for `k` variables, grids of `h×w` with
  ///   `w ≤ h`, blocks of `d` variables, and trees of any shape:
  ///
  /// | q ＼ p | diagonal | chain | arrow | block chain | tree | grids | dense |
  /// |---|---|---|---|---|---|---|---|
  /// | diagonal | `k` | `k` | `k` | `k·d` | `k` | `k` | `k²` |
  /// | chain | `k` | `k` | union | `k·d²` | union | `k·w` | `k³` |
  /// | arrow | `k` | `k` | `k` | `k·d` | `k` | `k` | `k³` |
  /// | block chain | `k·d²` | `k·d²` | union | `k·d²` | union | union | `k³` |
  /// | tree | `k` | union | union | union | `k`, for the same tree | union | `k³` |
  /// | extended grid | `k·w` | `k·w` | union | union | union | `k·w` | `k³` |
  /// | regular grid | `k·w` | union | union | union | union | `k·w` | `k³` |
  /// | dense | `k³` | `k³` | `k³` | `k³` | `k³` | `k³` | `k³` |
  ///
  ///   “Union” is a sparse factorization on the union of the two graphs, whose cost depends on the
  ///   fill. With edges of offset at most `b`, it is that of a banded matrix, `k·b²`, or up to 2.1
  ///   times as much if the minimum-degree order does not find the band. The entries for grids hold
  ///   for grids of the same width. Grids of different widths are a union, and so are a chain and a
  ///   grid wider than 64. A sparse precision is a union with every structure.
  ///
  /// Nearly equal models have an accurate divergence in the following cases, because it is computed
  /// as a sum of non-negative terms without cancellation: between diagonal precisions, chains and
  /// extended grids; between two dense precisions; between two block chains with blocks of the same
  /// size; between two regular grids of the same size; and between sparse precisions on any graphs.
  ///
  /// If one of the precisions is a `SquareRootPrecision`, the divergence takes a solve for each
  /// variable if there are up to 256 variables, or if the condition numbers leave the elements less
  /// than half of their digits. The cost is `k` times the number of elements of both factors.
  ///
  /// In all other cases `tr((P_p − P_q) Σ_q)` is computed in place of `tr(P_p Σ_q) − k`; it is
  /// exactly 0 if `p = q`. If rounding makes the result negative, by about `ε` times the sum of the
  /// magnitudes of its terms, it is replaced by 0 with the gradient 0.
  public func klDivergence(from other: GaussianGraphicalModel) -> Tensor<Scalar> {
    klDivergence(from: other, trace: .exact)
  }

  /// `KL(self ‖ other)` of two Gaussian graphical models, in nats, `[batch…]`, with an exact or an
  /// estimated trace. An estimate can be negative.
  public func klDivergence(
    from other: GaussianGraphicalModel, trace method: TraceMethod<Scalar>
  ) -> Tensor<Scalar> {
    require(
      dimension == other.dimension, "a KL of dimensions \(dimension) and \(other.dimension)")
    let batch = commonBatch(batchShape, other.batchShape)
    let distance = (mean - other.mean).broadcast(to: batch + [dimension])
    let quadratic = other.precision.whiten(distance).squared().sum(axis: -1)
    return 0.5 * quadratic + centredDivergence(precision, other.precision, trace: method)
  }
}

/// The part of the KL divergence that does not depend on the means: the divergence of Gaussians
/// with the same mean.
private func centredDivergence<Scalar>(
  _ q: any PrecisionStructure<Scalar>, _ p: any PrecisionStructure<Scalar>,
  trace method: TraceMethod<Scalar>
) -> Tensor<Scalar> {
  let excess: Tensor<Scalar>
  switch method {
  case .exact:
    if let divergence = factorDivergence(q, p) { return divergence.relu() }
    if let divergence = squareRootDivergence(q, p) { return divergence }
    excess = traceOfDifference(precisions: p, q)
  case .stochastic(let noise):
    excess =
      estimatedTraceOfProduct(precision: p, covarianceOf: q, noise: noise)
      - Scalar(q.dimension)
  }
  let divergence = 0.5 * excess + (q.logDeterminantOfFactor - p.logDeterminantOfFactor)
  // An estimate may be negative: replacing negative values by 0 would make it biased.
  guard case .exact = method else { return divergence }
  return divergence.relu()
}

/// `tr(P_p Σ_q) − k = tr((P_p − P_q) Σ_q)`, on the union of both graphs. It is exactly 0 if
/// `p = q`, and no large numbers cancel if they are nearly equal.
private func traceOfDifference<Scalar>(
  precisions p: any PrecisionStructure<Scalar>, _ q: any PrecisionStructure<Scalar>
) -> Tensor<Scalar> {
  if q.graph.edges.isEmpty {
    // The covariances of q are zero, so that the off-diagonal elements of P_p do not contribute.
    return ((p.diagonal - q.diagonal) * q.marginalVariances).sum(axis: -1)
  }
  let union = q.graph.union(p.graph)
  let (a, b) = (p.elements.spread(to: union), q.elements.spread(to: union))
  let difference = SymmetricElements(
    union, a.diagonal - b.diagonal, a.offDiagonal - b.offDiagonal)
  return difference.traceOfProduct(q.covariances(on: union))
}

/// The longer one of two batches; the other must be its last axes.
private func commonBatch(_ a: Shape, _ b: Shape) -> Shape {
  let (long, short) = a.rank < b.rank ? (b, a) : (a, b)
  require(
    long.last(short.rank) == short,
    "a KL of batches \(a) and \(b); one must be the last axes of the other")
  return long
}

/// The mean of `‖L_pᵀ L_q⁻ᵀ ε‖²` over the samples `ε`. Its expectation is `tr(P_p Σ_q)`.
private func estimatedTraceOfProduct<Scalar>(
  precision p: any PrecisionStructure<Scalar>, covarianceOf q: any PrecisionStructure<Scalar>,
  noise: Tensor<Scalar>
) -> Tensor<Scalar> {
  let batch = commonBatch(q.batchShape, p.batchShape)
  requireFit(noise, batch: batch, dimension: q.dimension, name: "stochastic trace")
  let squares = p.whiten(q.unwhiten(noise)).squared().sum(axis: -1)
  let draws = noise.shape.dropLast(batch.rank + 1).count
  require(draws > 0, "a stochastic trace with noise of shape \(noise.shape), which has no draws")
  return squares.reshaped(to: [draws] + batch).mean(axis: 0)
}
