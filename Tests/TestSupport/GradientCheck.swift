import Tensors

/// An element of a gradient that differs from its expected value.
public struct GradientMismatch: CustomStringConvertible {
  /// The method that gave the expected value.
  public let oracle: String
  /// The index of the input, and the index of the element in row-major order.
  public let input: Int, element: Int
  /// The two values.
  public let gradient: Double, expected: Double

  /// The indices, both values and their difference.
  public var description: String {
    "input \(input), element \(element): gradient \(gradient), by \(oracle) \(expected), "
      + "difference \(gradient - expected)"
  }
}

/// The elements at which the gradients of `function` at `inputs` differ from central differences;
/// empty if there are none.
///
/// The loss is the sum of the output's elements with fixed random weights. The gradient of each
/// input is compared, element by element, with the five-point formula of step `h = 2⁻¹⁰`. The step
/// is a power of two, so that the points are nearly exact. The formula has an error of `h⁴/30` =
/// 3·10⁻¹⁴ times the fifth derivative, and a rounding error of `2ε/h` = 5·10⁻¹³ times the size of
/// the output. The tolerance is 10⁻⁹ times the size of the output or the gradient, which allows
/// fifth derivatives up to 3·10⁴ times as large. Inputs must keep a distance of `2h` from kinks.
///
/// Two more properties are checked. The gradient of an input is the same if only this input is a
/// variable. If the function is used twice, its gradient doubles; this tests the accumulation of
/// gradients.
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

/// `Σ weights·x`, implemented without the library's other operations.
private func contraction(
  of x: Tensor<Double>, with weights: Tensor<Double>
) -> Tensor<Double> {
  let sum = zip(x.scalars, weights.scalars).reduce(0) { $0 + $1.0 * $1.1 }
  return Tensor(sum).recorded(from: [x]) { upstream, gradients in
    let scale = upstream.scalar
    gradients.add(to: 0, Tensor(weights.scalars.map { scale * $0 }, shape: weights.shape))
  }
}

/// The derivatives of a scalar function with respect to every element of a point, by the five-point
/// formula.
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
