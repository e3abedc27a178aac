import Tensors

extension GaussianGraphicalModel {
  /// The conditional distribution given evidence.
  ///
  /// Given exact evidence `z_E = e`, this is the distribution of the other variables `U`, in their
  /// order, with the precision `P_UU` and the mean `μ_U − P_UU⁻¹ P_UE (e − μ_E)`. Given noisy
  /// evidence `y = z_E + N(0, R)`, it is the distribution of all variables: the precision `P′` is
  /// `P` with `R⁻¹` added to its diagonal, and the mean is `μ + P′⁻¹ R⁻¹ (y − μ_E)`.
  ///
  /// The structure of the result is the cheapest for the remaining graph (`cheapestPrecision`). For
  /// example, a block chain whose blocks lose different numbers of variables to exact evidence
  /// becomes a `SparsePrecision`. A `SquareRootPrecision`, as that of a compiled net, remains one:
  /// the mean is the solution of a least squares problem, which is solved by an orthogonal
  /// factorization without forming `P`.
  ///
  /// The result is differentiable in the model, the values and the variances. The shape of the
  /// evidence's batch is `[draws…, batch…]`, like that of values.
  /// - Throws: `GraphicalModelError` if a variable is out of range or occurs twice, a value is not
  ///   finite or makes means overflow, or no variable remains; `NotPositiveDefinite`, with a
  ///   variable of this model, if the factorization fails because of rounding.
  /// - Complexity: a factorization of the remaining precision and a solve.
  public func conditioned(on evidence: Evidence<Scalar>) throws -> GaussianGraphicalModel {
    let model =
      if let root = precision as? SquareRootPrecision<Scalar> {
        try given(evidence, root).model
      } else {
        try evidence.isNoisy ? givenNoisy(evidence) : givenExact(evidence).model
      }
    try checkRange(of: model, given: evidence)
    return model
  }

  /// The distribution of the other variables given exact values of some variables.
  public func conditioned(on values: [Int: Scalar]) throws -> GaussianGraphicalModel {
    try conditioned(on: Evidence(values))
  }

  /// The log-density of evidence, in nats, with all other variables integrated out:
  /// `log p(z_E = e)`, or `log p(y)` for noisy evidence. `[batch…]`.
  ///
  /// It is computed as `log p(z) − log p(z_U | z_E)`, which is the same for every `z_U`, at the
  /// conditional mean. Both terms grow with the number `k` of variables, also if the evidence is on
  /// a single one. The difference is therefore computed in `Double` for every `Scalar`. Its
  /// absolute error is about `k ε` for the `ε` of `Double`, plus that of the elements of `P`.
  /// - Throws: as `conditioned(on:)`, except that exact evidence may be on all variables.
  /// - Complexity: two factorizations in `Double`, of the precision and of the remaining one.
  public func logDensity(of evidence: Evidence<Scalar>) throws -> Tensor<Scalar> {
    if !evidence.isNoisy, evidence.variables.count == dimension {
      return try logDensity(ofAll: evidence)
    }
    if Scalar.self == Double.self { return try difference(given: evidence).logDensity }
    try evidence.check(dimension: dimension)
    let inputs = [mean, evidence.values, evidence.noiseVariances ?? .zeros([0])]
    func density(
      _ inputs: [Tensor<Double>], _ precision: any PrecisionStructure<Double>
    ) throws -> Tensor<Double> {
      let converted = Evidence(
        of: evidence.variables, values: inputs[1],
        noiseVariances: evidence.noiseVariances.map { _ in inputs[2] })
      return try GaussianGraphicalModel<Double>(mean: inputs[0], precision: precision)
        .difference(given: converted).logDensity
    }
    let result: Tensor<Scalar>
    if let root = precision as? SquareRootPrecision<Scalar> {
      result = try computed(in: Double.self, from: inputs + [root.rows.values]) {
        try density($0, root.withValues($0[3]))
      }
    } else {
      let elements = precision.elements
      result = try computed(
        in: Double.self, from: inputs + [elements.diagonal, elements.offDiagonal]
      ) {
        try density($0, cheapestPrecision(of: SymmetricElements(elements.graph, $0[3], $0[4])))
      }
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
    if Scalar.self == Double.self { return try difference(given: evidence) }
    return (try conditioned(on: evidence), try logDensity(of: evidence))
  }

  /// The model given evidence, and the log-density of the evidence as a difference of two
  /// log-densities of the numbers' type.
  /// - Throws: as `conditioned(on:)`.
  private func difference(
    given evidence: Evidence<Scalar>
  ) throws -> (model: GaussianGraphicalModel, logDensity: Tensor<Scalar>) {
    if let root = precision as? SquareRootPrecision<Scalar> {
      let given = try given(evidence, root)
      try checkRange(of: given.model, given: evidence)
      return given
    }
    guard evidence.isNoisy, let variances = evidence.noiseVariances else {
      let (rest, others) = try givenExact(evidence)
      let value = whole(others, rest.mean, evidence)
      return (rest, logDensity(of: value) - rest.logDensityAtMode)
    }
    let posterior = try givenNoisy(evidence)
    let mode = posterior.mean
    let residual = residual(of: evidence, variances, at: mode)
    let noise = Normal(mean: .zeros(residual.shape), logVariance: variances.log())
    let joint = noise.logDensity(of: residual) + logDensity(of: mode)
    return (posterior, joint - posterior.logDensityAtMode)
  }

  /// `y − z_E` at the mode `z` of `p(z | y)`, where `R⁻¹ (y − z_E) = (P (z − μ))_E`.
  ///
  /// If the noise variance is small compared with the conditional variance of a variable given the
  /// others, the difference `y − z_E` consists of the rounding errors of `y`, which may be many
  /// standard deviations of the noise. The product `R (P (z − μ))_E` is accurate in this case.
  private func residual(
    of evidence: Evidence<Scalar>, _ variances: Tensor<Scalar>, at mode: Tensor<Scalar>
  ) -> Tensor<Scalar> {
    let difference = evidence.values - mode.gathered(at: evidence.variables)
    let isSmall = withoutRecording {
      (variances * precision.diagonal.gathered(at: evidence.variables)) .< 1
    }
    guard isSmall.scalars.contains(1) else { return difference }
    let pull = precision.multiply(mode - mean).gathered(at: evidence.variables)
    return isSmall.select(variances * pull, difference)
  }

  /// `p(z_U | z_E = e)`, and the variables `U`.
  private func givenExact(
    _ evidence: Evidence<Scalar>
  ) throws -> (model: GaussianGraphicalModel, variables: [Int]) {
    let others = try remainingVariables(given: evidence)
    var place = [Int?](repeating: nil, count: dimension)
    for (i, variable) in evidence.variables.enumerated() { place[variable] = i }
    let deviation = evidence.values - mean.gathered(at: evidence.variables)
    let elements = precision.elements
    let rest = try naming(others) { try cheapestPrecision(of: elements.submatrix(of: others)) }
    guard
      let pull = elements.product(others, deviation, places: place)
    else { return (conditional(mean.gathered(at: others), rest, like: deviation), others) }
    let shift = rest.solve(pull)
    return (conditional(mean.gathered(at: others) - shift, rest, like: deviation), others)
  }

  /// Refuses finite evidence that makes means overflow.
  private func checkRange(
    of model: GaussianGraphicalModel, given evidence: Evidence<Scalar>
  ) throws {
    if !model.mean.isFinite, mean.isFinite { throw tooFar(evidence) }
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

  /// The variables that are not in exact evidence.
  func remainingVariables(given evidence: Evidence<Scalar>) throws -> [Int] {
    try evidence.check(dimension: dimension)
    let known = Set(evidence.variables)
    let others = (0..<dimension).filter { !known.contains($0) }
    guard !others.isEmpty else { throw GraphicalModelError.nothingLeft }
    return others
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

  /// A model whose mean has the batch of the evidence, even if the evidence does not change the
  /// mean.
  func conditional(
    _ mean: Tensor<Scalar>, _ precision: any PrecisionStructure<Scalar>, like value: Tensor<Scalar>
  ) -> GaussianGraphicalModel {
    let shape = value.shape.dropLast() + [precision.dimension]
    return GaussianGraphicalModel(mean: mean.broadcast(to: shape), precision: precision)
  }

  /// `p(z | y)` for noisy evidence.
  private func givenNoisy(_ evidence: Evidence<Scalar>) throws -> GaussianGraphicalModel {
    try evidence.check(dimension: dimension)
    let (places, variances) = (evidence.variables, evidence.noiseVariances!)
    let weights = 1 / variances
    let elements = precision.elements
    let added = weights.scatterAdded(to: places, count: dimension)
    let posterior = try cheapestPrecision(of: elements.adding(toDiagonal: added))
    let pull = (weights * (evidence.values - mean.gathered(at: places)))
      .scatterAdded(to: places, count: dimension)
    return GaussianGraphicalModel(mean: mean + posterior.solve(pull), precision: posterior)
  }

  private func logDensity(ofAll evidence: Evidence<Scalar>) throws -> Tensor<Scalar> {
    try evidence.check(dimension: dimension)
    var order = [Int](repeating: 0, count: dimension)
    for (i, variable) in evidence.variables.enumerated() { order[variable] = i }
    return logDensity(of: evidence.values.gathered(at: order))
  }

  /// The values of all variables, composed of those of the other variables and the evidence.
  private func whole(
    _ others: [Int], _ values: Tensor<Scalar>, _ evidence: Evidence<Scalar>
  ) -> Tensor<Scalar> {
    values.scatterAdded(to: others, count: dimension)
      + evidence.values.scatterAdded(to: evidence.variables, count: dimension)
  }
}

extension SymmetricElements {
  /// `M_UE x_E`, with the rows `variables` and with the columns for which `places` gives an index
  /// in `x`; `nil` if no edge joins the two sets.
  func product(
    _ variables: [Int], _ x: Tensor<Scalar>, places: [Int?]
  ) -> Tensor<Scalar>? {
    var rows = [Int](repeating: 0, count: dimension)
    for (i, variable) in variables.enumerated() { rows[variable] = i }
    var (edges, from, to): ([Int], [Int], [Int]) = ([], [], [])
    for (index, edge) in graph.edges.enumerated() {
      switch (places[edge.first], places[edge.second]) {
      case (nil, let place?):
        from.append(place)
        to.append(rows[edge.first])
      case (let place?, nil):
        from.append(place)
        to.append(rows[edge.second])
      default: continue
      }
      edges.append(index)
    }
    guard !edges.isEmpty else { return nil }
    return (offDiagonal.gathered(at: edges) * x.gathered(at: from))
      .scatterAdded(to: to, count: variables.count)
  }

  /// The same matrices with a vector added to the diagonal.
  func adding(toDiagonal added: Tensor<Scalar>) -> SymmetricElements {
    let sum = diagonal + added
    return SymmetricElements(
      graph, sum,
      offDiagonal.broadcast(to: sum.shape.replacing(axis: -1, with: graph.edges.count)))
  }
}
