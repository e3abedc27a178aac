import Tensors

/// A distribution that can be conditioned exactly on the values of some of its elements.
public protocol ConditionableDistribution<Scalar>: Distribution {
  /// The type of the conditional distribution.
  associatedtype Conditional: ReparameterizedDistribution<Scalar, Tensor<Scalar>>

  /// The distribution of the other elements, in their order, given the evidence. The shape of the
  /// evidence's batch is `[draws…, batch…]`, like that of values.
  /// - Throws: `GraphicalModelError` if an element is out of range, occurs twice or has a value
  ///   that is not finite, or if no element remains; `NotPositiveDefinite` if the factorization
  ///   fails because of rounding.
  func conditioned(on evidence: Evidence<Scalar>) throws -> Conditional
}

extension GaussianGraphicalModel: ConditionableDistribution {}

extension Normal: ConditionableDistribution {
  /// The distribution of the other variables, which are independent of the given ones. With noisy
  /// evidence, the distribution of all variables.
  public func conditioned(
    on evidence: Evidence<Scalar>
  ) throws -> GaussianGraphicalModel<Scalar> {
    try graphicalModel.conditioned(on: evidence)
  }
}

extension LogitNormal: ConditionableDistribution {
  /// The distribution of the other variables given exact values of some variables, in `[0, 1]`. It
  /// is logit-normal, since the log-odds are conditioned as a Gaussian.
  ///
  /// Noisy evidence is refused, because Gaussian noise added to a value is not Gaussian noise added
  /// to its log-odds.
  /// - Throws: `GraphicalModelError`: `evidenceOutsideUnitInterval`, with the variable and its
  ///   value; `noisyEvidence`; and the errors for evidence on a Gaussian. `NotPositiveDefinite` if
  ///   the factorization fails because of rounding.
  /// - Complexity: that of conditioning the Gaussian: a factorization of the remaining precision
  ///   and a solve.
  public func conditioned(on evidence: Evidence<Scalar>) throws -> LogitNormal {
    // The check comes first, because `logits(of:)` would clamp values that are NaN or infinite.
    try evidence.check(dimension: dimension)
    try Self.check(evidence)
    let odds = Self.logits(of: evidence.values)
    return LogitNormal(
      logits: try logits.conditioned(on: Evidence(of: evidence.variables, values: odds)))
  }

  /// Checks that evidence with finite values is exact and in `[0, 1]`.
  private static func check(_ evidence: Evidence<Scalar>) throws {
    let variables = evidence.variables
    if evidence.isNoisy, let variances = evidence.noiseVariances {
      guard let variance = variances.scalars.first else { return }  // An empty batch.
      throw GraphicalModelError.noisyEvidence(
        variable: variables[0], variance: Double(variance))
    }
    let values = evidence.values.scalars
    if let place = values.firstIndex(where: { !(0...1).contains($0) }) {
      throw GraphicalModelError.evidenceOutsideUnitInterval(
        variable: variables[place % variables.count], value: Double(values[place]))
    }
  }
}
