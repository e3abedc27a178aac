import Tensors

/// An element of a gradient that is not what it should be.
public struct GradientMismatch: CustomStringConvertible {
  /// What the gradient was compared with.
  public let oracle: String
  /// The input and the element of it, in row-major order.
  public let input: Int, element: Int
  /// The two values.
  public let gradient: Double, expected: Double

  /// The place, both values and their difference.
  public var description: String {
    "input \(input), element \(element): gradient \(gradient), by \(oracle) \(expected), "
      + "difference \(gradient - expected)"
  }
}

/// Where the gradients of `function` at `inputs` differ from central differences; empty where
/// nowhere.
///
/// The output is contracted with fixed random weights, and each input's gradient compared element by
/// element with the five-point formula of step `h = 2⁻¹⁰`, at which points are exact. Its error is
/// `h⁴/30` = 3·10⁻¹⁴ fifth derivatives and `2ε/h` = 5·10⁻¹³ of the output's size from rounding. The
/// tolerance, 10⁻⁹ of the size of output and gradient, leaves room for fifth derivatives up to
/// 3·10⁴ times as large; near a kink the inputs keep `2h` away from it.
///
/// Beyond that: an input alone has the gradient that it has beside the others, and where the function
/// is used twice the gradients add up, by the operations' code that accumulates.
public func gradientMismatches(
  at inputs: [Tensor<Double>], relativeTolerance: Double = 1e-9,
  of function: ([Tensor<Double>]) throws -> Tensor<Double>
) rethrows -> [GradientMismatch] {
  let output = try function(inputs)
  var generator = Philox(seed: 2024)
  let weights = Tensor<Double>.uniform(output.shape, in: -1..<1, using: &generator)
  var mismatches: [GradientMismatch] = []

  let variables = inputs.map { $0.tracked() }
  let once = try contraction(of: function(variables), with: weights)
  let expected = gradients(of: once, withRespectTo: variables)

  let size = zip(output.scalars, weights.scalars).reduce(1) { $0 + Swift.abs($1.0 * $1.1) }
  func compare(_ oracle: String, _ input: Int, _ gradient: [Double], _ reference: [Double]) {
    let scale = reference.reduce(size) { Swift.max($0, Swift.abs($1)) }
    for (element, (a, b)) in zip(gradient, reference).enumerated()
    where !(Swift.abs(a - b) <= relativeTolerance * scale) {
      mismatches.append(
        GradientMismatch(oracle: oracle, input: input, element: element, gradient: a, expected: b))
    }
  }

  for (i, input) in inputs.enumerated() {
    let differences = try centralDifferences(at: input) { point in
      var inputs = inputs
      inputs[i] = point
      return contraction(of: try function(inputs), with: weights).scalar
    }
    compare("central differences", i, expected[i].scalars, differences)

    var alone = inputs
    alone[i] = variables[i]
    let gradient = gradients(
      of: try contraction(of: function(alone), with: weights), withRespectTo: [variables[i]])
    compare("the gradient beside others", i, gradient[0].scalars, expected[i].scalars)
  }

  let twice = try once + contraction(of: function(variables), with: weights)
  for (i, gradient) in gradients(of: twice, withRespectTo: variables).enumerated() {
    compare("twice the gradient", i, gradient.scalars, expected[i].scalars.map { 2 * $0 })
  }
  return mismatches
}

/// `Σ weights·x`, as an operation that relies on no other.
private func contraction(
  of x: Tensor<Double>, with weights: Tensor<Double>
) -> Tensor<Double> {
  let sum = zip(x.scalars, weights.scalars).reduce(0) { $0 + $1.0 * $1.1 }
  return Tensor(sum).recorded(from: [x]) { upstream, gradients in
    let scale = upstream.scalar
    gradients.add(to: 0, Tensor(weights.scalars.map { scale * $0 }, shape: weights.shape))
  }
}

/// The derivatives of a number in every element of a point, by the five-point formula.
public func centralDifferences(
  at point: Tensor<Double>, step: Double = 0x1p-10, of function: (Tensor<Double>) throws -> Double
) rethrows -> [Double] {
  let scalars = point.scalars
  return try scalars.indices.map { i in
    func value(at distance: Double) throws -> Double {
      var moved = scalars
      moved[i] += distance
      return try function(Tensor(moved, shape: point.shape))
    }
    let (near, far) = (
      try value(at: step) - value(at: -step), try value(at: 2 * step) - value(at: -2 * step)
    )
    return (8 * near - far) / (12 * step)
  }
}
