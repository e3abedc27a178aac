import Tensors

/// What is known of some variables of a model: their values, or values that were measured with
/// Gaussian noise.
public struct Evidence<Scalar: TensorScalar>: Sendable {
  /// The variables, each once, in any order.
  public let variables: [Int]
  /// Their values, in that order: `[batch…, variables]`.
  public let values: Tensor<Scalar>
  /// The variances of the noise, `[batch…, variables]` or fewer axes, of which the batch then shares
  /// one factorization; `nil` where the values are exact.
  public let noiseVariances: Tensor<Scalar>?

  /// Values of some variables, `[batch…, variables]`, exact or with noise of these variances. The
  /// variances may have fewer axes: a single one goes with all.
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
    // What is shared by the batch stays shared, and so does the factorization that it leads to.
    self.noiseVariances = noiseVariances.map { variances in
      let own = variances.rank > 0 ? variances.shape : [1]
      return variances.broadcast(to: own.replacing(axis: -1, with: variables.count))
    }
  }

  /// Exact values of some variables.
  public init(_ values: [Int: Scalar]) {
    let variables = values.keys.sorted()
    self.init(of: variables, values: Tensor(variables.map { values[$0]! }))
  }

  /// Whether there is noise; of no evidence there is none.
  var isNoisy: Bool { noiseVariances != nil && !variables.isEmpty }

  /// Stops with a typed error where the evidence is not on a model of `dimension` variables, or is
  /// no number.
  package func check(dimension: Int) throws {
    for variable in variables where !(0..<dimension).contains(variable) {
      throw GraphicalModelError.evidenceOutOfRange(variable: variable, dimension: dimension)
    }
    var isKnown = [Bool](repeating: false, count: dimension)
    for variable in variables {
      if isKnown[variable] { throw GraphicalModelError.repeatedEvidence(variable: variable) }
      isKnown[variable] = true
    }
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
