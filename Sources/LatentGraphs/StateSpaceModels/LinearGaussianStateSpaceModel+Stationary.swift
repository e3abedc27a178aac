import Tensors

extension LinearGaussianStateSpaceModel {
  /// The model whose first state has the stationary distribution, `m0 = F m0 + b` and
  /// `P0 = F P0 Fᵀ + Q`. The transitions must be the same at all times.
  /// - Throws: `StateSpaceModelError.notStationary`, and the errors of the other initializer.
  /// - Complexity: that of the other initializer, and some `O(d³)` products: a few dozen if the
  ///   largest eigenvalue of `F` has a magnitude near 1.
  public init(
    stationaryTransition transition: Tensor<Scalar>, transitionOffset: Tensor<Scalar>? = nil,
    transitionCovariance: Tensor<Scalar>, observation: Tensor<Scalar>,
    observationOffset: Tensor<Scalar>? = nil, observationCovariance: Tensor<Scalar>
  ) throws {
    let start = try Self.stationaryState(
      transition: transition, offset: transitionOffset, covariance: transitionCovariance)
    try self.init(
      initialMean: start.mean, initialCovariance: start.covariance, transition: transition,
      transitionOffset: transitionOffset, transitionCovariance: transitionCovariance,
      observation: observation, observationOffset: observationOffset,
      observationCovariance: observationCovariance)
  }

  /// The stationary mean `m = F m + b`, `[d]`, and covariance `P = F P Fᵀ + Q`, `[d, d]`, of the
  /// state.
  ///
  /// They are computed by doubling. Starting from `A = F`, `P = Q` and `m = b`, each step replaces
  /// `m` by `m + A m`, `P` by `P + A P Aᵀ` and `A` by `A²`. After `n` steps, `m` and `P` are sums
  /// of `2ⁿ` terms (R. A. Smith, Matrix equation XA + BX = C, SIAM J. Appl. Math. 16, 1968).
  /// - Throws: `StateSpaceModelError.notStationary` if the sums do not converge, that is, if noise
  ///   or the offset excites an eigenvalue with a magnitude of 1 or more; `parameterNotFinite` and
  ///   `notSymmetric` as the initializers.
  public static func stationaryState(
    transition: Tensor<Scalar>, offset: Tensor<Scalar>? = nil, covariance: Tensor<Scalar>
  ) throws -> (mean: Tensor<Scalar>, covariance: Tensor<Scalar>) {
    let d = transition.rank == 2 ? transition.shape[0] : 0
    require(
      d >= 1 && transition.shape == [d, d] && covariance.shape == [d, d]
        && (offset.map { $0.shape == [d] } ?? true),
      "a stationary state got transitions of shape \(transition.shape), offsets of shape "
        + "\(offset?.shape ?? [d]) and covariances of shape \(covariance.shape); it takes [d, d], "
        + "[d] and [d, d]")
    try checkFinite(transition, rank: 2, .transition)
    if let offset { try checkFinite(offset, rank: 1, .transitionOffset) }
    try checkCovariance(covariance, .transition)
    var (a, p) = (transition, covariance)
    var m = (offset ?? .zeros([d])).reshaped(to: [1, d])
    // 64 doublings sum 2⁶⁴ terms, enough for every eigenvalue with a magnitude below 1.
    for _ in 0..<64 {
      let added = matrixProduct(matrixProduct(a, p), a, transposingRight: true)
      let shift = applied(a, to: m)
      (p, m) = (p + added, m + shift)
      guard p.isFinite, m.isFinite else { break }
      if isNegligible(added: added, shift: shift, covariance: p, mean: m) {
        return (m.reshaped(to: [d]), 0.5 * (p + p.transposed()))
      }
      a = matrixProduct(a, a)
    }
    throw StateSpaceModelError.notStationary
  }

  /// Whether the last terms change no variance and no mean. Each is compared with its own
  /// magnitude, because states may have different units: a slowly converging state with small
  /// values must not be hidden by a fast one with large values.
  private static func isNegligible(
    added: Tensor<Scalar>, shift: Tensor<Scalar>, covariance: Tensor<Scalar>, mean: Tensor<Scalar>
  ) -> Bool {
    let rounding = Scalar.ulpOfOne / 4
    let variances = covariance.diagonal().scalars
    let growth = added.diagonal().scalars
    return zip(growth, variances).allSatisfy { $0 <= rounding * $1 }
      && variances.indices.allSatisfy { i in
        abs(shift.scalars[i]) <= rounding * (abs(mean.scalars[i]) + variances[i].squareRoot())
      }
  }
}
