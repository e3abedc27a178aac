import NeuralNetworks
import Tensors
import Testing

/// Expects that the gradients of `function` at `inputs` equal its derivatives by central
/// differences.
///
/// The loss is the output, or the sum of its elements with fixed random weights. An input of few
/// elements is checked element by element. A larger one is checked along random directions, in
/// which a wrong gradient differs almost surely. Inputs must keep a distance of `2 step` from kinks.
///
/// Two more properties are checked. The gradient of an input is the same if only this input is a
/// variable. If the function is used twice, its gradient doubles; this tests the accumulation of
/// gradients.
///
/// - Parameters:
///   - step: the five-point formula has an error of `h⁴/30` times the fifth derivative.
///   - tolerance: of a derivative, relative to the derivative or to 1, whichever is larger. The
///     rounding error of the formula is added: the loss in units of 2·10⁻¹⁴, divided by the step.
///   - limit: the largest number of elements that are checked one by one.
package func expectGradients(
  at inputs: [Tensor<Double>], step: Double = 2e-3, within tolerance: Double = 2e-8,
  elementwiseUpTo limit: Int = 12, _ comment: @autoclosure () -> String = "",
  sourceLocation: SourceLocation = #_sourceLocation,
  of function: ([Tensor<Double>]) throws -> Tensor<Double>
) rethrows {
  let variables = inputs.map { $0.detached.tracked() }
  let output = try function(variables)
  var generator = Philox(seed: 2024)
  let weights =
    output.count == 1
    ? Tensor.ones(output.shape)
    : Tensor<Double>.uniform(output.shape, in: -1..<1, using: &generator)
  func loss(_ inputs: [Tensor<Double>]) throws -> Tensor<Double> {
    contraction(of: try function(inputs), with: weights)
  }
  let once = contraction(of: output, with: weights)
  let found = gradients(of: once, withRespectTo: variables)
  let check = DerivativeCheck(
    step: step, tolerance: tolerance,
    rounding: 2e-14 * zip(output.scalars, weights.scalars).reduce(0) { $0 + abs($1.0 * $1.1) },
    sourceLocation: sourceLocation)

  for (index, input) in inputs.enumerated() where input.count > 0 {
    for direction in directions(input.shape, elementwiseUpTo: limit, using: &generator) {
      try check.expect(
        (found[index] * direction.tensor).sum().scalar,
        "\(comment()): input \(index), \(direction.name)"
      ) { distance in
        var moved = inputs
        moved[index] = input.detached + distance * direction.tensor
        return try loss(moved).scalar
      }
    }
    var alone = inputs.map(\.detached)
    alone[index] = variables[index]
    let own = try loss(alone)
    guard own.isTracked else { continue }
    check.expect(
      gradients(of: own, withRespectTo: [variables[index]])[0].scalars, found[index].scalars,
      "\(comment()): input \(index) as the only variable")
  }
  let twice = gradients(of: try once + loss(variables), withRespectTo: variables)
  for (index, gradient) in twice.enumerated() {
    check.expect(
      gradient.scalars, found[index].scalars.map { 2 * $0 },
      "\(comment()): input \(index) of a function that is used twice")
  }
}

/// Expects that the gradient of a loss with respect to the parameters of a module equals its
/// derivatives by central differences.
///
/// For each parameter, the elements with the largest gradients are checked, and the derivative in a
/// random direction of length 1, to which every element contributes. The tolerance allows for the
/// kinks in the second derivative of ELU.
///
/// - Parameter loss: must give the same value for the same parameters, so its noise must come from
///   a fixed seed.
package func expectGradients(
  of module: some Module<Double>, elements: Int = 2, step: Double = 1e-5,
  within tolerance: Double = 1e-7, sourceLocation: SourceLocation = #_sourceLocation,
  loss: () throws -> Tensor<Double>
) rethrows {
  let members = module.namedParameters()
  let value = try loss()
  let found = gradients(of: value, withRespectTo: members.map(\.parameter.value))
  let check = DerivativeCheck(
    step: step, tolerance: tolerance, rounding: 4e-16 * abs(value.scalar),
    sourceLocation: sourceLocation)
  var generator = Philox(seed: 0x7061_7261)
  for (member, gradient) in zip(members, found) {
    let start = member.parameter.value.snapshot()
    defer { member.parameter.assign(start) }
    let slopes = gradient.scalars
    let steepest = slopes.indices.sorted { abs(slopes[$0]) > abs(slopes[$1]) }.prefix(elements)
    let random = Tensor<Double>.normal(start.shape, using: &generator)
    let length = random.squared().sum().scalar.squareRoot()
    let directions =
      steepest.map { Direction(element: $0, of: start.shape) }
      + [Direction(name: "a random direction", tensor: random / length)]
    for direction in directions {
      try check.expect(
        (gradient * direction.tensor).sum().scalar, "\(member.name), \(direction.name)"
      ) { distance in
        member.parameter.assign(start + distance * direction.tensor)
        return try loss().scalar
      }
    }
  }
}

/// The derivatives of a scalar function with respect to every element of a point, by the five-point
/// formula.
package func centralDifferences(
  at point: [Double], step: Double = 0x1p-10, of function: ([Double]) throws -> Double
) rethrows -> [Double] {
  try point.indices.map { index in
    try centralDifference(step: step) { distance in
      var moved = point
      moved[index] += distance
      return try function(moved)
    }
  }
}

/// The derivative of a function at 0, by the five-point formula.
private func centralDifference(
  step: Double, of function: (Double) throws -> Double
) rethrows -> Double {
  let near = try function(step) - function(-step)
  let far = try function(2 * step) - function(-2 * step)
  return (8 * near - far) / (12 * step)
}

/// Gives every parameter of a module random normal values with this standard deviation. The initial
/// values of some parameters are zero, where errors in a gradient could remain unseen.
package func randomizeParameters(
  of module: some Module<Double>, deviation: Double, seed: UInt64
) {
  var generator = Philox(seed: seed)
  for (_, parameter) in module.namedParameters() {
    parameter.assign(deviation * .normal(parameter.value.shape, using: &generator))
  }
}

/// `Σ wᵢ yᵢ` with fixed random weights, a loss to which every element of every output contributes.
package func weightedSum(_ outputs: [Tensor<Double>], seed: UInt64 = 11) -> Tensor<Double> {
  var generator = Philox(seed: seed)
  return outputs.reduce(Tensor(0.0)) { sum, output in
    sum + (output * .uniform(output.shape, in: 0.5..<1.5, using: &generator)).sum()
  }
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

/// A direction in which a derivative is compared.
private struct Direction {
  let name: String
  let tensor: Tensor<Double>
}

extension Direction {
  /// The direction of one element.
  init(element: Int, of shape: Shape) {
    name = "element \(element)"
    tensor = Tensor((0..<shape.count).map { $0 == element ? 1 : 0 }, shape: shape)
  }
}

/// The directions of all elements, or four random ones if there are more elements than `limit`.
private func directions(
  _ shape: Shape, elementwiseUpTo limit: Int, using generator: inout Philox
) -> [Direction] {
  shape.count <= limit
    ? (0..<shape.count).map { Direction(element: $0, of: shape) }
    : (0..<4).map {
      Direction(
        name: "direction \($0)", tensor: .uniform(shape, in: -1..<1, using: &generator))
    }
}

/// The bound on the difference of two derivatives of a loss.
private struct DerivativeCheck {
  let step: Double
  let tolerance: Double
  /// The rounding error of the loss.
  let rounding: Double
  let sourceLocation: SourceLocation

  /// Expects that a derivative equals that of a function at 0.
  func expect(
    _ derivative: Double, _ place: @autoclosure () -> String, _ function: (Double) throws -> Double
  ) rethrows {
    compare(derivative, try centralDifference(step: step, of: function), place())
  }

  /// Expects that the elements of a gradient equal others.
  func expect(_ gradient: [Double], _ expected: [Double], _ place: @autoclosure () -> String) {
    #expect(gradient.count == expected.count, sourceLocation: sourceLocation)
    for (element, (a, b)) in zip(gradient, expected).enumerated() {
      compare(a, b, "\(place()), element \(element)")
    }
  }

  private func compare(_ a: Double, _ b: Double, _ place: @autoclosure () -> String) {
    let bound = tolerance * max(1, abs(b)) + rounding / step
    // The text of an expectation is costly where there are many of them.
    if !(abs(a - b) <= bound) {
      Issue.record(
        "\(place()): gradient \(a), expected \(b), difference \(a - b)",
        sourceLocation: sourceLocation)
    }
  }
}
