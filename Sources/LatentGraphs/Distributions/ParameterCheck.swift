import Tensors

/// The numbers that a parameter may have, apart from NaN.
enum ParameterDomain: String {
  case positive = "positive and finite"
  case finite = "finite"
  case anyNumber = "a number"
  case count = "a nonnegative integer"

  func contains(_ x: Double) -> Bool {
    switch self {
    case .positive: x > 0 && x < .infinity
    case .finite: x.isFinite
    case .anyNumber: true
    case .count: x >= 0 && x < .infinity && x == x.rounded(.down)
    }
  }
}

/// Parameters `[batch…, event]`, broadcast to their common shape. The program stops if the shapes
/// do not fit or if a parameter has an element outside of its domain.
func commonParameters<Scalar>(
  of law: String, _ parameters: [(name: String, value: Tensor<Scalar>, domain: ParameterDomain)]
) -> [Tensor<Scalar>] {
  var shape = Shape([])
  for parameter in parameters {
    guard let common = shape.broadcast(with: parameter.value.shape) else {
      stop(
        "the parameters of a \(law) have the shapes \(parameters.map(\.value.shape)), which do not "
          + "broadcast to each other")
    }
    shape = common
    checkParameter(parameter.value, of: law, parameter.name, parameter.domain)
  }
  require(shape.rank > 0, "the parameters of a \(law) have no event axis; they are [batch…, event]")
  return parameters.map { $0.value.broadcast(to: shape) }
}

/// Stops the program if an element of a parameter is outside of its domain. NaN is accepted.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func checkParameter<Scalar>(
  _ value: Tensor<Scalar>, of law: String, _ name: String, _ domain: ParameterDomain
) {
  let place = value.withScalars {
    $0.firstIndex { !$0.isNaN && !domain.contains(Double($0)) }
  }
  if let place {
    stop(
      "the \(name) of a \(law) is \(value.scalars[place]) at element \(place); it must be "
        + domain.rawValue)
  }
}

/// Stops the program unless the last axes of a value are those of the parameters `[batch…, event]`,
/// or the value has fewer axes, which are the last ones of the parameters.
func requireFit<Scalar>(_ value: Tensor<Scalar>, to parameters: Shape, of law: String) {
  let shared = min(value.rank, parameters.rank)
  require(
    shared >= 1 && parameters.last(shared) == value.shape.last(shared),
    "a \(law) of the shape \(parameters) got a value of shape \(value.shape); it takes [draws…] + "
      + "\(parameters)")
}

/// The pairs of parameters of two distributions whose divergence is asked for: the batch of one must
/// be the last axes of the other's.
func requireSameVariables(_ q: Shape, _ p: Shape, of law: String) {
  let shared = min(q.rank, p.rank)
  require(
    q.last(shared) == p.last(shared),
    "a KL of two \(law)s of the shapes \(q) and \(p); one must be the last axes of the other")
}
