import Tensors

/// An input of an operation under test: a shape, and what its elements are like.
public enum TestInput: Sendable {
  /// Standard normal numbers.
  case normal(Shape)
  /// Uniform between ½ and 2.
  case positive(Shape)
  /// Normal numbers moved away from 0 by ½.
  case nonzero(Shape)
  /// Numbers in a random order, neighbours 0.1 apart, none an integer.
  case distinct(Shape)
  /// A well-conditioned lower triangular factor, with noise above the diagonal.
  case factor(Shape)
  /// These numbers.
  case numbers([Double], Shape)

  /// The tensor, the same for the same seed.
  public func tensor(seed: UInt64) -> Tensor<Double> {
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

/// An operation of the table of those whose gradients are checked.
public struct DifferentiableOperation: Sendable, CustomStringConvertible {
  /// What the operation is, and on what.
  public let description: String
  /// Its inputs.
  public let inputs: [Tensor<Double>]
  /// The operation itself.
  public let function: @Sendable ([Tensor<Double>]) throws -> Tensor<Double>

  /// An operation on these inputs, each drawn from a stream of its own.
  public init(
    _ description: String, _ inputs: [TestInput],
    _ function: @escaping @Sendable ([Tensor<Double>]) throws -> Tensor<Double>
  ) {
    self.description = description
    self.inputs = inputs.enumerated().map { $1.tensor(seed: UInt64($0 + 1)) }
    self.function = function
  }

  /// Where its gradients are wrong.
  public func mismatches() throws -> [GradientMismatch] {
    try gradientMismatches(at: inputs, of: function)
  }
}
