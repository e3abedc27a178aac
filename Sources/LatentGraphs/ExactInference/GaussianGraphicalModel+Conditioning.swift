import Tensors

extension GaussianGraphicalModel {
  /// The conditional distribution given evidence.
  ///
  /// Given exact evidence `z_E = e`, this is the distribution of the other variables `U`, in their
  /// order, with the precision `P_UU` and the mean `μ_U − P_UU⁻¹ P_UE (e − μ_E)`. Given noisy
  /// evidence `y = z_E + N(0, R)`, it is the distribution of all variables: the precision `P′` is
  /// `P` with `R⁻¹` added to its diagonal, and the mean is `μ + P′⁻¹ R⁻¹ (y − μ_E)`.
  ///
  /// The structure of the precision determines that of the result and how it is computed
  /// (`PrecisionStructure.conditioned(on:)`). For example, a chain remains a chain; a block chain
  /// whose blocks lose different numbers of variables to exact evidence becomes a `SparsePrecision`.
  /// A `SquareRootPrecision`, as that of a compiled net, remains one: the mean is the solution of a
  /// least squares problem, which is solved by an orthogonal factorization without forming `P`.
  ///
  /// The result is differentiable in the model, the values and the variances. The shape of the
  /// evidence's batch is `[draws…, batch…]`, like that of values.
  /// - Throws: `GraphicalModelError` if a variable is out of range or occurs twice, a value is not
  ///   finite or makes means overflow, or no variable remains; `NotPositiveDefinite`, with a
  ///   variable of this model, if the factorization fails because of rounding.
  /// - Complexity: a factorization of the remaining precision and a solve.
  public func conditioned(on evidence: Evidence<Scalar>) throws -> GaussianGraphicalModel {
    try given(evidence).model
  }

  /// The distribution of the other variables given exact values of some variables.
  public func conditioned(on values: [Int: Scalar]) throws -> GaussianGraphicalModel {
    try conditioned(on: Evidence(values))
  }

  /// The log-density of evidence, in nats, with all other variables integrated out:
  /// `log p(z_E = e)`, or `log p(y)` for noisy evidence. `[batch…]`.
  ///
  /// It is computed from the determinants of the precision and of the conditional precision, and
  /// the minimum of a sum of squares (`ConditionedPrecision`). The logarithms of the determinants
  /// grow with the number `k` of variables, also if the evidence is on a single one. Everything is
  /// therefore computed in `Double` for every `Scalar`. The absolute error is about `k ε` for the
  /// `ε` of `Double`, plus that of the parameters of `P`.
  /// - Throws: as `conditioned(on:)`, except that exact evidence may be on all variables.
  /// - Complexity: two factorizations in `Double`, of the precision and of the remaining one; only
  ///   the second if the precision is given by its factor.
  public func logDensity(of evidence: Evidence<Scalar>) throws -> Tensor<Scalar> {
    if !evidence.isNoisy, evidence.variables.count == dimension {
      return try logDensity(ofAll: evidence)
    }
    if Scalar.self == Double.self { return try given(evidence).logDensity() }
    try evidence.check(dimension: dimension)
    let inputs = [mean, evidence.values, evidence.noiseVariances ?? .zeros([0])]
    let result = try computed(in: Double.self, from: inputs + precision.parameters) { inputs in
      let model = GaussianGraphicalModel<Double>(
        mean: inputs[0], precision: try precision.withParameters(Array(inputs.dropFirst(3))))
      return try model.given(
        Evidence(
          of: evidence.variables, values: inputs[1],
          noiseVariances: evidence.noiseVariances.map { _ in inputs[2] })
      ).logDensity()
    }
    // Parameters that are NaN, as those of a diverged network, give NaN.
    let isDefined = mean.isFinite && precision.diagonal.isFinite
    if !result.isFinite, isDefined, !evidence.variables.isEmpty { throw tooFar(evidence) }
    return result
  }

  /// The results of `conditioned(on:)` and `logDensity(of:)`. In `Double`, both come from one
  /// factorization.
  /// - Throws: as `conditioned(on:)`.
  package func conditionedWithLogDensity(
    on evidence: Evidence<Scalar>
  ) throws -> (model: GaussianGraphicalModel, logDensity: Tensor<Scalar>) {
    let given = try given(evidence)
    return (
      given.model, Scalar.self == Double.self ? given.logDensity() : try logDensity(of: evidence)
    )
  }

  /// The model given evidence, and a function that computes the log-density of the evidence in the
  /// numbers' type.
  /// - Throws: as `conditioned(on:)`.
  private func given(
    _ evidence: Evidence<Scalar>
  ) throws -> (model: GaussianGraphicalModel, logDensity: () -> Tensor<Scalar>) {
    try evidence.check(dimension: dimension)
    let others = try evidence.remainingVariables(of: dimension)
    let deviations = Evidence(
      of: evidence.variables, values: evidence.values - mean.gathered(at: evidence.variables),
      noiseVariances: evidence.noiseVariances)
    let conditioned = try naming(others) { try precision.conditioned(on: deviations) }
    let rest = others.count == dimension ? mean : mean.gathered(at: others)
    let model = GaussianGraphicalModel(
      mean: rest + conditioned.shift, precision: conditioned.precision)
    // Finite evidence can make means overflow.
    if !model.mean.isFinite, mean.isFinite { throw tooFar(evidence) }
    return (model, { logDensity(of: evidence, given: conditioned) })
  }

  /// `log det L − log det L′ − ½ q − n/2·log 2π`, minus `½ Σ log Rᵢ` for noisy evidence.
  private func logDensity(
    of evidence: Evidence<Scalar>, given conditioned: ConditionedPrecision<Scalar>
  ) -> Tensor<Scalar> {
    let constant = Scalar(0.5 * logTwoPi * Double(evidence.variables.count))
    let determinants =
      precision.logDeterminantOfFactor - conditioned.precision.logDeterminantOfFactor
    let density = determinants - 0.5 * conditioned.squares - constant
    guard evidence.isNoisy, let variances = evidence.noiseVariances else { return density }
    return density - 0.5 * variances.log().sum(axis: -1)
  }

  /// The error that names the value that is furthest from its mean.
  private func tooFar(_ evidence: Evidence<Scalar>) -> GraphicalModelError {
    let distances = (evidence.values - mean.gathered(at: evidence.variables)).abs().scalars
    let furthest = distances.indices.max { distances[$0] < distances[$1] }!
    let place = furthest % evidence.variables.count
    let values = evidence.values.scalars
    return .evidenceTooFar(
      variable: evidence.variables[place], value: Double(values[furthest % values.count]))
  }

  /// Runs `body` on a submodel of some variables, and translates the variable of an error to the
  /// index in the whole model.
  func naming<Result>(
    _ variables: [Int], _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch let error as NotPositiveDefinite {
      throw NotPositiveDefinite(
        pivot: variables[error.pivot], matrix: error.matrix, value: error.value,
        condition: error.condition)
    }
  }

  private func logDensity(ofAll evidence: Evidence<Scalar>) throws -> Tensor<Scalar> {
    try evidence.check(dimension: dimension)
    var order = [Int](repeating: 0, count: dimension)
    for (i, variable) in evidence.variables.enumerated() { order[variable] = i }
    return logDensity(of: evidence.values.gathered(at: order))
  }
}
