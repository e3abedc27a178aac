import Tensors

/// `KL(q(zₙ | parents) ‖ p(zₙ | parents))` in nats, exact, node by node, for distributions of two
/// nets given the same values: each of shape `[rows…]`, or of less where it does not depend on the
/// drawn values, as at a root.
///
/// The sum of their means over draws from `q` estimates `KL(q ‖ p)` of the nets. The edges of the two
/// may differ. Nodes that an intervention fixes in either count as zeros, of shape `[]`; one whose
/// deviation is 0 has no divergence, and stops with its name.
@specialized(where Scalar == Float)
public func klDivergences<Scalar>(
  _ q: Trace<Scalar>, _ p: Trace<Scalar>
) -> [Tensor<Scalar>] {
  requireSameNodes(q, p)
  return q.values.indices.map { node in
    guard let ours = q.conditionals[node], let theirs = p.conditionals[node] else {
      return Tensor(0)
    }
    return p.checked(q.checked(klDivergence(ours, theirs), at: node), at: node)
  }
}

/// `log q(zₙ | parents) − log p(zₙ | parents)` in nats at the values of `q`, node by node: `[rows…]`
/// each.
///
/// For values drawn from `q` an unbiased estimate of `klDivergences`, of more variance, for
/// distributions of any kinds. Nodes that an intervention fixes in either count as zeros, of shape
/// `[]`.
public func sampledDivergences<Scalar>(
  _ q: Trace<Scalar>, _ p: Trace<Scalar>
) -> [Tensor<Scalar>] {
  requireSameNodes(q, p)
  return q.values.indices.map { node in
    guard let ours = q.conditionals[node], let theirs = p.conditionals[node] else {
      return Tensor(0)
    }
    let value = q.values[node]
    return q.checked(ours.logDensity(of: value), at: node)
      - p.checked(theirs.logDensity(of: value), at: node)
  }
}

private func requireSameNodes<Scalar>(_ q: Trace<Scalar>, _ p: Trace<Scalar>) {
  // Closures, here and in what each step of training runs: a key path of a generic type is built
  // anew each time.
  require(
    q.graph.nodes.elementsEqual(p.graph.nodes) {
      $0.name == $1.name && $0.dimension == $1.dimension
    },
    "a KL of nets with nodes \(q.graph.nodes.map(\.name)) of \(q.graph.nodes.map(\.dimension)) "
      + "and \(p.graph.nodes.map(\.name)) of \(p.graph.nodes.map(\.dimension))")
}
