import Tensors

/// Observed values of some variables of a model, exact or with Gaussian noise.
public struct Evidence<Scalar: TensorScalar>: Sendable {
  /// The observed variables, each once, in any order.
  public let variables: [Int]
  /// Their values, in the same order: `[batch…, variables]`.
  public let values: Tensor<Scalar>
  /// The variances of the noise, `[batch…, variables]` or with fewer axes; `nil` if the values are
  /// exact. If the variances have fewer axes, the batch shares one factorization.
  public let noiseVariances: Tensor<Scalar>?

  /// Evidence on some variables with the values `[batch…, variables]`, which are exact or have
  /// noise of these variances. The variances may have fewer axes; a single variance is used for all
  /// values.
  public init(
    of variables: [Int], values: Tensor<Scalar>, noiseVariances: Tensor<Scalar>? = nil
  ) {
    require(
      values.rank >= 1 && values.shape[-1] == variables.count,
      "values of shape \(values.shape) do not fit \(variables.count) variables")
    require(
      noiseVariances.map { values.shape.broadcast(with: $0.shape) == values.shape } ?? true,
      "variances of shape \(noiseVariances?.shape ?? []) do not fit values of shape "
        + "\(values.shape)")
    self.variables = variables
    self.values = values
    // The variances are not broadcast to the batch, so that the batch shares one factorization.
    self.noiseVariances = noiseVariances.map { variances in
      let own = variances.rank > 0 ? variances.shape : [1]
      return variances.broadcast(to: own.replacing(axis: -1, with: variables.count))
    }
  }

  /// Evidence with exact values of some variables.
  public init(_ values: [Int: Scalar]) {
    let variables = values.keys.sorted()
    self.init(of: variables, values: Tensor(variables.map { values[$0]! }))
  }

  /// Whether the evidence is noisy; empty evidence is not.
  public var isNoisy: Bool { noiseVariances != nil && !variables.isEmpty }

  /// The variables of a model that the evidence leaves, in increasing order: all of them for noisy
  /// evidence, and those without a value for exact evidence.
  /// - Parameter dimension: The number of variables of the model.
  /// - Throws: `GraphicalModelError`: `.evidenceOutOfRange` and `.repeatedEvidence`, with the
  ///   variable; `.nothingLeft` if exact values are given for all variables.
  /// - Complexity: `O(dimension)`.
  public func remainingVariables(of dimension: Int) throws -> [Int] {
    let isKnown = try known(of: dimension)
    if isNoisy { return Array(0..<dimension) }
    let others = isKnown.indices.filter { !isKnown[$0] }
    guard !others.isEmpty else { throw GraphicalModelError.nothingLeft }
    return others
  }

  /// Whether there is a value for each variable of a model.
  private func known(of dimension: Int) throws -> [Bool] {
    for variable in variables where !(0..<dimension).contains(variable) {
      throw GraphicalModelError.evidenceOutOfRange(variable: variable, dimension: dimension)
    }
    var isKnown = [Bool](repeating: false, count: dimension)
    for variable in variables {
      if isKnown[variable] { throw GraphicalModelError.repeatedEvidence(variable: variable) }
      isKnown[variable] = true
    }
    return isKnown
  }

  /// The values for a precision of this batch, `[draws…, batch…, variables]`. Values with fewer
  /// axes are broadcast to the batch.
  func values(for batch: Shape) -> Tensor<Scalar> {
    let own = values.shape.dropLast()
    guard let common = own.broadcast(with: batch), common.last(batch.rank) == batch else {
      stop("values of shape \(values.shape) do not fit a precision of batch \(batch)")
    }
    return values.broadcast(to: common + [variables.count])
  }

  /// Checks that the variables are distinct variables of a model of `dimension` variables, that the
  /// values are finite, and that the variances are positive and finite.
  /// - Throws: `GraphicalModelError`.
  package func check(dimension: Int) throws {
    _ = try known(of: dimension)
    let n = variables.count
    if let place = values.scalars.firstIndex(where: { !$0.isFinite }) {
      throw GraphicalModelError.evidenceNotFinite(
        variable: variables[place % n], value: Double(values.scalars[place]))
    }
    let variances = noiseVariances?.scalars ?? []
    if let place = variances.firstIndex(where: { !($0 > 0 && $0.isFinite) }) {
      throw GraphicalModelError.evidenceNotFinite(
        variable: variables[place % n], variance: Double(variances[place]))
    }
  }
}
