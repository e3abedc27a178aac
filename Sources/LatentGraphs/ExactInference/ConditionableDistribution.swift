import Tensors

/// A distribution that can be conditioned exactly on the values of some of its elements.
public protocol ConditionableDistribution<Scalar>: Distribution {
  /// The distribution of what is left.
  associatedtype Conditional: ReparameterizedDistribution<Scalar>

  /// The distribution of the other elements, in their order, given some. The batch of the evidence goes
  /// with that of the distribution as a value's does: `[draws…, batch…]`.
  /// - Throws: `GraphicalModelError` where an element is out of range, given twice or no finite number,
  ///   or where nothing is left; `NotPositiveDefinite` where rounding leaves no factor.
  func conditioned(on evidence: Evidence<Scalar>) throws -> Conditional
}

extension GaussianGraphicalModel: ConditionableDistribution {}

extension Normal: ConditionableDistribution {
  /// The other variables, which know nothing of those given; with noisy evidence, all of them.
  public func conditioned(
    on evidence: Evidence<Scalar>
  ) throws -> GaussianGraphicalModel<Scalar> {
    try graphicalModel.conditioned(on: evidence)
  }
}

extension LogitNormal: ConditionableDistribution {
  /// The other variables given exact values of some, in `[0, 1]`: logit-normal again, since the log-odds
  /// are conditioned as a Gaussian.
  ///
  /// Evidence with noise is refused: Gaussian noise added to a value is none added to its log-odds.
  /// - Throws: `GraphicalModelError`: `evidenceOutsideUnitInterval`, with the variable and its value;
  ///   `noisyEvidence`; and those of a Gaussian's evidence. `NotPositiveDefinite` where rounding leaves
  ///   no factor.
  /// - Complexity: That of the Gaussian's: a factorization of the precision that is left and a solve.
  public func conditioned(on evidence: Evidence<Scalar>) throws -> LogitNormal {
    // Checked before numbers that are none are kept inside of the bounds.
    try evidence.check(dimension: dimension)
    try Self.check(evidence)
    let odds = Self.logits(of: evidence.values)
    return LogitNormal(
      logits: try logits.conditioned(on: Evidence(of: evidence.variables, values: odds)))
  }

  /// Stops with a typed error where evidence, of finite numbers, is no value of a logit-normal.
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
