import Tensors

/// `KL(q ‖ p)` of two Gaussians of the same mean whose factors have few bands, in nats; `nil` where
/// `Σ_q` is not known on the bands that it takes.
///
/// Of a draw `u = L_q⁻ᵀ ε` it is known that `uⱼ = (εⱼ − Σₒ L_q,ⱼ₊ₒ,ⱼ uⱼ₊ₒ)/L_q,ⱼⱼ`, with `εⱼ` independent
/// of all later elements of `u`. So, with `L_p,ⱼⱼ = (1 + tⱼ) L_q,ⱼⱼ`,
///
///     (L_pᵀ u)ⱼ = (1 + tⱼ) εⱼ + Σₒ cₒ,ⱼ uⱼ₊ₒ,  cₒ,ⱼ = L_p,ⱼ₊ₒ,ⱼ − (1 + tⱼ) L_q,ⱼ₊ₒ,ⱼ,
///     KL = Σⱼ [tⱼ + ½tⱼ² − log(1 + tⱼ)] + ½ Σⱼ Σₒ,ₒ′ cₒ,ⱼ cₒ′,ⱼ Σ_q,ⱼ₊ₒ,ⱼ₊ₒ′.
///
/// Both sums over `j` have no negative terms, and only zeros where `q` is `p`. The trace `tr(P_p Σ_q)`
/// by elements is instead a difference of numbers as large as the largest variance times the largest
/// precision, of which single precision leaves nothing where correlations are long.
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

/// `Σⱼ [tⱼ + ½tⱼ² − log(1 + tⱼ)]`, what factors contribute to a KL by their diagonals, `L_p,ⱼⱼ =
/// (1 + tⱼ) L_q,ⱼⱼ`; the ratio is `1 + t`.
func divergenceOfDiagonals<Scalar>(
  _ t: Tensor<Scalar>, ratio: @autoclosure () -> Tensor<Scalar>
) -> Tensor<Scalar> {
  (defectOfLogarithm(t, ratio: ratio()) + 0.5 * t.squared()).sum(axis: -1)
}

/// `t − log(1 + t)` of a `t` that is a rounded difference, with the ratio `1 + t`: where the ratio is small,
/// `t` is near −1 and has lost its digits.
func defectOfLogarithm<Scalar>(
  _ t: Tensor<Scalar>, ratio: @autoclosure () -> Tensor<Scalar>
) -> Tensor<Scalar> {
  // A NaN in one matrix of a batch must not take the digits of the others.
  if t.count == 0 || t.detached.reshaped(to: [t.count]).min(axis: 0).scalar >= -0.5 {
    return t.log1pDefect()
  }
  // Of the logarithm each factor takes its part: 1 + t = (1 + near)·(2·ratio) below −½.
  let near = t.clamped(to: -0.5...Scalar.infinity)
  let far = (2 * ratio()).clamped(to: 0...1)
  return near.log1pDefect() + (t - near) - far.log()
}
