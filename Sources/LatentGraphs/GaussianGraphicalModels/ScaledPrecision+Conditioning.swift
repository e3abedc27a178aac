import Tensors

extension ScaledPrecision {
  /// `D_U P₀,UU D_U`.
  public func submatrix(of variables: [Int]) throws -> any PrecisionStructure<Scalar> {
    ScaledPrecision(
      try base.submatrix(of: variables), logScale: logScale.gathered(at: variables))
  }

  /// `D (P₀ + D⁻² diag(d)) D`.
  public func adding(toDiagonal added: Tensor<Scalar>) throws -> any PrecisionStructure<Scalar> {
    requireSum(withDiagonal: added)
    return scaled(try base.adding(toDiagonal: added / scale / scale))
  }

  /// `D (P₀ + D⁻¹ M D⁻¹) D`.
  public func adding(
    _ elements: SymmetricElements<Scalar>
  ) throws -> any PrecisionStructure<Scalar> {
    requireSum(with: elements)
    return scaled(try base.adding(elements.scaled(by: 1 / scale)))
  }

  /// The marginal of `P₀`, scaled.
  public func marginal(of variables: [Int]) throws -> any PrecisionStructure<Scalar> {
    ScaledPrecision(
      try base.marginal(of: variables), logScale: logScale.gathered(at: variables))
  }

  /// The conditioning of `P₀` on the values `D_E y`, whose noise has the variances `D_E² R`. The
  /// shift is that of `P₀`, divided by `D`; the sum of squares is the same.
  public func conditioned(
    on deviations: Evidence<Scalar>
  ) throws -> ConditionedPrecision<Scalar> {
    let others = try deviations.remainingVariables(of: dimension)
    let known = scale.gathered(at: deviations.variables)
    let given = try base.conditioned(
      on: Evidence(
        of: deviations.variables, values: known * deviations.values(for: batchShape),
        noiseVariances: deviations.isNoisy
          ? deviations.noiseVariances.map { known * (known * $0) } : nil))
    return ConditionedPrecision(
      precision: scaled(given.precision, at: others),
      shift: given.shift / scale.gathered(at: others), squares: given.squares)
  }

  /// `log D`, followed by the parameters of `P₀`.
  public var parameters: [Tensor<Scalar>] { [logScale] + base.parameters }

  /// The scaled precision with these parameters.
  public func withParameters<Other: TensorScalar>(
    _ parameters: [Tensor<Other>]
  ) throws -> any PrecisionStructure<Other> {
    ScaledPrecision<Other>(
      try base.withParameters(Array(parameters.dropFirst())), logScale: parameters[0])
  }

  /// `D_U P D_U` for another precision `P` of all or some variables, whose batch may be longer.
  private func scaled(
    _ precision: any PrecisionStructure<Scalar>, at variables: [Int]? = nil
  ) -> ScaledPrecision {
    let own = variables.map { logScale.gathered(at: $0) } ?? logScale
    guard let batch = own.shape.dropLast().broadcast(with: precision.batchShape) else {
      stop("scales of shape \(own.shape) do not fit a precision of batch \(precision.batchShape)")
    }
    return ScaledPrecision(precision, logScale: own.broadcast(to: batch + [own.shape[-1]]))
  }
}
