import Tensors

/// `KL(q ‖ p)` of two Gaussians with the same mean and with banded factors, in nats. `nil` if `Σ_q`
/// cannot be computed cheaply on the bands that the divergence needs.
///
/// A sample `u = L_q⁻ᵀ ε` satisfies `uⱼ = (εⱼ − Σₒ L_q,ⱼ₊ₒ,ⱼ uⱼ₊ₒ)/L_q,ⱼⱼ`, where `εⱼ` is
/// independent of all later elements of `u`. Hence, with `L_p,ⱼⱼ = (1 + tⱼ) L_q,ⱼⱼ`,
///
///     (L_pᵀ u)ⱼ = (1 + tⱼ) εⱼ + Σₒ cₒ,ⱼ uⱼ₊ₒ,  cₒ,ⱼ = L_p,ⱼ₊ₒ,ⱼ − (1 + tⱼ) L_q,ⱼ₊ₒ,ⱼ,
///     KL = Σⱼ [tⱼ + ½tⱼ² − log(1 + tⱼ)] + ½ Σⱼ Σₒ,ₒ′ cₒ,ⱼ cₒ′,ⱼ Σ_q,ⱼ₊ₒ,ⱼ₊ₒ′.
///
/// The terms of both sums over `j` are non-negative, and zero if `q = p`. Computing the trace
/// `tr(P_p Σ_q)` from elements would instead subtract numbers as large as the largest variance
/// times the largest precision. If correlations are long, no digit of the difference is left in
/// single precision.
func bandedDivergence<Scalar>(
  _ q: any BandedPrecision<Scalar>, _ p: any BandedPrecision<Scalar>
) -> Tensor<Scalar>? {
  let (qBands, pBands) = (q.factorBands, p.factorBands)
  let k = q.dimension
  let offsets = Set(qBands.keys).union(pBands.keys).subtracting([0]).sorted()
  let distances = offsets.flatMap { o in offsets.map { abs($0 - o) } }
  guard
    let covariance = q.covarianceBands(on: BandPattern(dimension: k, offsets: distances))
  else { return nil }
  let t = (pBands[0]! - qBands[0]!) / qBands[0]!
  var sum = divergenceOfDiagonals(t, ratio: pBands[0]! / qBands[0]!)
  let differences = offsets.map { offset in
    guard let own = qBands[offset] else { return pBands[offset]! }
    let stretch = t.slice(0..<k - offset, axis: -1) * own
    return pBands[offset].map { ($0 - own) - stretch } ?? -(own + stretch)
  }
  for (i, near) in offsets.enumerated() {
    for (j, far) in offsets.enumerated().dropFirst(i) {
      guard let band = covariance[far - near] else { continue }
      let product = differences[i].slice(0..<k - far, axis: -1) * differences[j]
      let term = (product * band.slice(near..<k - (far - near), axis: -1)).sum(axis: -1)
      sum = sum + (i == j ? 0.5 * term : term)
    }
  }
  return sum
}

/// `Σⱼ [tⱼ + ½tⱼ² − log(1 + tⱼ)]`, the contribution of the factors' diagonals to a KL divergence,
/// with `L_p,ⱼⱼ = (1 + tⱼ) L_q,ⱼⱼ`. The ratio is `1 + t`.
func divergenceOfDiagonals<Scalar>(
  _ t: Tensor<Scalar>, ratio: @autoclosure () -> Tensor<Scalar>
) -> Tensor<Scalar> {
  (defectOfLogarithm(t, ratio: ratio()) + 0.5 * t.squared()).sum(axis: -1)
}

/// `t − log(1 + t)` for a rounded difference `t`, given the ratio `1 + t`. The ratio is needed if
/// it is small: then `t` is near −1, and `1 + t` has lost its digits.
func defectOfLogarithm<Scalar>(
  _ t: Tensor<Scalar>, ratio: @autoclosure () -> Tensor<Scalar>
) -> Tensor<Scalar> {
  // A NaN in one matrix of a batch must not reduce the accuracy of the others.
  if t.count == 0 || t.detached.reshaped(to: [t.count]).min(axis: 0).scalar >= -0.5 {
    return t.log1pDefect()
  }
  // The logarithm is the sum of two parts: below −½, 1 + t = (1 + near)·(2·ratio).
  let near = t.clamped(to: -0.5...Scalar.infinity)
  let far = (2 * ratio()).clamped(to: 0...1)
  return near.log1pDefect() + (t - near) - far.log()
}
