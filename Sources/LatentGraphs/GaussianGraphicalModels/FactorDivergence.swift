import Tensors

/// `KL(q ‖ p)` of two Gaussians with the same mean whose factors have the same pattern, in nats;
/// `nil` for other pairs. It is a sum of terms that are non-negative, and zero if `q = p`.
///
/// With `M = L_q⁻¹ L_p`, `tr(P_p Σ_q) = ‖M‖²` and `log det M = Σ log Mᵢᵢ`. Hence, with `M = I + E`,
///
///     KL = Σᵢ [Eᵢᵢ + ½Eᵢᵢ² − log(1 + Eᵢᵢ)] + ½ Σᵢ≠ⱼ Eᵢⱼ²,  E = L_q⁻¹ (L_p − L_q).
func factorDivergence<Scalar>(
  _ q: any PrecisionStructure<Scalar>, _ p: any PrecisionStructure<Scalar>
) -> Tensor<Scalar>? {
  switch (q, p) {
  case (let q as DiagonalPrecision<Scalar>, let p as DiagonalPrecision<Scalar>):
    q.divergence(from: p)
  case (let q as any BandedPrecision<Scalar>, let p as any BandedPrecision<Scalar>):
    bandedDivergence(q, p)
  case (let q as DensePrecision<Scalar>, let p as DensePrecision<Scalar>):
    triangularDivergence(q.factor, p.factor)
  case (let q as BlockChainPrecision<Scalar>, let p as BlockChainPrecision<Scalar>):
    q.blockSize == p.blockSize ? blockDivergence(q, p) : nil
  case (let q as GridPrecision<Scalar>, let p): factorDivergence(q.factored, p)
  case (let q, let p as GridPrecision<Scalar>): factorDivergence(q, p.factored)
  case (let q as SparsePrecision<Scalar>, let p as SparsePrecision<Scalar>):
    q.forestDivergence(from: p) ?? q.supernodalDivergence(from: p)
  default: nil
  }
}

/// The KL divergence for two factors `[batch…, k, k]` whose batches broadcast.
private func triangularDivergence<Scalar>(
  _ q: Tensor<Scalar>, _ p: Tensor<Scalar>
) -> Tensor<Scalar> {
  let difference = p - q
  let e = triangularSolve(q.broadcast(to: difference.shape), difference)
  let below = e.lowerTriangle(withDiagonal: false).squared().sum(axis: -1).sum(axis: -1)
  return divergenceOfDiagonals(e.diagonal(), ratio: p.diagonal() / q.diagonal()) + 0.5 * below
}

/// The KL divergence of two block chains with the factor blocks `A` and `C`. Let
/// `E_t = A_q⁻¹(A_p − A_q)` and `G_t = C_p − C_q A_q⁻¹ A_p = (C_p − C_q) − C_q E_t`. The divergence
/// is the sum over `t` of the divergence for the factors `A_q` and `A_p`, and of
/// `½ tr(G_tᵀ Σ_q,t+1,t+1 G_t)`.
private func blockDivergence<Scalar>(
  _ q: BlockChainPrecision<Scalar>, _ p: BlockChainPrecision<Scalar>
) -> Tensor<Scalar> {
  let difference = p.factorDiagonalBlocks - q.factorDiagonalBlocks
  let factor = q.factorDiagonalBlocks.broadcast(to: difference.shape)
  let own = triangularDivergence(q.factorDiagonalBlocks, p.factorDiagonalBlocks).sum(axis: -1)
  let count = q.blockCount
  guard count > 1 else { return own }
  let links = p.factorLowerBlocks - q.factorLowerBlocks
  let e = triangularSolve(factor, difference).slice(0..<count - 1, axis: -3)
  let g = links - matrixProduct(q.factorLowerBlocks.broadcast(to: links.shape), e)
  let next = q.marginalCovariances.slice(1..<count, axis: -3).broadcast(to: g.shape)
  let spread = (g * matrixProduct(next, g)).sum(axis: -1).sum(axis: -1).sum(axis: -1)
  return own + 0.5 * spread
}

extension SparsePrecision {
  /// The KL divergence of two precisions on the same forest with the same elimination order; `nil`
  /// for other pairs. A column of their factors has at most one element below the diagonal, in the
  /// row of the variable's parent.
  ///
  /// The columns contribute in the same way as those of a chain (`bandedDivergence`).
  fileprivate func forestDivergence(from p: SparsePrecision) -> Tensor<Scalar>? {
    let (nodes, others) = (factor.symbolic.supernodes, p.factor.symbolic.supernodes)
    guard factor.symbolic.method is ForestMethod, p.factor.symbolic.method is ForestMethod,
      nodes.order == others.order, nodes.parent == others.parent
    else { return nil }
    let k = dimension
    let diagonals = [factor, p.factor].map { $0.panels.gathered(at: (0..<k).map { 2 * $0 }) }
    let t = (diagonals[1] - diagonals[0]) / diagonals[0]
    let children = (0..<k).filter { nodes.parent[$0] >= 0 }
    let own = divergenceOfDiagonals(t, ratio: diagonals[1] / diagonals[0])
    guard !children.isEmpty else { return own }
    let below = [factor, p.factor].map { $0.panels.gathered(at: children.map { 2 * $0 + 1 }) }
    let c = (below[1] - below[0]) - t.gathered(at: children) * below[0]
    let parents = children.map { Int(nodes.order[Int(nodes.parent[$0])]) }
    let variances = marginalVariances.gathered(at: parents)
    return own + 0.5 * (c.squared() * variances).sum(axis: -1)
  }
}
