import Tensors

/// The exact `KL(q(zₙ | parents) ‖ p(zₙ | parents))` in nats of each node, for the distributions of
/// two nets given the same values. Each tensor has the shape `[rows…]`, or fewer axes if the
/// divergence does not depend on the sampled values, as at a root.
///
/// The sum of their means over samples from `q` estimates `KL(q ‖ p)` of the nets. The edges of the
/// two nets may differ. The divergence of a node that is set by an intervention in either net is
/// zero, of shape `[]`. A node with a standard deviation of 0 has no divergence; the program stops
/// with a message that names the node.
@specialized(where Scalar == Float)
public func klDivergences<Scalar>(
  _ q: Trace<Scalar>, _ p: Trace<Scalar>
) -> [Tensor<Scalar>] {
  requireSameNodes(q, p)
  return q.values.indices.map { node in
    guard let ours = q.conditionals[node], let theirs = p.conditionals[node] else {
      return Tensor(0)
    }
    return p.checked(q.checked(exactKLDivergence(ours, theirs), at: node), at: node)
  }
}

/// `log q(zₙ | parents) − log p(zₙ | parents)` in nats of each node, at the values of `q`:
/// `[rows…]`.
///
/// If the values were sampled from `q`, this is an unbiased estimate of `klDivergences` with a
/// larger variance. It is available for all kinds of distributions. As in `sampledKLDivergence`, a
/// sampled value that is rounded to an end of its support is scored at the unconstrained variable
/// from which it was computed; the result is NaN if `p` has no density of this variable. The result
/// for a node that is set by an intervention in either net is zero, of shape `[]`.
public func sampledDivergences<Scalar>(
  _ q: Trace<Scalar>, _ p: Trace<Scalar>
) -> [Tensor<Scalar>] {
  requireSameNodes(q, p)
  return q.values.indices.map { node in
    guard let ours = q.conditionals[node], let theirs = p.conditionals[node] else {
      return Tensor(0)
    }
    let value = q.values[node]
    guard let draw = q.draws[node] else {
      return q.checked(ours.logDensity(of: value), at: node)
        - p.checked(theirs.logDensity(of: value), at: node)
    }
    let scores = logDensities(of: draw, ours, theirs)
    return q.checked(scores.q, at: node) - p.checked(scores.p, at: node)
  }
}

/// The exact divergence of two nodes; the program stops if no closed form is known.
func exactKLDivergence<Scalar>(
  _ q: any Distribution<Scalar>, _ p: any Distribution<Scalar>
) -> Tensor<Scalar> {
  guard let divergence = q.exactKLDivergence(from: p) else {
    stop("no exact KL of \(type(of: q)) and \(type(of: p)) is known; use a sampled one")
  }
  return divergence
}

private func requireSameNodes<Scalar>(_ q: Trace<Scalar>, _ p: Trace<Scalar>) {
  // Closures are used here, and in all code that runs in every training step, because Swift builds
  // a key path of a generic type anew at each evaluation.
  require(
    q.graph.nodes.elementsEqual(p.graph.nodes) {
      $0.name == $1.name && $0.dimension == $1.dimension
    },
    "a KL of nets with nodes \(q.graph.nodes.map(\.name)) of \(q.graph.nodes.map(\.dimension)) "
      + "and \(p.graph.nodes.map(\.name)) of \(p.graph.nodes.map(\.dimension))")
}
