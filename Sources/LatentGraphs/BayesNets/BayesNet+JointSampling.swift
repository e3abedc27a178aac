import NeuralNetworks
import Tensors

/// Values that one net drew, and what it and another make of them.
package struct ScoredSample<Scalar: TensorScalar> {
  /// The values side by side, `[rows…, graph.dimension]`.
  package let latents: Tensor<Scalar>
  /// `KL(own ‖ other)` in nats of each node given the values of its parents, exact:
  /// `[nodes, rows…]`.
  package let divergences: () -> Tensor<Scalar>
  /// The values, and the distributions of either net given them.
  package let traces: () -> (own: Trace<Scalar>, other: Trace<Scalar>)
}

extension BayesNet {
  /// Ancestral sampling in this net, and what another net on the same graph, such as the prior of a
  /// recognition net, makes of the values drawn: `sample` and then `other.trace(at:)`, but with the
  /// networks of both nets at a node evaluated jointly, and in training, where all nodes are normals
  /// by heads, as one operation.
  ///
  /// - Parameters:
  ///   - evidence: by node.
  ///   - otherGates: the gates of the other net.
  ///   - areGatesShared: whether both nets have the gates of the other.
  @specialized(where Scalar == Float)
  package func sample(
    _ rows: Shape, scoredBy other: BayesNet, evidence: [Tensor<Scalar>?],
    otherGates: Tensor<Scalar>?, areGatesShared: Bool, mode: Mode, using generator: inout Philox
  ) -> ScoredSample<Scalar> {
    // Drawn in the order of the nodes, as `sample` does, whatever the order of the graph.
    let noise = noise(rows, using: &generator)
    if mode == .training,
      let pass = AncestralPass(
        self, scoredBy: other, noise: noise, evidence: evidence, gates: otherGates,
        areGatesShared: areGatesShared)
    {
      return pass.sample()
    }
    typealias Distribution = any ReparameterizedDistribution<Scalar>
    var values = [Tensor<Scalar>?](repeating: nil, count: graph.nodes.count)
    var (mine, others) = (
      [Distribution?](repeating: nil, count: graph.nodes.count),
      [Distribution?](repeating: nil, count: graph.nodes.count)
    )
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
    let own = Trace(graph: graph, values: drawn, conditionals: mine)
    let scored = Trace(graph: graph, values: drawn, conditionals: others)
    return ScoredSample(
      latents: own.latents,
      divergences: {
        .stacked(klDivergences(own, scored).map { $0.broadcast(to: rows) })
      },
      traces: { (own, scored) })
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
        q.normal(topDown: moments[0], evidence: evidence),
        p.normal(topDown: moments[1], evidence: nil)
      )
    }
    return (
      own.distribution(given: parents, evidence: evidence, mode: mode),
      others.distribution(given: otherParents, evidence: nil, mode: mode)
    )
  }
}
