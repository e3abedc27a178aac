import Tensors

extension LinearGaussianStateSpaceModel {
  /// The model that starts in its stationary state: `m0 = F m0 + b`, `P0 = F P0 Fᵀ + Q`, for
  /// transitions that are the same at all times.
  /// - Throws: `StateSpaceModelError.notStationary`; else as the other initializer does.
  /// - Complexity: That of the other, and some `O(d³)` products, a few dozen where `F` hardly forgets.
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

  /// The mean `m = F m + b`, `[d]`, and the covariance `P = F P Fᵀ + Q`, `[d, d]`, of a state long
  /// after the start.
  ///
  /// By doubling: with `A` from `F`, `P` from `Q` and `m` from `b`, again and again `m + A m`,
  /// `P + A P Aᵀ` and `A²`, which after `n` steps are the sums of `2ⁿ` terms (Smith, 1968).
  /// - Throws: `StateSpaceModelError.notStationary` where the sums do not converge, as they do not
  ///   where noise or the offset reaches an eigenvalue of size 1 or more; `parameterNotFinite` and
  ///   `notSymmetric` as the initializers do.
  public static func stationaryState(
    transition: Tensor<Scalar>, offset: Tensor<Scalar>? = nil, covariance: Tensor<Scalar>
  ) throws -> (mean: Tensor<Scalar>, covariance: Tensor<Scalar>) {
    let d = transition.rank == 2 ? transition.shape[0] : 0
    require(
      d >= 1 && transition.shape == [d, d] && covariance.shape == [d, d]
        && (offset.map { $0.shape == [d] } ?? true),
      "a stationary state of transitions of shape \(transition.shape), offsets of shape "
        + "\(offset?.shape ?? [d]) and covariances of shape \(covariance.shape); it takes [d, d], "
        + "[d] and [d, d]")
    try checkFinite(transition, rank: 2, .transition)
    if let offset { try checkFinite(offset, rank: 1, .transitionOffset) }
    try checkCovariance(covariance, .transition)
    var (a, p) = (transition, covariance)
    var m = (offset ?? .zeros([d])).reshaped(to: [1, d])
    // Half of the exponent of the largest number: enough for any eigenvalue that is not 1.
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

  /// Whether the last terms change no variance and no mean, each measured by itself: states may have
  /// any units, and a slow one of small numbers is not to be hidden by a fast one of large.
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
