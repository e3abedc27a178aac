import Tensors

/// How the trace in a KL divergence is computed.
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
/// - Complexity: beyond the trace, linear in the two factors. The trace needs `Σ_q` on the union of the
///   two graphs, where a selected inverse gives it exactly; so a pair costs what factoring that union
///   costs. With `k` variables, a grid of `h×w`, `w ≤ h`, blocks of `d` and trees of any shape:
///
/// | q ＼ p | diagonal | chain | block chain | tree | grids | dense |
/// |---|---|---|---|---|---|---|
/// | diagonal | `k` | `k` | `k·d` | `k` | `k` | `k²` |
/// | chain | `k` | `k` | `k·d²` | union | `k·w` | `k³` |
/// | block chain | `k·d²` | `k·d²` | `k·d²` | union | union | `k³` |
/// | tree | `k` | union | union | `k`, of one tree | union | `k³` |
/// | extended grid | `k·w` | `k·w` | union | union | `k·w` | `k³` |
/// | regular grid | `k·w` | union | union | union | `k·w` | `k³` |
/// | dense | `k³` | `k³` | `k³` | `k³` | `k³` | `k³` |
///
///   “Union” is a sparse factorization of the two graphs together, whose fill decides: that of a band
///   as wide as the longest edge, `k·b²`, or up to 2.1 times as much where the order of elimination, of
///   minimum degree, does not find the band. Grids are of the same width; those of different widths
///   are a union too, and so are a chain and a grid wider than 64. A sparse precision is a union with
///   everything.
///
/// Between diagonal precisions, chains and extended grids, and between two dense ones, two block chains
/// of the same blocks, two regular grids of the same size, and sparse precisions on any graphs, it is a
/// sum of terms that are not negative, without cancellation: nearly equal models have their digits. Two
/// nets, and others of which one is a `SquareRootPrecision`, take a solution for each variable where their
/// condition leaves the elements less than half of their digits, or there are up to 256 variables: `k`
/// times the elements of both factors. Elsewhere `tr((P_p − P_q) Σ_q)` stands for `tr(P_p Σ_q) − k`, which is exactly 0 where `p` is
/// `q`; what rounding leaves below zero, some `ε` of the sum of its terms' sizes, becomes 0, with the
/// gradient 0.
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
  // An estimate may be below zero: it would be biased if it might not.
  guard case .exact = method else { return divergence }
  return divergence.relu()
}

/// `tr(P_p Σ_q) − k = tr((P_p − P_q) Σ_q)`, on the union of both graphs: exactly 0 where `p` is `q`, and
/// without the cancellation of two large numbers where they are near.
private func traceOfDifference<Scalar>(
  precisions p: any PrecisionStructure<Scalar>, _ q: any PrecisionStructure<Scalar>
) -> Tensor<Scalar> {
  if q.graph.edges.isEmpty {
    // Nothing off the diagonal of P_p meets a covariance.
    return ((p.diagonal - q.diagonal) * q.marginalVariances).sum(axis: -1)
  }
  let union = q.graph.union(p.graph)
  let (a, b) = (p.elements.spread(to: union), q.elements.spread(to: union))
  let difference = SymmetricElements(
    union, a.diagonal - b.diagonal, a.offDiagonal - b.offDiagonal)
  return difference.traceOfProduct(q.covariances(on: union))
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
