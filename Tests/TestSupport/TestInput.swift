import Tensors
import Testing

/// An input of an operation under test: its shape and the kind of its elements.
package enum TestInput: Sendable {
  /// Standard normal numbers.
  case normal(Shape)
  /// Uniform between ½ and 2.
  case positive(Shape)
  /// Normal numbers moved away from 0 by ½.
  case nonzero(Shape)
  /// Distinct numbers in a random order, 0.1 apart, none of them an integer.
  case distinct(Shape)
  /// A lower triangular factor with a diagonal near 1.5, and noise above the diagonal.
  case factor(Shape)
  /// The given numbers.
  case numbers([Double], Shape)

  /// The tensor, the same for the same seed.
  package func tensor(seed: UInt64) -> Tensor<Double> {
    var generator = Philox(seed: seed)
    switch self {
    case .normal(let shape): return .normal(shape, using: &generator)
    case .positive(let shape): return .uniform(shape, in: 0.5..<2, using: &generator)
    case .nonzero(let shape):
      let scalars = Tensor<Double>.normal(shape, using: &generator).scalars
      return Tensor(scalars.map { $0 < 0 ? $0 - 0.5 : $0 + 0.5 }, shape: shape)
    case .distinct(let shape):
      let order = (0..<shape.count).shuffled(using: &generator)
      return Tensor(order.map { 0.1 * Double($0 - shape.count / 2) + 0.03 }, shape: shape)
    case .factor(let shape):
      let n = shape[-1]
      var scalars = Tensor<Double>.normal(shape, using: &generator).scalars
      for i in scalars.indices where i / n % n == i % n { scalars[i] = 1.5 + 0.3 * scalars[i] }
      return Tensor(scalars, shape: shape)
    case .numbers(let scalars, let shape): return Tensor(scalars, shape: shape)
    }
  }
}

/// An operation whose gradient is checked.
package struct DifferentiableOperation: Sendable, CustomStringConvertible {
  /// The operation and its arguments, in words.
  package let description: String
  /// Its inputs.
  package let inputs: [Tensor<Double>]
  /// The operation itself.
  package let function: @Sendable ([Tensor<Double>]) throws -> Tensor<Double>

  /// An operation on these inputs, each drawn with a different seed.
  package init(
    _ description: String, _ inputs: [TestInput],
    _ function: @escaping @Sendable ([Tensor<Double>]) throws -> Tensor<Double>
  ) {
    self.description = description
    self.inputs = inputs.enumerated().map { $1.tensor(seed: UInt64($0 + 1)) }
    self.function = function
  }

  /// Expects that its gradients equal its derivatives at each element, in steps of a power of two,
  /// so that the points are nearly exact.
  package func expectGradients(sourceLocation: SourceLocation = #_sourceLocation) throws {
    try TestSupport.expectGradients(
      at: inputs, step: 0x1p-10, within: 1e-9, elementwiseUpTo: .max, description,
      sourceLocation: sourceLocation, of: function)
  }
}
