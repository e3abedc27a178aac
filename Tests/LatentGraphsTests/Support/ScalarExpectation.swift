import LatentGraphs
import Tensors
import Testing

/// A tensor of one variable.
func one(_ x: Double) -> Tensor<Double> { Tensor([x]) }

/// Expects one variable with a value, up to a relative error.
func expect(
  _ value: Tensor<Double>, _ expected: Double, within tolerance: Double = 1e-14,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let value = value.scalar
  #expect(
    value == expected || abs(value - expected) <= tolerance * abs(expected),
    "\(value), expected \(expected)", sourceLocation: sourceLocation)
}

/// Expects the gradients of a function of scalars, up to a relative error.
func expectSlopes(
  at parameters: [Double], _ expected: [Double], within tolerance: Double = 1e-13,
  sourceLocation: SourceLocation = #_sourceLocation,
  of function: ([Tensor<Double>]) -> Tensor<Double>
) {
  let variables = parameters.map { one($0).tracked() }
  let slopes = gradients(of: function(variables).sum(), withRespectTo: variables)
  for (slope, expected) in zip(slopes, expected) {
    expect(slope, expected, within: tolerance, sourceLocation: sourceLocation)
  }
}
