import NeuralNetworks
import Tensors

extension BayesNet {
  /// Ancestral sampling in this net, and what another net on the same graph, such as the prior of a
  /// recognition net, makes of the values drawn: the same as `sample` and then `other.trace(at:)`,
  /// but with the networks of both nets at a node evaluated jointly.
  ///
  /// - Parameters:
  ///   - otherGates: the gates of the other net.
  ///   - areGatesShared: whether both nets have the gates of the other.
  @specialized(where Scalar == Float)
  package func sample(
    _ rows: Shape, scoredBy other: BayesNet, evidence: [Tensor<Scalar>?],
    otherGates: Tensor<Scalar>?, areGatesShared: Bool, mode: Mode, using generator: inout Philox
  ) -> (own: Trace<Scalar>, other: Trace<Scalar>) {
    typealias Distribution = any ReparameterizedDistribution<Scalar>
    var values = [Tensor<Scalar>?](repeating: nil, count: graph.nodes.count)
    var (mine, others) = (
      [Distribution?](repeating: nil, count: graph.nodes.count),
      [Distribution?](repeating: nil, count: graph.nodes.count)
    )
    // Drawn in the order of the nodes, as `sample` does, whatever the order of the graph.
    let noise = noise(rows, using: &generator)
    for node in graph.order {
      let parents = graph.parents(of: node).map { values[$0]! }
      func gated(_ gates: Tensor<Scalar>?) -> Tensor<Scalar>? {
        parents.isEmpty
          ? nil : gatedParents(parents, gates: gates, range: graph.incoming[node])
      }
      let seenByOther = gated(otherGates)
      let seen = areGatesShared || otherGates == nil ? seenByOther : gated(nil)
      let (q, p) = jointDistributions(
        at: node, with: other, given: seen, seenByOther, evidence: evidence[node], mode: mode)
      (mine[node], others[node]) = (q, p)
      values[node] = q.sample(noise: noise[node])
    }
    let drawn = values.map { $0! }
    return (
      Trace(graph: graph, values: drawn, conditionals: mine),
      Trace(graph: graph, values: drawn, conditionals: others)
    )
  }

  @specialized(where Scalar == Float)
  private func jointDistributions(
    at node: Int, with other: BayesNet, given parents: Tensor<Scalar>?,
    _ otherParents: Tensor<Scalar>?, evidence: Tensor<Scalar>?, mode: Mode
  ) -> (any ReparameterizedDistribution<Scalar>, any ReparameterizedDistribution<Scalar>) {
    let (own, others) = (conditionals[node], other.conditionals[node])
    if let parents, let otherParents,
      let q = own.headed, let qHead = q.topDown,
      let p = others.headed, let pHead = p.topDown
    {
      let moments = NormalHead.jointMoments(
        [qHead, pHead], of: [parents, otherParents], mode: mode)
      return (
        q.distribution(topDown: moments[0], evidence: evidence),
        p.distribution(topDown: moments[1], evidence: nil)
      )
    }
    return (
      own.distribution(given: parents, evidence: evidence, mode: mode),
      others.distribution(given: otherParents, evidence: nil, mode: mode)
    )
  }
}
